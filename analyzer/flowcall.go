package analyzer

import (
	"fmt"
	"go/ast"
	"go/types"

	"github.com/retrygen/retrygen/internal/syntax"
	"golang.org/x/tools/go/analysis"
)

// remembered reports whether the results of a call are remembered within a flow run: that of a wrapper, or of an
// interface whose decorator may stand behind it. Durable ones are remembered beyond the process.
func (r *reporter) remembered(callee *types.Func) (durable, ok bool) {
	if callee == nil {
		return false, false
	}
	if wrapped, ok := r.wrapped(callee); ok {
		return wrapped.Durable, wrapped.Checkpoint
	}
	callee = callee.Origin()
	if fn, ok := r.annotated[callee]; ok && fn.Decl == nil && fn.Checkpoint != nil {
		return fn.Checkpoint.Durable, true
	}
	var fact Annotated
	if callee.Pkg() != nil && callee.Pkg() != r.Pkg && r.pass.ImportObjectFact(callee, &fact) {
		return false, fact.Checkpoint && fact.Wrapper == ""
	}
	return false, false
}

// outOfRun is RL306. It gives the calls that it is about: they are not RL302's, nor RL305's, besides.
func (r *reporter) outOfRun() map[*ast.CallExpr]bool {
	about := map[*ast.CallExpr]bool{}
	if !r.on("RL306") {
		return about
	}
	r.flowRuns = r.runs()
	if len(r.flowRuns.all) == 0 {
		return about
	}
	carriers := r.carriers()
	for decl := range r.functions {
		own, _ := r.TypesInfo.Defs[decl.Name].(*types.Func)
		flow := r.flowRuns.all[own]
		if flow == nil {
			continue
		}
		started := startedIn(decl)
		r.callsNow(decl, func(call *ast.CallExpr, callee *types.Func) {
			if name := r.carries(carriers, callee); name != "" {
				if started[call] && name != callee.Name() {
					return // what goes on in the background, with a context of its own, is no part of the flow
				}
				if r.detachedCall(decl, call, callee, name, flow) {
					about[call] = true
				}
			} else if flow := r.flowRuns.untasked[own]; flow != nil && callee.Origin() != own {
				if r.directCall(call, callee, flow) {
					about[call] = true
				}
			}
		})
	}
	return about
}

// startedIn lists the calls that go statements make.
func startedIn(decl *ast.FuncDecl) map[*ast.CallExpr]bool {
	started := map[*ast.CallExpr]bool{}
	ast.Inspect(decl.Body, func(n ast.Node) bool {
		if n, ok := n.(*ast.GoStmt); ok {
			started[n.Call] = true
		}
		return true
	})
	return started
}

// calls goes through the calls of declared functions in a function.
func (r *reporter) calls(decl *ast.FuncDecl, visit func(*ast.CallExpr, *types.Func)) {
	syntax.InspectCalls(r.TypesInfo, decl, nil, visit)
}

// callsNow is calls without those in function literals that the function keeps or gives back: they may be called when the
// flow is over.
func (r *reporter) callsNow(decl *ast.FuncDecl, visit func(*ast.CallExpr, *types.Func)) {
	syntax.InspectCalls(r.TypesInfo, decl, keptLiterals(decl), visit)
}

// keptLiterals lists the function literals that become part of a struct, a map or a slice, or a result.
func keptLiterals(decl *ast.FuncDecl) map[ast.Node]bool {
	kept := map[ast.Node]bool{}
	ast.Inspect(decl.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CompositeLit:
			for _, element := range n.Elts {
				if pair, ok := element.(*ast.KeyValueExpr); ok {
					element = pair.Value
				}
				kept[element] = isLiteral(element)
			}
		case *ast.AssignStmt:
			for i, left := range n.Lhs {
				if _, local := left.(*ast.Ident); !local && len(n.Lhs) == len(n.Rhs) {
					kept[n.Rhs[i]] = isLiteral(n.Rhs[i])
				}
			}
		case *ast.ReturnStmt:
			for _, result := range n.Results {
				kept[result] = isLiteral(result)
			}
		}
		return true
	})
	return kept
}

func isLiteral(e ast.Expr) bool {
	_, ok := e.(*ast.FuncLit)
	return ok
}

// carriers are the functions of this package that hand their context on to calls that are remembered, with the name of
// one.
func (r *reporter) carriers() map[*types.Func]string {
	carriers := map[*types.Func]string{}
	for grown := true; grown; {
		grown = false
		for decl := range r.functions {
			fn, _ := r.TypesInfo.Defs[decl.Name].(*types.Func)
			if carriers[fn] != "" {
				continue
			}
			r.callsNow(decl, func(call *ast.CallExpr, callee *types.Func) {
				name := r.carries(carriers, callee)
				if ctx := syntax.ContextArg(r.TypesInfo, call); name != "" && ctx != nil && r.originOf(decl, ctx) == fromCaller {
					carriers[fn], grown = name, true
				}
			})
		}
	}
	return carriers
}

// carries names the call that a call's context comes to and that is remembered, "" for none. A flow within a flow may
// have a run of its own.
func (r *reporter) carries(carriers map[*types.Func]string, callee *types.Func) string {
	if _, ok := r.remembered(callee); ok {
		return callee.Name()
	}
	callee = callee.Origin()
	if fn := r.wrappers[callee]; fn != nil {
		callee = fn.Object
	}
	if fn := r.annotated[callee]; fn != nil && fn.Flow {
		return ""
	}
	return carriers[callee]
}

// detachedCall reports a call whose context is not the flow's.
func (r *reporter) detachedCall(decl *ast.FuncDecl, call *ast.CallExpr, callee *types.Func, name string, flow *types.Func) bool {
	ctx := syntax.ContextArg(r.TypesInfo, call)
	if ctx == nil || r.originOf(decl, ctx) != fromElsewhere {
		return false
	}
	what := "nothing of it is remembered"
	if name != callee.Name() {
		what = "nothing of " + name + " within it is remembered"
	}
	message := fmt.Sprintf("%s gets a context that does not come from that of the flow %s: %s", callee.Name(), flow.Name(), what)
	var fix *analysis.SuggestedFix
	if own, v := r.contextVar(call.Pos()); own != "" {
		t := originTracer{r, decl, map[types.Object]bool{}}
		v, _ := v.(*types.Var)
		_, local := ast.Unparen(ctx).(*ast.Ident)
		if from, _ := t.ofVariable(v); from == fromCaller && !local {
			message += "; give it " + own
			fix = replacing("Use "+own, ctx.Pos(), ctx.End(), own)
		}
	}
	r.report(finding{id: "RL306", pos: ctx.Pos(), end: ctx.End(), message: message, fix: fix})
	return true
}

// directCall reports a task that is called without its wrapper, which is what remembers.
func (r *reporter) directCall(call *ast.CallExpr, callee *types.Func, flow *types.Func) bool {
	task := r.annotation(callee.Origin())
	if task.Wrapper == "" || !task.Checkpoint {
		return false
	}
	f := finding{id: "RL306", pos: call.Pos(), end: call.End(), message: fmt.Sprintf(
		"%s is called directly in the flow %s, so that nothing of it is remembered; call %s", callee.Name(), flow.Name(), task.Wrapper)}
	f.fix = r.callingWrapper(call, task)
	r.report(f)
	return true
}

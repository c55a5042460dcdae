package loops

import (
	"cmp"
	"go/ast"
	"go/types"
	"slices"

	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/retries/loop"
	"github.com/retrygen/retrygen/internal/syntax"
)

// asleep is a sleep before another attempt that stands in no loop, and the context that is at hand there.
type asleep struct {
	wait     *loop.Wait
	function ast.Node
	ctx      string
}

// sleepsElsewhere are the sleeps before another attempt that stand in no loop: in a function that a loop tries, which sleeps once
// it has failed; in one that a loop calls which ends with a context; in a function that calls itself again; and in one that waits
// for others, which pass it a context.
var sleepsElsewhere = check.Share(func(p *check.Pass) []asleep {
	e := &elsewhere{Pass: p, model: p.ResultOf[loop.Analyzer].(*loop.Model), seen: map[ast.Node]bool{}}
	for _, l := range retryLoops.Of(p) {
		e.within(l, tried(p, l), returnsAfter)
	}
	for _, l := range endingLoops.Of(p) {
		e.within(l, called(p, l), endsAfter)
	}
	for decl := range p.Functions {
		again := func(w *loop.Wait) bool { return callsItself(p, decl, w) }
		if waitsForOthers(p, decl) {
			again = func(*loop.Wait) bool { return true }
		}
		for _, w := range e.model.Waits(decl) {
			if w.Sleeps && !isShort(p, nil, w) && again(w) {
				e.add(w, decl, cmp.Or(p.ContextAt(w.Node.Pos()), receiversContext(p, decl)))
			}
		}
	}
	return e.list
})

// elsewhere collects the sleeps of a package that stand in no loop.
type elsewhere struct {
	*check.Pass
	model *loop.Model
	list  []asleep
	seen  map[ast.Node]bool
}

func (e *elsewhere) add(w *loop.Wait, function ast.Node, ctx string) {
	if ctx != "" && !e.seen[w.Node] && !e.Generated[e.FileOf(w.Node.Pos())] {
		e.seen[w.Node] = true
		e.list = append(e.list, asleep{w, function, ctx})
	}
}

// within adds the sleeps in functions that a loop calls after which they do nothing more.
func (e *elsewhere) within(l *loop.Loop, functions []ast.Node, last func(*check.Pass, *loop.Wait) bool) {
	for _, function := range functions {
		for _, w := range e.model.Waits(function) {
			if w.Sleeps && !isShort(e.Pass, l, w) && last(e.Pass, w) {
				e.add(w, function, contextFor(e.Pass, l, w))
			}
		}
	}
}

// waitsForOthers reports whether a function waits for the time that a parameter says, and is passed a context.
func waitsForOthers(p *check.Pass, decl *ast.FuncDecl) bool {
	fn := p.Func(decl)
	if fn == nil {
		return false
	}
	s := p.ResultOf[loop.Analyzer].(*loop.Model).Summary(fn)
	return s.Waits && s.Delay > 0 && !s.Ends && takesContext(fn)
}

// takesContext reports whether a parameter of a function is a context.
func takesContext(fn *types.Func) bool {
	for v := range fn.Signature().Params().Variables() {
		if syntax.CarriesContext(v.Type()) {
			return true
		}
	}
	return false
}

// called returns the functions of the package that the code of a loop calls.
func called(p *check.Pass, l *loop.Loop) []ast.Node {
	var list []ast.Node
	for _, call := range l.Calls() {
		if lit, ok := ast.Unparen(call.Fun).(*ast.FuncLit); ok {
			list = append(list, lit)
		} else if decl := declared(p, syntax.Callee(p.TypesInfo, call)); decl != nil {
			list = append(list, decl)
		}
	}
	return list
}

// tried returns the functions of the package and the named function literals that a loop tries.
func tried(p *check.Pass, l *loop.Loop) []ast.Node {
	var list []ast.Node
	for _, j := range l.Judges {
		for _, op := range j.Operations {
			call, ok := op.(*ast.CallExpr)
			if !ok {
				continue
			}
			if decl := declared(p, syntax.Callee(p.TypesInfo, call)); decl != nil {
				list = append(list, decl)
			}
			for _, lit := range calledLiterals(p, call) {
				list = append(list, lit)
			}
		}
	}
	return list
}

// contextFor returns a context for a sleep in a function that a loop tries: that function's, or the loop's.
func contextFor(p *check.Pass, l *loop.Loop, w *loop.Wait) string {
	if ctx := p.ContextAt(w.Node.Pos()); ctx != "" {
		return ctx
	}
	ctx, _ := callersContext(p, l)
	return ctx
}

// after returns the statements behind a wait in the innermost block around it.
func after(p *check.Pass, w *loop.Wait) []ast.Stmt {
	at, ok := p.Around(w.Node.Pos()).FindByPos(w.Node.Pos(), w.Node.End())
	for ; ok && at.Node() != nil; at = at.Parent() {
		switch at.Parent().Node().(type) {
		case *ast.BlockStmt, *ast.CaseClause, *ast.CommClause:
			return syntax.StatementsAfter(at)
		}
	}
	return nil
}

// returnsAfter reports whether a function does nothing more after a wait than to return.
func returnsAfter(p *check.Pass, w *loop.Wait) bool {
	rest := after(p, w)
	if len(rest) == 0 {
		return false
	}
	_, returns := rest[len(rest)-1].(*ast.ReturnStmt)
	return returns && !slices.ContainsFunc(rest, func(stmt ast.Stmt) bool {
		found := false
		ast.Inspect(stmt, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			found = found || ok && syntax.ContextArg(p.TypesInfo, call) != nil
			return !found
		})
		return found
	})
}

// endsAfter reports whether a function does nothing more after a wait, in the innermost block around it and in those around that.
func endsAfter(p *check.Pass, w *loop.Wait) bool {
	at, ok := p.Around(w.Node.Pos()).FindByPos(w.Node.Pos(), w.Node.End())
	for ; ok && at.Node() != nil; at = at.Parent() {
		switch at.Node().(type) {
		case *ast.FuncDecl, *ast.FuncLit:
			return true
		}
		switch at.Parent().Node().(type) {
		case *ast.BlockStmt, *ast.CaseClause, *ast.CommClause:
			if len(syntax.StatementsAfter(at)) > 0 {
				return returnsAfter(p, w)
			}
		}
	}
	return false
}

// callsItself reports whether a function calls itself after a wait to do the same again: with its own parameters, but for numbers.
// It may do so through other functions of the package.
func callsItself(p *check.Pass, decl *ast.FuncDecl, w *loop.Wait) bool {
	self := p.Func(decl)
	return slices.ContainsFunc(after(p, w), func(stmt ast.Stmt) bool { return comesTo(p, decl, stmt, self, 0) })
}

// mostCalls is how many calls lead back to a function at most.
const mostCalls = 3

// comesTo reports whether code of a function calls another one with its own parameters, directly or through functions of the package.
func comesTo(p *check.Pass, from *ast.FuncDecl, code ast.Node, to *types.Func, depth int) bool {
	found := false
	ast.Inspect(code, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || found {
			return !found
		}
		fn := syntax.Callee(p.TypesInfo, call)
		if fn == nil || fn.Pkg() != p.Pkg || !passesItsOwn(p, from, call) {
			return true
		}
		next := declared(p, fn)
		found = fn.Origin() == to || next != nil && depth < mostCalls && comesTo(p, next, next.Body, to, depth+1)
		return !found
	})
	return found
}

// passesItsOwn reports whether the arguments of a call are the parameters of a function in their order, but for numbers.
func passesItsOwn(p *check.Pass, decl *ast.FuncDecl, call *ast.CallExpr) bool {
	var own []types.Object
	for _, field := range decl.Type.Params.List {
		for _, id := range field.Names {
			own = append(own, p.TypesInfo.Defs[id])
		}
	}
	if len(own) != len(call.Args) {
		return false
	}
	for i, arg := range call.Args {
		if t := p.TypesInfo.TypeOf(arg); t != nil {
			if basic, ok := t.Underlying().(*types.Basic); ok && basic.Info()&types.IsNumeric != 0 {
				continue
			}
		}
		if id, ok := ast.Unparen(arg).(*ast.Ident); !ok || p.TypesInfo.Uses[id] != own[i] {
			return false
		}
	}
	return true
}

package loops

import (
	"cmp"
	"go/ast"
	"go/types"
	"regexp"
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
// it has failed; in one that a loop calls which ends with a context; in a function that calls itself again, or once more what
// has failed; in one that is passed to be retried; and in one that waits for others, or says whether they try again, and is passed a
// context.
var sleepsElsewhere = check.Share(func(p *check.Pass) []asleep {
	e := &elsewhere{Pass: p, model: p.ResultOf[loop.Analyzer].(*loop.Model), seen: map[ast.Node]bool{}}
	for _, l := range retryLoops.Of(p) {
		e.within(l, tried(p, l), returnsAfter)
		e.within(l, passed(p, l, tries(l)), retriesLater)
	}
	for _, l := range endingLoops.Of(p) {
		e.within(l, called(p, l), endsAfter)
		e.within(l, passed(p, l, l.Calls()), retriesLater)
	}
	for _, lit := range retriedLiterals.Of(p) {
		e.inAttempt(lit)
	}
	for decl := range p.Functions {
		waits, once := e.model.WaitsInLoops(decl), e.model.Waits(decl)
		if len(waits) == 0 && len(once) == 0 {
			continue
		}
		itself := comesTo(p, decl, decl.Body, p.Func(decl), 0) // asked once, for there may be many waits
		judges := judgesForOthers(p, decl)
		again := func(w *loop.Wait) bool {
			return itself && callsItself(p, decl, w) || judges && endsAfter(p, w) || triesAgain(p, w)
		}
		waits = slices.DeleteFunc(waits, func(w *loop.Wait) bool { return !again(w) })
		others, attempt := waitsForOthers(p, decl), isAttempt(p, decl)
		for _, w := range once {
			if others || attempt && w.Helper == nil || again(w) {
				waits = append(waits, w)
			}
		}
		for _, w := range waits {
			if w.Sleeps && !isShort(p, nil, w) {
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

// within adds the sleeps in functions that a loop calls which are the last of them.
func (e *elsewhere) within(l *loop.Loop, functions []ast.Node, last func(*check.Pass, *loop.Wait) bool) {
	for _, function := range functions {
		for _, w := range e.model.Waits(function) {
			if w.Sleeps && !isShort(e.Pass, l, w) && last(e.Pass, w) {
				e.add(w, function, contextFor(e.Pass, l, w))
			}
		}
	}
}

// inAttempt adds the sleeps of a function that is passed to be retried: those before it begins, and those after it has failed.
func (e *elsewhere) inAttempt(lit *ast.FuncLit) {
	for _, w := range e.model.Waits(lit) {
		ctx, v := e.ContextVar(w.Node.Pos())
		if !w.Sleeps || ctx == "" || isShort(e.Pass, nil, w) || !syntax.Mentions(e.TypesInfo, lit, v) || madeFresh(e.Pass, v) {
			continue
		}
		if first := lit.Body.List[0]; syntax.Contains(first, w.Node.Pos()) || retriesLater(e.Pass, w) || returnsAfter(e.Pass, w) {
			e.add(w, lit, ctx)
		}
	}
}

// waitsForOthers reports whether a function waits for the time that a parameter says, or says by its name that it waits, and is passed
// a context.
func waitsForOthers(p *check.Pass, decl *ast.FuncDecl) bool {
	fn := p.Func(decl)
	if fn == nil {
		return false
	}
	s := p.ResultOf[loop.Analyzer].(*loop.Model).Summary(fn)
	return s.Waits && !s.Ends && takesContext(fn) && (s.Delay > 0 || sleepName.MatchString(fn.Name()))
}

// againName matches the names of functions that try again.
var againName = regexp.MustCompile(`^(?i:retry|re_?connect|re_?dial)`)

// isAttempt reports whether a function makes another attempt by its name, and is passed a context: it waits before that.
func isAttempt(p *check.Pass, decl *ast.FuncDecl) bool {
	fn := p.Func(decl)
	return fn != nil && againName.MatchString(fn.Name()) && takesContext(fn)
}

// sleepName matches the names of functions that do nothing but wait.
var sleepName = regexp.MustCompile(`(?i)sleep|back_?off|pause`)

// judgesForOthers reports whether a function says whether to try again, and is passed a context: it waits for its caller, who tries.
func judgesForOthers(p *check.Pass, decl *ast.FuncDecl) bool {
	fn := p.Func(decl)
	if fn == nil || !laterName.MatchString(fn.Name()) || !takesContext(fn) {
		return false
	}
	for v := range fn.Signature().Results().Variables() {
		if syntax.IsBool(v.Type()) {
			return true
		}
	}
	return false
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
	for _, call := range tries(l) {
		if decl := declared(p, syntax.Callee(p.TypesInfo, call)); decl != nil {
			list = append(list, decl)
		}
		for _, lit := range calledLiterals(p, call) {
			list = append(list, lit)
		}
	}
	return list
}

// tries returns the calls that a loop tries.
func tries(l *loop.Loop) []*ast.CallExpr {
	var list []*ast.CallExpr
	for _, j := range l.Judges {
		for _, op := range j.Operations {
			if call, ok := op.(*ast.CallExpr); ok {
				list = append(list, call)
			}
		}
	}
	return list
}

// passed returns the functions of the package that calls pass the context of a loop's caller.
func passed(p *check.Pass, l *loop.Loop, calls []*ast.CallExpr) []ast.Node {
	_, caller := callersContext(p, l)
	var list []ast.Node
	for _, call := range calls {
		id, ok := syntax.ContextArg(p.TypesInfo, call).(*ast.Ident)
		if !ok || caller == nil || p.TypesInfo.Uses[id] != caller {
			continue
		}
		if decl := declared(p, syntax.Callee(p.TypesInfo, call)); decl != nil {
			list = append(list, decl)
		}
	}
	return list
}

// laterName matches the names of delays before another attempt.
var laterName = regexp.MustCompile(`(?i)retry|retries|back_?off|reconnect`)

// retriesLater reports whether a wait is named as one before another attempt.
func retriesLater(_ *check.Pass, w *loop.Wait) bool {
	return w.Delay != nil && laterName.MatchString(syntax.Identifiers(w.Delay))
}

// contextFor returns a context for a sleep in a function that a loop tries: that function's, or the loop's.
func contextFor(p *check.Pass, l *loop.Loop, w *loop.Wait) string {
	if ctx, v := p.ContextVar(w.Node.Pos()); ctx != "" && !madeFresh(p, v) {
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

// returnsAfter reports whether a function does nothing after a wait but return.
func returnsAfter(p *check.Pass, w *loop.Wait) bool { return onlyReturns(p, after(p, w)) }

// onlyReturns reports whether statements do nothing but return.
func onlyReturns(p *check.Pass, rest []ast.Stmt) bool {
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
			if rest := syntax.StatementsAfter(at); len(rest) > 0 {
				return onlyReturns(p, rest)
			}
		}
	}
	return false
}

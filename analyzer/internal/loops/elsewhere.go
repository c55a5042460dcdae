package loops

import (
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
// it has failed, and in a function that calls itself again.
var sleepsElsewhere = check.Share(func(p *check.Pass) []asleep {
	model := p.ResultOf[loop.Analyzer].(*loop.Model)
	var list []asleep
	seen := map[ast.Node]bool{}
	add := func(w *loop.Wait, function ast.Node, ctx string) {
		if ctx != "" && !seen[w.Node] && !p.Generated[p.FileOf(w.Node.Pos())] {
			seen[w.Node] = true
			list = append(list, asleep{w, function, ctx})
		}
	}
	for _, l := range retryLoops.Of(p) {
		for _, function := range tried(p, l) {
			for _, w := range model.Waits(function) {
				if w.Sleeps && !isShort(p, l, w) && returnsAfter(p, w) {
					add(w, function, contextFor(p, l, w))
				}
			}
		}
	}
	for decl := range p.Functions {
		for _, w := range model.Waits(decl) {
			if w.Sleeps && !isShort(p, nil, w) && callsItself(p, decl, w) {
				add(w, decl, p.ContextAt(w.Node.Pos()))
			}
		}
	}
	return list
})

// tried returns the functions of the package and the named function literals that a loop tries.
func tried(p *check.Pass, l *loop.Loop) []ast.Node {
	var list []ast.Node
	for _, j := range l.Judges {
		for _, op := range j.Operations {
			call, ok := op.(*ast.CallExpr)
			if !ok {
				continue
			}
			if fn := syntax.Callee(p.TypesInfo, call); fn != nil && loopBodies.Of(p)[fn.Origin()] != nil {
				list = append(list, loopBodies.Of(p)[fn.Origin()])
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
	at, ok := p.Inspector().Root().FindByPos(w.Node.Pos(), w.Node.End())
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

// callsItself reports whether a function calls itself after a wait to do the same again: with its own parameters, but for numbers.
func callsItself(p *check.Pass, decl *ast.FuncDecl, w *loop.Wait) bool {
	self := p.TypesInfo.Defs[decl.Name]
	return slices.ContainsFunc(after(p, w), func(stmt ast.Stmt) bool {
		found := false
		ast.Inspect(stmt, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			found = found || ok && types.Object(syntax.Callee(p.TypesInfo, call)) == self && passesItsOwn(p, decl, call)
			return !found
		})
		return found
	})
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
		if basic, ok := p.TypesInfo.TypeOf(arg).Underlying().(*types.Basic); ok && basic.Info()&types.IsNumeric != 0 {
			continue
		}
		if id, ok := ast.Unparen(arg).(*ast.Ident); !ok || p.TypesInfo.Uses[id] != own[i] {
			return false
		}
	}
	return true
}

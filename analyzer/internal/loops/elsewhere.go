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
				if w.Sleeps && !isShort(p, l, w) && returnsAfter(p, function, w) {
					add(w, function, contextFor(p, l, w))
				}
			}
		}
	}
	for _, decl := range functionDecls.Of(p) {
		for _, w := range model.Waits(decl) {
			if w.Sleeps && !isShort(p, &loop.Loop{}, w) && callsItself(p, decl, w) {
				add(w, decl, p.ContextAt(w.Node.Pos()))
			}
		}
	}
	return list
})

// functionDecls are the functions of a package that have a body, by their objects.
var functionDecls = check.Share(func(p *check.Pass) map[types.Object]*ast.FuncDecl {
	list := map[types.Object]*ast.FuncDecl{}
	for _, file := range p.Files {
		for _, decl := range file.Decls {
			if fn, ok := decl.(*ast.FuncDecl); ok && fn.Body != nil {
				list[p.TypesInfo.Defs[fn.Name]] = fn
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
			if decl := functionDecls.Of(p)[syntax.Callee(p.TypesInfo, call)]; decl != nil {
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
func after(function ast.Node, w *loop.Wait) []ast.Stmt {
	_, body := syntax.FuncParts(function)
	var list []ast.Stmt
	ast.Inspect(body, func(n ast.Node) bool {
		var stmts []ast.Stmt
		switch n := n.(type) {
		case *ast.BlockStmt:
			stmts = n.List
		case *ast.CaseClause:
			stmts = n.Body
		case *ast.CommClause:
			stmts = n.Body
		}
		for i, stmt := range stmts {
			if stmt.Pos() <= w.Node.Pos() && w.Node.Pos() < stmt.End() {
				list = stmts[i+1:]
			}
		}
		return true
	})
	return list
}

// returnsAfter reports whether a function does nothing more after a wait than to return.
func returnsAfter(p *check.Pass, function ast.Node, w *loop.Wait) bool {
	rest := after(function, w)
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
	return slices.ContainsFunc(after(decl, w), func(stmt ast.Stmt) bool {
		found := false
		ast.Inspect(stmt, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			found = found || ok && types.Object(syntax.Callee(p.TypesInfo, call)) == self && givesItsOwn(p, decl, call)
			return !found
		})
		return found
	})
}

// givesItsOwn reports whether the arguments of a call are the parameters of a function in their order, but for numbers.
func givesItsOwn(p *check.Pass, decl *ast.FuncDecl, call *ast.CallExpr) bool {
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

package loops

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ast/inspector"

	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/retries/loop"
	"github.com/retrygen/retrygen/internal/syntax"
)

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
		t := p.TypesInfo.TypeOf(arg)
		if t == nil {
			return false
		}
		if basic, ok := t.Underlying().(*types.Basic); ok && basic.Info()&types.IsNumeric != 0 {
			continue
		}
		if id, ok := ast.Unparen(arg).(*ast.Ident); !ok || p.TypesInfo.Uses[id] != own[i] {
			return false
		}
	}
	return true
}

// triesAgain reports whether a function makes the same call before a wait and after it, in the block that waits because the call has
// failed: with a context of a caller and the same arguments.
//
//	v, err := get(ctx, name)
//	if err != nil {
//		time.Sleep(time.Second)
//		v, err = get(ctx, name)
//	}
func triesAgain(p *check.Pass, w *loop.Wait) bool {
	if _, ctx := p.ContextVar(w.Node.Pos()); ctx != nil && madeFresh(p, ctx) {
		return false
	}
	again := map[string]bool{}
	for _, stmt := range after(p, w) {
		callsWithContext(p, stmt, func(call *ast.CallExpr) { again[syntax.Text(call)] = true })
	}
	if len(again) == 0 {
		return false
	}
	found := false
	for _, stmt := range tested(p, w) {
		callsWithContext(p, stmt, func(call *ast.CallExpr) { found = found || again[syntax.Text(call)] })
	}
	return found
}

// callsWithContext visits the calls in a statement that pass a context and return an error.
func callsWithContext(p *check.Pass, stmt ast.Node, visit func(*ast.CallExpr)) {
	syntax.InspectOwn(stmt, func(n ast.Node) {
		if call, ok := n.(*ast.CallExpr); ok && syntax.ContextArg(p.TypesInfo, call) != nil && syntax.ReturnsError(p.TypesInfo, call) {
			visit(call)
		}
	})
}

// tested returns the statements whose results decide whether there is a wait: the first parts of the if statements around it, or what
// stands before those, and the same of one before it that returns where there is no error.
func tested(p *check.Pass, w *loop.Wait) (list []ast.Node) {
	at, ok := p.Around(w.Node.Pos()).FindByPos(w.Node.Pos(), w.Node.End())
	for ; ok && at.Node() != nil; at = at.Parent() {
		stmt, isIf := at.Node().(*ast.IfStmt)
		_, isElse := at.Parent().Node().(*ast.IfStmt)
		switch before, ok := at.PrevSibling(); {
		case isIf && stmt.Init != nil:
			list = append(list, stmt.Init)
		case !isIf || isElse:
		case ok:
			list = append(list, before.Node())
		}
		list = append(list, returnsBefore(p, at)...)
		switch at.Node().(type) {
		case *ast.FuncDecl, *ast.FuncLit:
			return list
		}
	}
	return list
}

// returnsBefore returns the attempt before a statement after whose success the function returns, nothing if there is none:
//
//	if err := put(ctx, name); err == nil {
//		return nil
//	}
//	time.Sleep(time.Second)
func returnsBefore(p *check.Pass, at inspector.Cursor) []ast.Node {
	for before, ok := at.PrevSibling(); ok; before, ok = before.PrevSibling() {
		stmt, isIf := before.Node().(*ast.IfStmt)
		if !isIf || syntax.ErrorTest(p.TypesInfo, stmt.Cond, token.EQL) == nil || !syntax.ReturnsAtEnd(stmt.Body) {
			continue
		}
		if stmt.Init != nil {
			return []ast.Node{stmt.Init}
		}
		if asked, ok := before.PrevSibling(); ok {
			return []ast.Node{asked.Node()}
		}
	}
	return nil
}

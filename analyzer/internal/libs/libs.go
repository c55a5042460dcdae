// Package libs checks the use of retry libraries, and of clients that retry by themselves.
//
// A check is given the calls that make a library retry, one after the other:
//
//	var _ = Checks.Add("RL504", eachCall(rl504))
//
//	// rl504 finds functions that mark no error as worth a retry.
//	func rl504(p *check.Pass, call *libCall) { … }
package libs

import (
	"embed"
	"go/ast"
	"go/types"
	"strings"

	"golang.org/x/tools/go/ast/inspector"

	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/retries/library"
	"github.com/retrygen/retrygen/internal/syntax"
)

//go:embed *.txtar
var pages embed.FS

// Checks are the checks of this package. Each is in the file that is named by its identifier.
var Checks = check.NewList(pages)

// libCall is a call of a library's retrying function.
type libCall struct {
	*ast.CallExpr
	fn       *types.Func
	name     string // of the library
	major    int
	function ast.Node // around the call
}

// libCalls are the calls that make libraries retry, in functions, but for generated files.
var libCalls = check.Share(func(p *check.Pass) []*libCall {
	var list []*libCall
	inspect(p, (*ast.CallExpr)(nil), func(cursor inspector.Cursor) {
		n := cursor.Node().(*ast.CallExpr)
		fn := syntax.Callee(p.TypesInfo, n)
		name, major := library.Entry(fn)
		if function := syntax.EnclosingFunc(cursor); name != "" && function != nil {
			list = append(list, &libCall{CallExpr: n, fn: fn, name: name, major: major, function: function})
		}
	})
	return list
})

// eachCall returns a check that looks at each call that makes a library retry.
func eachCall(look func(*check.Pass, *libCall)) func(*check.Pass) {
	return func(p *check.Pass) {
		for _, call := range libCalls.Of(p) {
			look(p, call)
		}
	}
}

// inspect goes through the nodes of a type outside generated files, if the package has to do with retries at all.
func inspect(p *check.Pass, kind ast.Node, visit func(inspector.Cursor)) {
	if !p.Followed() {
		return
	}
	for cursor := range p.Inspector().Root().Preorder(kind) {
		if !p.Generated[p.FileOf(cursor.Node().Pos())] {
			visit(cursor)
		}
	}
}

// visitor is given calls of declared functions.
type visitor func(*ast.CallExpr, *types.Func)

// backoffOf gives the argument that is a backoff, nil where the library takes none.
func backoffOf(p *check.Pass, call *libCall) ast.Expr {
	for _, arg := range call.Args {
		t := p.TypesInfo.TypeOf(arg)
		if t == nil {
			continue
		}
		if pointer, ok := types.Unalias(t).(*types.Pointer); ok {
			t = pointer.Elem()
		}
		named, ok := types.Unalias(t).(*types.Named)
		if !ok || named.Obj().Pkg() == nil {
			continue
		}
		name, _ := library.Name(named.Obj().Pkg().Path())
		if name == call.name && strings.HasSuffix(strings.ToLower(named.Obj().Name()), "backoff") {
			return arg
		}
	}
	return nil
}

// made goes through the calls that made a backoff variable, in sight.
func made(p *check.Pass, function ast.Node, backoff ast.Expr, visit visitor) {
	id, ok := ast.Unparen(backoff).(*ast.Ident)
	if !ok {
		return
	}
	v := p.TypesInfo.Uses[id]
	ast.Inspect(function, func(n ast.Node) bool {
		assign, ok := n.(*ast.AssignStmt)
		if !ok || len(assign.Rhs) != 1 {
			return true
		}
		if left, ok := assign.Lhs[0].(*ast.Ident); ok && p.TypesInfo.ObjectOf(left) == v {
			callsIn(p, assign.Rhs[0], visit)
		}
		return true
	})
}

func callsIn(p *check.Pass, e ast.Expr, visit visitor) {
	ast.Inspect(e, func(n ast.Node) bool {
		if inner, ok := n.(*ast.CallExpr); ok {
			if fn := syntax.Callee(p.TypesInfo, inner); fn != nil && fn.Pkg() != nil {
				visit(inner, fn)
			}
		}
		return true
	})
}

// inSight reports whether a backoff is made where it can be seen: by calls in the argument, or assigned to a variable of
// the function by calls of the library.
func inSight(p *check.Pass, function ast.Node, backoff ast.Expr) bool {
	if call, ok := ast.Unparen(backoff).(*ast.CallExpr); ok {
		fn := syntax.Callee(p.TypesInfo, call)
		if fn == nil || fn.Pkg() == nil {
			return false
		}
		name, _ := library.Name(fn.Pkg().Path())
		return name != ""
	}
	seen := false
	made(p, function, backoff, func(_ *ast.CallExpr, fn *types.Func) {
		if name, _ := library.Name(fn.Pkg().Path()); name != "" {
			seen = true
		}
	})
	return seen
}

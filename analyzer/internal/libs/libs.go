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
		fn := p.Callee(n)
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

// operation returns the index of the argument that is retried, the last function that is no callback; -1 if there is none.
func (c *libCall) operation() int {
	params, at := c.fn.Signature().Params(), -1
	for i := range params.Len() {
		if named, ok := types.Unalias(params.At(i).Type()).(*types.Named); ok && named.Obj().Name() == "Notify" {
			continue
		}
		if isFunction(params.At(i).Type()) {
			at = i
		}
	}
	return at
}

// retried returns the argument that is retried, nil if there is none.
func (c *libCall) retried() ast.Expr {
	if at := c.operation(); at >= 0 && at < len(c.Args) {
		return c.Args[at]
	}
	return nil
}

// backoffOf returns the argument that is a backoff, nil where the library takes none.
func backoffOf(call *libCall) ast.Expr {
	params := call.fn.Signature().Params()
	for i := range min(params.Len(), len(call.Args)) {
		if named, ok := types.Unalias(params.At(i).Type()).(*types.Named); ok && strings.EqualFold(named.Obj().Name(), "backoff") {
			return call.Args[i]
		}
	}
	return nil
}

// isOf reports whether a function is declared by a library.
func isOf(fn *types.Func, name string) bool {
	if fn.Pkg() == nil {
		return false
	}
	of, _ := library.Name(fn.Pkg().Path())
	return of == name
}

// named reports whether a type, or what it points to, has a name.
func named(t types.Type, name string) bool {
	if t == nil {
		return false
	}
	n, ok := pointee(t).(*types.Named)
	return ok && n.Obj().Name() == name
}

// pointee returns what a pointer type leads to, and any other type as it is, without aliases.
func pointee(t types.Type) types.Type {
	t = types.Unalias(t)
	if pointer, ok := t.(*types.Pointer); ok {
		return types.Unalias(pointer.Elem())
	}
	return t
}

// isDeclaredBy reports whether a type is declared by a library.
func isDeclaredBy(lib string, t types.Type) bool {
	named, ok := types.Unalias(t).(*types.Named)
	if !ok || named.Obj().Pkg() == nil {
		return false
	}
	name, _ := library.Name(named.Obj().Pkg().Path())
	return name == lib
}

// isPartOf reports whether a type, or what it points to, is declared by a library.
func isPartOf(lib string, t types.Type) bool { return isDeclaredBy(lib, pointee(t)) }

// isOption reports whether a type of functions is one of the library's options. Other functions are called after a failure: notify.
func (r *recipe) isOption(t types.Type) bool {
	named, ok := types.Unalias(t).(*types.Named)
	return ok && r.ofLibrary(t) && named.Obj().Name() != "Notify"
}

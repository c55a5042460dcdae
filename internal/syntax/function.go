package syntax

import (
	"go/ast"
	"go/types"

	"golang.org/x/tools/go/ast/inspector"
	"golang.org/x/tools/go/types/typeutil"
)

// EnclosingFunc returns the *ast.FuncDecl or *ast.FuncLit around a cursor, nil for none.
func EnclosingFunc(cursor inspector.Cursor) ast.Node {
	for c := range cursor.Enclosing((*ast.FuncDecl)(nil), (*ast.FuncLit)(nil)) {
		return c.Node()
	}
	return nil
}

// FuncParts returns the type and the body of an *ast.FuncDecl or *ast.FuncLit.
func FuncParts(function ast.Node) (*ast.FuncType, *ast.BlockStmt) {
	switch f := function.(type) {
	case *ast.FuncDecl:
		return withoutEmptyResults(f.Type), f.Body
	case *ast.FuncLit:
		return withoutEmptyResults(f.Type), f.Body
	}
	return nil, nil
}

// withoutEmptyResults returns a signature that says by nil that there are no results, also where func f() () has an empty list of them.
func withoutEmptyResults(t *ast.FuncType) *ast.FuncType {
	if t.Results == nil || len(t.Results.List) > 0 {
		return t
	}
	short := *t
	short.Results = nil
	return &short
}

// BodyAround returns the body of the innermost function or function literal around a node.
func BodyAround(decl *ast.FuncDecl, at ast.Node) *ast.BlockStmt {
	body := decl.Body
	ast.Inspect(decl.Body, func(n ast.Node) bool {
		if lit, ok := n.(*ast.FuncLit); ok && lit.Pos() <= at.Pos() && at.End() <= lit.End() {
			body = lit.Body
		}
		return true
	})
	return body
}

// InspectOwn visits the nodes of a body, but for the function literals in it.
func InspectOwn(body ast.Node, visit func(ast.Node)) {
	ast.Inspect(body, func(n ast.Node) bool {
		if _, literal := n.(*ast.FuncLit); literal {
			return false
		}
		if n != nil {
			visit(n)
		}
		return true
	})
}

// ReturnsAtEnd reports whether a block ends with a return statement.
func ReturnsAtEnd(body *ast.BlockStmt) bool {
	if len(body.List) == 0 {
		return false
	}
	_, ok := body.List[len(body.List)-1].(*ast.ReturnStmt)
	return ok
}

// InspectArgumentCalls visits the calls of declared functions in the arguments of a call, but for function literals.
func InspectArgumentCalls(info *types.Info, call *ast.CallExpr, visit func(*ast.CallExpr, *types.Func)) {
	for _, arg := range call.Args {
		ast.Inspect(arg, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncLit:
				return false
			case *ast.CallExpr:
				if fn, ok := typeutil.Callee(info, n).(*types.Func); ok && fn.Pkg() != nil {
					visit(n, fn)
				}
			}
			return true
		})
	}
}

// InspectCalls visits the calls of declared functions in a function, but for those inside some nodes.
func InspectCalls(info *types.Info, decl *ast.FuncDecl, but map[ast.Node]bool, visit func(*ast.CallExpr, *types.Func)) {
	ast.Inspect(decl.Body, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			if callee := Callee(info, call); callee != nil {
				visit(call, callee)
			}
		}
		return !but[n]
	})
}

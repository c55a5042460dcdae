package retries

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"github.com/retrygen/retrygen/internal/syntax"
)

// Callee returns the function that a call names, nil if there is none. Where a call names a variable of the package which tests
// replace, that is the function which it is declared with:
//
//	var backoffRetry = backoff.Retry
func (g *Graph) Callee(call *ast.CallExpr) *types.Func {
	if fn := syntax.Callee(g.pass.TypesInfo, call); fn != nil {
		return fn
	}
	id, ok := ast.Unparen(call.Fun).(*ast.Ident)
	if !ok {
		return nil
	}
	return g.held[g.pass.TypesInfo.Uses[id]]
}

// findHeld finds the variables of the package that are declared with a function, and hold another one only in tests.
func (g *Graph) findHeld() {
	g.held = map[types.Object]*types.Func{}
	for _, file := range g.pass.Files {
		for _, decl := range file.Decls {
			if decl, ok := decl.(*ast.GenDecl); ok && decl.Tok == token.VAR {
				g.addHeld(decl)
			}
		}
	}
	if len(g.held) == 0 {
		return
	}
	for _, file := range g.pass.Files {
		if !strings.HasSuffix(g.pass.Fset.Position(file.Package).Filename, "_test.go") {
			g.dropChanged(file)
		}
	}
}

// addHeld adds the variables of a declaration that hold functions.
func (g *Graph) addHeld(decl *ast.GenDecl) {
	for _, spec := range decl.Specs {
		spec, ok := spec.(*ast.ValueSpec)
		if !ok || len(spec.Names) != len(spec.Values) {
			continue
		}
		for i, id := range spec.Names {
			fn := declared(g.pass.TypesInfo, instantiated(spec.Values[i]))
			if fn != nil && fn.Signature().Recv() == nil {
				g.held[g.pass.TypesInfo.Defs[id]] = fn
			}
		}
	}
}

// instantiated returns f for f[T], a generic function with its types. It returns any other expression unchanged.
func instantiated(e ast.Expr) ast.Expr {
	switch e := ast.Unparen(e).(type) {
	case *ast.IndexExpr:
		return e.X
	case *ast.IndexListExpr:
		return e.X
	}
	return e
}

// dropChanged drops the variables that a file assigns to, or whose address it takes: what they hold is not known.
func (g *Graph) dropChanged(file *ast.File) {
	drop := func(e ast.Expr) {
		if id, ok := ast.Unparen(e).(*ast.Ident); ok {
			delete(g.held, g.pass.TypesInfo.Uses[id])
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for _, left := range n.Lhs {
				drop(left)
			}
		case *ast.UnaryExpr:
			if n.Op == token.AND {
				drop(n.X)
			}
		}
		return true
	})
}

package retries

import (
	"go/ast"
	"go/token"
	"slices"

	"github.com/retrygen/retrygen/internal/retries/library"
	"github.com/retrygen/retrygen/internal/syntax"
)

// retried returns the sites in a piece of code that is run again after some of its errors, without the calls whose errors end the
// retries:
//
//	for range 3 {
//		if err := resync(); err != nil {
//			return err // what resync retries by itself is not retried again
//		}
//		…
//	}
//
// Ends reports whether a return statement in a branch for an error ends the retries.
func (g *Graph) retried(body *ast.BlockStmt, ends func(*ast.ReturnStmt) bool) []*Site {
	final := map[ast.Node]bool{}
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.BlockStmt:
			g.finalCalls(n.List, ends, final)
		case *ast.CaseClause:
			g.finalCalls(n.Body, ends, final)
		case *ast.CommClause:
			g.finalCalls(n.Body, ends, final)
		}
		return true
	})
	return slices.DeleteFunc(g.sitesIn(body), func(s *Site) bool { return final[s.Node] })
}

// finalCalls adds the calls in statements in a row whose errors end the retries.
func (g *Graph) finalCalls(list []ast.Stmt, ends func(*ast.ReturnStmt) bool, final map[ast.Node]bool) {
	for i, stmt := range list {
		if ret, ok := stmt.(*ast.ReturnStmt); ok && ends(ret) {
			addCalls(ret, final)
		}
		if i > 0 && g.requires(stmt) {
			addRequired(list[i-1], final)
		}
		branch, ok := stmt.(*ast.IfStmt)
		if !ok {
			continue
		}
		before := branch.Init
		if before == nil && i > 0 {
			before = list[i-1]
		}
		assign, ok := before.(*ast.AssignStmt)
		if !ok || len(assign.Rhs) != 1 || len(branch.Body.List) == 0 {
			continue
		}
		ret, ok := branch.Body.List[len(branch.Body.List)-1].(*ast.ReturnStmt)
		call, isCall := ast.Unparen(assign.Rhs[0]).(*ast.CallExpr)
		if ok && isCall && g.isErrorOf(assign, branch.Cond) && ends(ret) && !goesOn(branch.Body) {
			final[call] = true
		}
	}
}

// requires reports whether a statement ends a test if an error is not nil: require.NoError(t, err).
func (g *Graph) requires(stmt ast.Stmt) bool {
	e, ok := stmt.(*ast.ExprStmt)
	if !ok {
		return false
	}
	call, ok := ast.Unparen(e.X).(*ast.CallExpr)
	if !ok {
		return false
	}
	switch syntax.FullName(g.pass.TypesInfo, call) {
	case "github.com/stretchr/testify/require.NoError", "github.com/stretchr/testify/require.NoErrorf":
		return true
	}
	return false
}

// addRequired adds the call whose results are assigned before an error is required to be nil.
func addRequired(before ast.Stmt, calls map[ast.Node]bool) {
	if assign, ok := before.(*ast.AssignStmt); ok && len(assign.Rhs) == 1 {
		if call, ok := ast.Unparen(assign.Rhs[0]).(*ast.CallExpr); ok {
			calls[call] = true
		}
	}
}

// addCalls adds the calls in a return statement: return send(ctx) passes on what comes of it.
func addCalls(ret *ast.ReturnStmt, calls map[ast.Node]bool) {
	ast.Inspect(ret, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			calls[call] = true
		}
		_, isLiteral := n.(*ast.FuncLit)
		return !isLiteral
	})
}

// isErrorOf reports whether a condition holds where the last value that is assigned, an error, is not nil.
func (g *Graph) isErrorOf(assign *ast.AssignStmt, cond ast.Expr) bool {
	tested := syntax.ErrorTest(g.pass.TypesInfo, cond, token.NEQ)
	if tested == nil {
		return false
	}
	left, ok := assign.Lhs[len(assign.Lhs)-1].(*ast.Ident)
	id, isIdent := ast.Unparen(tested).(*ast.Ident)
	return ok && isIdent && g.pass.TypesInfo.Uses[id] == g.pass.TypesInfo.ObjectOf(left)
}

// goesOn reports whether a block has a way to the next round.
func goesOn(block *ast.BlockStmt) bool {
	found := false
	syntax.InspectOwn(block, func(n ast.Node) {
		stmt, ok := n.(*ast.BranchStmt)
		found = found || ok && stmt.Tok != token.FALLTHROUGH
	})
	return found
}

// endsLoop is the ends of loops: all that return.
func endsLoop(*ast.ReturnStmt) bool { return true }

// endsLibrary returns the ends of what a library retries: errors that are marked as final, errors that are not marked as worth a
// retry, and all errors of conditions.
func (g *Graph) endsLibrary(name string) func(*ast.ReturnStmt) bool {
	return func(ret *ast.ReturnStmt) bool {
		if len(ret.Results) == 0 {
			return false
		}
		last := ret.Results[len(ret.Results)-1]
		switch name {
		case "wait":
			return len(ret.Results) > 1 && !g.pass.TypesInfo.Types[last].IsNil()
		case "sethvargo":
			return g.marks(last) != "RetryableError"
		}
		mark := g.marks(last)
		return mark == "Permanent" || mark == "Unrecoverable"
	}
}

// marks returns the name of the library's function that an error is made with, "" for any other.
func (g *Graph) marks(e ast.Expr) string {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok {
		return ""
	}
	fn := g.Callee(call)
	if fn == nil || fn.Pkg() == nil {
		return ""
	}
	if name, _ := library.Name(fn.Pkg().Path()); name == "" {
		return ""
	}
	return fn.Name()
}

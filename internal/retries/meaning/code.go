package meaning

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/analysis/passes/inspect"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/retrygen/retrygen/internal/retries/loop"
	"github.com/retrygen/retrygen/internal/syntax"
)

// loops reads the bounds of loops that retry by hand.
func (r *reader) loops() {
	for _, l := range r.pass.ResultOf[loop.Analyzer].(*loop.Model).Loops {
		if l.GoesOn || r.triedOutside(l) {
			continue
		}
		switch stmt := l.Stmt.(type) {
		case *ast.ForStmt:
			r.counted(stmt)
		case *ast.RangeStmt:
			if basic, ok := syntax.Underlying(r.pass.TypesInfo.TypeOf(stmt.X)).(*types.Basic); ok && basic.Info()&types.IsInteger != 0 {
				r.count(stmt.X, 0)
			}
		}
	}
}

// counted reads a head such as for i := 0; i < limit; i++.
func (r *reader) counted(stmt *ast.ForStmt) {
	init, ok := stmt.Init.(*ast.AssignStmt)
	post, up := stmt.Post.(*ast.IncDecStmt)
	cond, compares := ast.Unparen(stmt.Cond).(*ast.BinaryExpr)
	if !ok || !up || !compares || post.Tok != token.INC || len(init.Lhs) != 1 || len(init.Rhs) != 1 {
		return
	}
	counter, _ := init.Lhs[0].(*ast.Ident)
	first, known := syntax.ConstantInt(r.pass.TypesInfo, init.Rhs[0])
	if counter == nil || !known || !r.is(cond.X, counter) || !r.is(post.X, counter) {
		return
	}
	switch cond.Op {
	case token.LSS, token.NEQ:
		r.count(cond.Y, -first)
	case token.LEQ:
		r.count(cond.Y, 1-first)
	}
}

// is reports whether an expression is the variable that an identifier means.
func (r *reader) is(e ast.Expr, id *ast.Ident) bool {
	other, ok := ast.Unparen(e).(*ast.Ident)
	return ok && r.pass.TypesInfo.ObjectOf(other) == r.pass.TypesInfo.ObjectOf(id)
}

// code reads the options of libraries, and products of a duration and a unit.
func (r *reader) code() {
	known := r.usesLibrary()
	for cursor := range r.pass.ResultOf[inspect.Analyzer].(*inspector.Inspector).Root().Preorder(
		(*ast.CallExpr)(nil), (*ast.BinaryExpr)(nil), (*ast.AssignStmt)(nil), (*ast.KeyValueExpr)(nil)) {
		switch n := cursor.Node().(type) {
		case *ast.BinaryExpr:
			r.product(n)
		case *ast.CallExpr:
			if known {
				r.call(n)
			}
		case *ast.AssignStmt:
			for i, left := range n.Lhs {
				if known && i < len(n.Rhs) && len(n.Lhs) == len(n.Rhs) {
					r.field(left, n.Rhs[i])
				}
			}
		case *ast.KeyValueExpr:
			if known {
				r.field(n.Key, n.Value)
			}
		}
	}
}

// product reads a duration that is multiplied by a unit.
func (r *reader) product(n *ast.BinaryExpr) {
	if n.Op != token.MUL || !syntax.IsNamed(r.pass.TypesInfo.TypeOf(n), "time", "Duration") {
		return
	}
	for _, pair := range [][2]ast.Expr{{n.X, n.Y}, {n.Y, n.X}} {
		object, name, added := r.number(pair[0])
		v, ok := object.(*types.Var)
		if ok && added == 0 && syntax.IsNamed(v.Type(), "time", "Duration") && r.isUnit(pair[1]) {
			r.add(Use{Name: name, Means: Units, Pos: n.Pos(), End: n.End(), object: v})
		}
	}
}

// isUnit reports whether an expression is a unit of package time.
func (r *reader) isUnit(e ast.Expr) bool {
	sel, ok := ast.Unparen(e).(*ast.SelectorExpr)
	if !ok {
		return false
	}
	unit, ok := r.pass.TypesInfo.Uses[sel.Sel].(*types.Const)
	return ok && unit.Pkg() != nil && unit.Pkg().Path() == "time"
}

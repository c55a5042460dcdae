package loop

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"github.com/retrygen/retrygen/internal/syntax"
)

// TextTests returns the tests in code that look at the text of an error: calls that are passed it and return a bool or an index,
// comparisons, and switches. Around is the function that the code belongs to, whose variables may hold such a text.
func TextTests(info *types.Info, around, root ast.Node) []ast.Expr {
	return newTexts(info, around).tests(root)
}

// newTexts returns what is known of the texts of errors in a function.
func newTexts(info *types.Info, around ast.Node) *texts {
	t := &texts{info: info, vars: map[types.Object]bool{}}
	t.find(around)
	return t
}

// tests is TextTests.
func (t *texts) tests(root ast.Node) []ast.Expr {
	var list []ast.Expr
	ast.Inspect(root, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			if t.looks(n) {
				list = append(list, n)
				return false
			}
		case *ast.BinaryExpr:
			if (n.Op == token.EQL || n.Op == token.NEQ) && (t.is(n.X) || t.is(n.Y)) {
				list = append(list, n)
			}
		case *ast.SwitchStmt:
			if n.Tag != nil && t.is(n.Tag) {
				list = append(list, n.Tag)
			}
		}
		return true
	})
	return list
}

// texts knows the texts of errors.
type texts struct {
	info *types.Info
	vars map[types.Object]bool // that hold one
}

// find finds the variables that are assigned the text of an error, and nothing else.
func (t *texts) find(around ast.Node) {
	others := map[types.Object]bool{}
	ast.Inspect(around, func(n ast.Node) bool {
		assign, ok := n.(*ast.AssignStmt)
		if !ok {
			return true
		}
		for i, left := range assign.Lhs {
			id, ok := left.(*ast.Ident)
			if !ok {
				continue
			}
			v := t.info.ObjectOf(id)
			if len(assign.Lhs) == len(assign.Rhs) && t.is(assign.Rhs[i]) {
				t.vars[v] = v != nil
			} else {
				others[v] = true
			}
		}
		return true
	})
	for v := range others {
		delete(t.vars, v)
	}
}

// looks reports whether a call looks for something in the text of an error.
func (t *texts) looks(call *ast.CallExpr) bool {
	if basic, ok := t.info.TypeOf(call).(*types.Basic); !ok || basic.Info()&(types.IsBoolean|types.IsInteger) == 0 {
		return false
	}
	if syntax.IsBuiltin(t.info, call, "len") || t.info.Types[call.Fun].IsType() {
		return false
	}
	for _, arg := range call.Args {
		if t.is(arg) {
			return true
		}
	}
	return false
}

// is reports whether an expression is the text of an error, err.Error() or a variable that holds it, perhaps in other letters or
// as bytes.
func (t *texts) is(e ast.Expr) bool {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		return t.vars[t.info.Uses[e]]
	case *ast.CallExpr:
		if len(e.Args) == 1 && changesText(t.info, e) {
			return t.is(e.Args[0])
		}
		sel, ok := e.Fun.(*ast.SelectorExpr)
		if !ok || sel.Sel.Name != "Error" {
			return false
		}
		of := t.info.TypeOf(sel.X)
		return of != nil && syntax.IsError(of)
	}
	return false
}

// changesText reports whether a call returns its text in other letters, or as bytes.
func changesText(info *types.Info, call *ast.CallExpr) bool {
	return info.Types[call.Fun].IsType() || strings.HasPrefix(syntax.FullName(info, call), "strings.T")
}

package loops

import (
	"go/ast"
	"go/token"
	"strings"

	"github.com/retrygen/retrygen/internal/syntax"
)

// exactly reports whether the error of the context stays just that in code for a context that has ended, as other code compares it.
// Which error it is has to be known: what a helper returned need not be what the context's Err did.
func (r *reader) exactly(body []ast.Stmt) bool {
	if r.ComparesContext == "" {
		return false
	}
	mentions, known := false, true
	for _, stmt := range body {
		ast.Inspect(stmt, func(n ast.Node) bool {
			e, ok := n.(ast.Expr)
			if !ok || !r.returnsContext(e) {
				return true
			}
			mentions, known = true, known && r.endCall(e) != nil
			return false
		})
	}
	return mentions && known
}

// endCall returns the call of ctx.Err or context.Cause that an expression is, or that a variable holds; nil for another.
func (r *reader) endCall(e ast.Expr) *ast.CallExpr {
	switch e := ast.Unparen(e).(type) {
	case *ast.CallExpr:
		return e
	case *ast.Ident:
		return r.looked[r.object(e)]
	}
	return nil
}

// fieldOf returns the field of a *retry.Error that is what a call returned when the context had ended.
func (r *reader) fieldOf(e ast.Expr) string {
	if syntax.FullName(r.Info, r.endCall(e)) == "context.Cause" {
		return ".Cause"
	}
	return ".Context"
}

// cutAgain reports whether a tail does for every error what the code for a context that has ended does, so that this need not stay
// in front of it:
//
//	if err == nil {
//		return v, nil
//	}
//	return "", err
func (r *reader) cutAgain(tail string) bool {
	want := ""
	for i, stmt := range r.cut {
		switch {
		case i < len(r.cut)-1 && r.releases(stmt):
		case want != "" || i < len(r.cut)-1:
			return false
		default:
			want = strings.TrimSpace(r.cutStmt(stmt, r.freeName("cut")))
		}
	}
	return strings.HasPrefix(want, "return") && want == r.forError(tail)
}

// forError returns the statement that a tail ends in for every error, "" if it is not a return statement, or depends on more than
// whether there is an error.
func (r *reader) forError(tail string) string {
	list, at := parseTail(strings.ReplaceAll(tail, "\x00", "x"))
	for i := 0; i < len(list); i++ {
		switch stmt := list[i].(type) {
		case *ast.ReturnStmt:
			return tail[at(stmt.Pos()):at(stmt.End())]
		case *ast.IfStmt:
			failed, ok := r.testsError(stmt)
			if !ok {
				return ""
			}
			if failed {
				list, i = stmt.Body.List, -1
			}
		default:
			return ""
		}
	}
	return ""
}

// testsError reports whether a statement of a tail does nothing but test the error, and whether it then is one.
func (r *reader) testsError(stmt *ast.IfStmt) (failed, ok bool) {
	test, ok := stmt.Cond.(*ast.BinaryExpr)
	if !ok || stmt.Init != nil || stmt.Else != nil || test.Op != token.EQL && test.Op != token.NEQ {
		return false, false
	}
	x, named := test.X.(*ast.Ident)
	y, nothing := test.Y.(*ast.Ident)
	return test.Op == token.NEQ, named && nothing && x.Name == r.err.Name() && y.Name == "nil"
}

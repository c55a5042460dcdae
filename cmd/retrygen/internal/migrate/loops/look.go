package loops

import (
	"fmt"
	"go/ast"
	"go/token"
	"slices"
	"strings"

	"github.com/retrygen/retrygen/internal/syntax"
)

// sayLooks says how the loop ended where it looked at the context, if that is not what follows now.
func (r *reader) sayLooks(kept []ast.Stmt) {
	for _, body := range r.lookBodies {
		if len(body) == 0 || r.sameText(body, kept) {
			continue
		}
		r.sayBody(body)
	}
	for _, look := range r.lookedAt {
		tested := slices.ContainsFunc(r.tests, func(pos token.Pos) bool { return pos < look })
		if !tested && (r.count.known || r.duration != nil) {
			r.site.Differ(fmt.Sprintf("a context that is done after the last attempt is not looked at; before, line %d did", r.line(look)))
		}
	}
}

func (r *reader) sayBody(body []ast.Stmt) {
	for i, stmt := range body {
		ret, ok := stmt.(*ast.ReturnStmt)
		switch {
		case i < len(body)-1 && !r.releases(stmt):
			r.site.Differ(fmt.Sprintf("what line %d did for a context that has ended is not done any more", r.line(stmt.Pos())))
		case i == len(body)-1 && ok:
			r.site.Differ(fmt.Sprintf("before, the loop ended with %s when the context had ended (line %d)", r.Source(ret), r.line(ret.Pos())))
		case i == len(body)-1:
			r.site.Differ(fmt.Sprintf("before, the loop ended with what stands behind it when the context had ended (line %d)", r.line(stmt.Pos())))
		}
	}
}

// sameText reports whether two lists of statements read the same, but for timers that are stopped.
func (r *reader) sameText(a, b []ast.Stmt) bool {
	text := func(list []ast.Stmt) (all string) {
		for _, stmt := range list {
			if !r.releases(stmt) {
				all += r.Source(stmt) + "\n"
			}
		}
		return all
	}
	return text(a) == text(b)
}

// passesError reports whether an expression is the error of the last attempt, or wraps it.
func (r *reader) passesError(e ast.Expr) bool {
	switch x := ast.Unparen(e).(type) {
	case *ast.Ident:
		o := r.object(x)
		if o == r.err {
			return true
		}
		for _, s := range r.way.steps { // lastErr = err
			if value, found := r.assignment(s.stmt, o); o != nil && found {
				return value != nil && r.object(value) == r.err
			}
		}
	case *ast.CallExpr:
		if syntax.FullName(r.Info, x) != "fmt.Errorf" || len(x.Args) < 2 {
			return false
		}
		format := r.Info.Types[x.Args[0]].Value
		return format != nil && strings.Contains(format.ExactString(), "%w") && slices.ContainsFunc(x.Args[1:], r.passesError)
	}
	return false
}

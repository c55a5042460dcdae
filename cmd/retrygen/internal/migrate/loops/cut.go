package loops

import (
	"fmt"
	"go/ast"
	"slices"
	"strings"

	"github.com/retrygen/retrygen/cmd/retrygen/internal/migrate/site"
	"github.com/retrygen/retrygen/internal/syntax"
)

// readCut decides what becomes of the code that runs when a context has ended the retries. The wrapper returns a *retry.Error
// then, or the error of the last attempt with error=last. Where the decisions behind the call would make something else of that
// than the loop did, the code stays, behind a test of its own:
//
//	if _, cut := errors.AsType[*retry.Error](err); cut {
//		return nil
//	}
func (r *reader) readCut(body []ast.Stmt) {
	shown := r.showsError() && !r.usesNumber()
	last := r.returnsLast(body)
	same := r.sameResults(body)
	if r.duration != nil && !(last && shown && same) && r.endShows() {
		r.site.Differ(site.DiffersWithin)
	}
	switch {
	case len(body) == 0:
		r.site.Differ(site.DiffersCut)
	case last && shown && same:
		r.option(site.Text("error", "last"))
		r.sayCut(body)
	case !r.leavesBy(body) || isBranch(body[len(body)-1]):
		r.sayCut(body)
		r.site.Differ(site.DiffersCut)
	case r.plainCut(body) && shown && same && !r.exactly(body):
		r.site.Differ(site.DiffersCut)
	default:
		r.cut, r.exact = body, r.exactly(body)
		if !r.exact && slices.ContainsFunc(body, func(s ast.Stmt) bool { return r.mentionsContextError(s) }) {
			r.site.Differ(site.DiffersCut)
		}
	}
}

// sameResults reports whether code that a context has ended returns the results, but for the error, that are returned when no
// retry is left.
func (r *reader) sameResults(body []ast.Stmt) bool {
	if len(body) == 0 {
		return true
	}
	if isBranch(body[len(body)-1]) {
		return !r.endsInside()
	}
	end := r.endReturn()
	ret, ok := body[len(body)-1].(*ast.ReturnStmt)
	if !ok || end == nil {
		return ok && r.neverEnds()
	}
	before, after := r.returned(ret), r.returned(end)
	if len(before) != len(after) {
		return false
	}
	for i := range len(before) - 1 {
		if r.Source(before[i]) != r.Source(after[i]) {
			return false
		}
	}
	if len(after) == 0 {
		return true
	}
	_, wraps := ast.Unparen(after[len(after)-1]).(*ast.CallExpr)
	return r.passesError(after[len(after)-1]) && !(wraps && r.returnsLast(body))
}

// endsInside reports whether the function returns from inside of the loop when no retry is left, or may do so.
func (r *reader) endsInside() bool {
	way := r.lastWay()
	if way == nil {
		return true
	}
	_, returns := way.final.(*ast.ReturnStmt)
	return returns
}

// endReturn returns the statement that returns when no retry is left, nil if there is none or it cannot be told.
func (r *reader) endReturn() *ast.ReturnStmt {
	way := r.lastWay()
	if way == nil {
		return nil
	}
	ret, ok := way.final.(*ast.ReturnStmt)
	if !ok && r.at+1 < len(r.list) && !r.neverEnds() {
		ret, _ = r.list[r.at+1].(*ast.ReturnStmt)
	}
	return ret
}

// endShows reports whether what is done when no retry is left may show the error of the last attempt.
func (r *reader) endShows() bool {
	way := r.lastWay()
	if way == nil {
		return true
	}
	if ret, ok := way.final.(*ast.ReturnStmt); ok {
		return slices.ContainsFunc(r.returned(ret), func(e ast.Expr) bool { return r.mentions(e, r.err) })
	}
	return r.neverEnds() || !r.within(r.err) || r.showsBehind()
}

// leavesBy reports whether the code for an ended context leaves the loop. To end the test or the process is to leave it.
func (r *reader) leavesBy(body []ast.Stmt) bool {
	return syntax.Leaves(body, true) || len(body) > 0 && r.isNever(body[len(body)-1])
}

func isBranch(stmt ast.Stmt) bool {
	_, ok := stmt.(*ast.BranchStmt)
	return ok
}

// plainCut reports whether code does nothing but return the error of the context.
func (r *reader) plainCut(body []ast.Stmt) bool {
	for i, stmt := range body {
		ret, ok := stmt.(*ast.ReturnStmt)
		switch {
		case i < len(body)-1:
			if !r.releases(stmt) {
				return false
			}
		case !ok || len(ret.Results) == 0 || !r.returnsContext(ret.Results[len(ret.Results)-1]):
			return false
		}
	}
	return true
}

// showsError reports whether the code that runs when a context has ended the retries, as if no retry were left, returns or uses
// the error.
func (r *reader) showsError() bool {
	ways, err := r.paths(r.tree)
	if err != nil {
		return false
	}
	for _, way := range ways {
		succeeds := func(t term) bool { e := r.notNilTest(term{t.cond, !t.holds}); return e != nil && r.object(e) == r.err }
		if !r.atLast(way) || slices.ContainsFunc(way.terms, succeeds) {
			continue
		}
		ret, returns := way.final.(*ast.ReturnStmt)
		switch {
		case !returns && !r.neverEnds() && !r.showsBehind(), returns && len(ret.Results) > 0 && !r.mentions(ret, r.err),
			returns && len(ret.Results) == 0 && r.within(r.err):
			return false
		}
	}
	return true
}

// atLast reports whether a way may be gone by when no retry is left: what is known then holds on it, and it does not contradict
// the way to another attempt.
func (r *reader) atLast(way path) bool {
	for _, t := range way.terms {
		if holds, known := r.knownAtEnd(t.cond); known && holds != t.holds {
			return false
		}
		if slices.Contains(r.way.terms, term{t.cond, !t.holds}) {
			return false
		}
	}
	return true
}

// showsBehind reports whether the code behind the loop returns or uses the error of the last attempt.
func (r *reader) showsBehind() bool {
	behind := r.list[r.at+1:]
	if len(behind) == 0 {
		return false
	}
	if ret, ok := behind[0].(*ast.ReturnStmt); ok && len(ret.Results) == 0 {
		return !r.within(r.err)
	}
	for _, s := range r.way.steps { // lastErr = err
		if a, ok := s.stmt.(*ast.AssignStmt); ok && len(a.Lhs) == 1 && r.mentions(a.Rhs[0], r.err) && r.mentions(behind[0], r.object(a.Lhs[0])) {
			return true
		}
	}
	for _, stmt := range behind {
		switch stmt := stmt.(type) {
		case *ast.ReturnStmt:
			return r.mentions(stmt, r.err)
		case *ast.IfStmt:
			if e := r.notNilTest(term{stmt.Cond, true}); e != nil && r.object(e) == r.err && syntax.Leaves(stmt.Body.List, false) {
				return r.mentions(stmt.Body, r.err)
			}
		}
	}
	return false
}

// cutText writes the code for a context that has ended the retries, "" if there is none.
func (r *reader) cutText() string {
	if r.cut == nil {
		return ""
	}
	name, err := r.freeName("cut"), r.err.Name()
	body := ""
	for i, stmt := range r.cut {
		if i < len(r.cut)-1 && r.releases(stmt) {
			continue
		}
		body += r.cutStmt(stmt, name) + "\n"
	}
	only := ""
	switch {
	case r.exact:
		only = " && " + name + ".Context != nil"
	case r.duration != nil:
		only = " && " + name + ".Reason != " + site.Retry + ".ReasonWithin"
	}
	if !r.Since(26) {
		return fmt.Sprintf("var %s *%s.Error\nif %s.As(%s, &%[1]s)%[5]s {\n%[6]s}\n", name, site.Retry, site.Errors, err, only, body)
	}
	ok := name
	if only != "" || strings.Contains(body, name+".Last") {
		ok, name = "ok", name+", ok"
	} else {
		name = "_, " + name
	}
	return fmt.Sprintf("if %s := %s.AsType[*%s.Error](%s); %s%s {\n%s}\n", name, site.Errors, site.Retry, err, ok, only, body)
}

// cutStmt writes a statement of the code for a context that has ended. The error of the context becomes that of the wrapper,
// which holds it, and the error of the last attempt the one that this has kept.
func (r *reader) cutStmt(stmt ast.Stmt, cut string) string {
	text, at := "", stmt.Pos()
	if ret, ok := stmt.(*ast.ReturnStmt); ok && len(ret.Results) == 0 && len(r.returned(ret)) > 0 {
		var values []string
		for _, e := range r.returned(ret) {
			if r.object(e) == r.err {
				values = append(values, cut+".Last")
			} else {
				values = append(values, r.Source(e))
			}
		}
		return "return " + strings.Join(values, ", ")
	}
	ast.Inspect(stmt, func(n ast.Node) bool {
		e, ok := n.(ast.Expr)
		if !ok {
			return true
		}
		with := ""
		switch {
		case r.returnsContext(e) && r.exact:
			with = cut + r.fieldOf(e)
		case r.returnsContext(e):
			with = r.err.Name()
		case r.object(e) == r.err:
			with = cut + ".Last"
		default:
			return true
		}
		text, at = text+r.Text(at, e.Pos())+with, e.End()
		return false
	})
	return text + r.Text(at, stmt.End())
}

// mentionsContextError reports whether code mentions the error of a context.
func (r *reader) mentionsContextError(n ast.Node) bool {
	found := false
	ast.Inspect(n, func(n ast.Node) bool {
		e, ok := n.(ast.Expr)
		found = found || ok && r.returnsContext(e)
		return !found
	})
	return found
}

// freeName returns a name that the function around the loop does not mention.
func (r *reader) freeName(name string) string {
	_, body := syntax.FuncParts(r.loop.Function)
	taken := false
	ast.Inspect(body, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		taken = taken || ok && id.Name == name
		return !taken
	})
	if taken {
		return r.freeName(name + "2")
	}
	return name
}

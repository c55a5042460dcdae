package loops

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"github.com/retrygen/retrygen/cmd/retrygen/internal/migrate/site"
	"github.com/retrygen/retrygen/internal/syntax"
)

const differsMark = "an error with which an attempt leaves the loop by itself keeps its mark retry.Permanent: errors.Is and errors.As " +
	"see through it, and it ends retries around this one too"

// leavesEarly reads ways out of the loop before the decisions: if err != nil { return nil, err }. Such an error is the attempt's,
// and is not retried. That is right if the decisions return any other error which is not retried in just the same way.
func (r *reader) leavesEarly() error {
	for i, stmt := range r.attempt {
		if i >= r.lead || !r.exits(stmt) {
			continue
		}
		leaves, only := r.returnsIn(stmt)
		if !only || len(leaves) == 0 {
			return r.fail(stmt, "an attempt leaves the loop by itself")
		}
		for _, ret := range leaves {
			if err := r.leaveBy(ret, stmt); err != nil {
				return err
			}
		}
	}
	return nil
}

// returnsIn lists the returns in a statement, and reports whether there is no other way out of it.
func (r *reader) returnsIn(stmt ast.Stmt) (list []*ast.ReturnStmt, only bool) {
	only = true
	inspectOwn([]ast.Node{stmt}, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ReturnStmt:
			list = append(list, n)
		case *ast.BranchStmt:
			only = false // even if it stays inside
		}
		return true
	})
	return list, only
}

// leaveBy makes a return an end of the attempt.
func (r *reader) leaveBy(ret *ast.ReturnStmt, within ast.Stmt) error {
	n := len(ret.Results)
	if n == 0 || !syntax.IsError(r.Info.TypeOf(ret.Results[n-1])) || !r.fails(ret.Results[n-1], within) {
		return r.fail(ret, "an attempt leaves the loop by itself, perhaps without an error")
	}
	if !r.sameReturn(ret) {
		return r.fail(ret, "an attempt leaves the loop by itself, and not as with another error")
	}
	exit := site.Exit{Stmt: ret, Err: r.Source(ret.Results[n-1])}
	for _, y := range r.site.Work.Yields {
		text, ok := zeroText(y.Type())
		if !ok {
			return r.fail(ret, "an attempt leaves the loop by itself, without %s", y.Name())
		}
		exit.Yields = append(exit.Yields, text)
	}
	if !r.wantsSuccess() {
		exit.Err = site.Retry + ".Permanent(" + exit.Err + ")"
		r.site.Differ(differsMark)
	}
	r.site.Work.Exits = append(r.site.Work.Exits, exit)
	return nil
}

// fails reports whether an error is not nil: it is made here, or an if around has found it so.
func (r *reader) fails(e ast.Expr, within ast.Stmt) bool {
	switch x := ast.Unparen(e).(type) {
	case *ast.UnaryExpr:
		_, made := ast.Unparen(x.X).(*ast.CompositeLit)
		return made
	case *ast.CallExpr:
		name := syntax.FullName(r.Info, x)
		return name == "fmt.Errorf" || name == "errors.New"
	case *ast.Ident:
		found := false
		inspectOwn([]ast.Node{within}, func(n ast.Node) bool {
			branch, ok := n.(*ast.IfStmt)
			if !ok || e.Pos() < branch.Body.Pos() || branch.Body.End() <= e.Pos() {
				return true
			}
			for _, t := range split(branch.Cond, true) {
				if tested := r.notNilTest(t); tested != nil && r.object(tested) == r.object(x) && !r.assigned(branch.Body)[r.object(x)] {
					found = true
				}
			}
			return true
		})
		return found
	}
	return false
}

// wantsSuccess reports whether another attempt only follows one without an error.
func (r *reader) wantsSuccess() bool {
	return slices.ContainsFunc(r.way.terms, func(t term) bool { return r.says(t, r.err) })
}

// sameReturn reports whether the decisions, and what stands behind the loop, return any error as a return does.
func (r *reader) sameReturn(ret *ast.ReturnStmt) bool {
	others := ret.Results[:len(ret.Results)-1]
	for _, e := range others {
		if !r.steady(e) || syntax.HasCall(e) {
			return false
		}
	}
	ways, err := r.paths(r.tree)
	if err != nil {
		return false
	}
	for _, way := range ways {
		taken, plain := r.failing(way)
		if !taken || r.impossible(way) && way.end == again {
			continue
		}
		if !plain || !r.quiet(way) || !r.returnsSame(r.endOfWay(way), ret) {
			return false
		}
	}
	return true
}

// failing reports whether a way may be taken where the error is not nil, and whether it asks for nothing but the error then.
func (r *reader) failing(way path) (taken, plain bool) {
	plain = true
	for _, t := range way.terms {
		holds, known := r.whenFailing(t.cond)
		switch {
		case known && holds != t.holds:
			return false, false
		case known, r.isTest(t.cond), r.elapsedIn(t.cond) != nil:
		default:
			plain = plain && !r.mentionsResults([]term{t})
		}
	}
	return true, plain
}

// whenFailing reports whether a condition holds where the error is not nil, as far as that is known.
func (r *reader) whenFailing(e ast.Expr) (holds, known bool) {
	e = ast.Unparen(e)
	if b, ok := e.(*ast.BinaryExpr); ok && (b.Op == token.LAND || b.Op == token.LOR) {
		decides := b.Op == token.LOR
		if holds, known := r.whenFailing(b.X); known && holds == decides {
			return holds, true
		} else if known {
			return r.whenFailing(b.Y)
		}
		return false, false
	}
	for _, holds := range []bool{true, false} {
		if tested := r.notNilTest(term{e, holds}); tested != nil && r.object(tested) == r.err {
			return holds, true
		}
	}
	return false, false
}

// quiet reports whether a way does nothing but decide, or close a response if there is one.
func (r *reader) quiet(way path) bool {
	return !slices.ContainsFunc(way.steps, func(s *step) bool {
		_, branch := s.stmt.(*ast.IfStmt)
		return !s.gone && !r.conditional[s] && !(branch && r.releases(s.stmt))
	})
}

// endOfWay returns what is returned at the end of a way; nil if that cannot be told.
func (r *reader) endOfWay(way path) ast.Stmt {
	if ret, ok := way.final.(*ast.ReturnStmt); ok {
		return ret
	}
	if r.neverEnds() {
		return zeroStmt
	}
	if way.end == leaves {
		if b, ok := way.final.(*ast.BranchStmt); !ok || b.Label != nil && b.Label.Name != r.label {
			return nil
		}
	}
	if r.at+1 == len(r.list) {
		return nil
	}
	behind := r.list[r.at+1]
	if branch, ok := behind.(*ast.IfStmt); ok && branch.Init == nil && len(branch.Body.List) == 1 { // if err != nil { return err }
		if e := r.notNilTest(term{ast.Unparen(branch.Cond), true}); e != nil && r.object(e) == r.err {
			return branch.Body.List[0]
		}
	}
	return behind
}

// returnsSame reports whether a statement returns the error of the attempt, and other values as another return does.
func (r *reader) returnsSame(stmt ast.Stmt, other *ast.ReturnStmt) bool {
	n := len(other.Results)
	if stmt == zeroStmt {
		for _, e := range other.Results[:n-1] {
			if text, ok := zeroText(r.Info.TypeOf(e)); !r.Info.Types[e].IsNil() && (!ok || text != r.Source(e)) {
				return false
			}
		}
		return true
	}
	ret, ok := stmt.(*ast.ReturnStmt)
	if !ok || len(ret.Results) != n || r.object(ret.Results[n-1]) != r.err {
		return false
	}
	for i, e := range ret.Results[:n-1] {
		if r.zeroYield(e, other.Results[i]) {
			continue
		}
		if strings.Join(strings.Fields(r.Source(e)), " ") != strings.Join(strings.Fields(r.Source(other.Results[i])), " ") || !r.steady(e) {
			return false
		}
	}
	return true
}

// zeroYield reports whether an expression is a result of the attempt, and another the value that this has if the attempt ends early.
func (r *reader) zeroYield(e, early ast.Expr) bool {
	o := r.object(e)
	if o == nil || !slices.ContainsFunc(r.site.Work.Yields, func(y *types.Var) bool { return y == o }) {
		return false
	}
	text, ok := zeroText(o.Type())
	return ok && text == r.Source(early)
}

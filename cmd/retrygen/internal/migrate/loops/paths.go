package loops

import (
	"errors"
	"go/ast"
	"go/token"
	"slices"
)

// term is a part of a condition on the way through a round, and whether it holds.
type term struct {
	cond  ast.Expr
	holds bool
}

// path is a way through a round.
type path struct {
	terms []term
	steps []*step // plain statements, and what branches declare
	end   end
	final ast.Stmt
}

// most is the number of ways that are followed.
const most = 64

// paths returns the ways through the statements of a round.
func (r *reader) paths(l *list) ([]path, error) {
	found := r.follow(l.steps, path{}, nil)
	if len(found) > most {
		return nil, errors.New("it has too many ways through a round")
	}
	return found, nil
}

// follow returns the ways that begin with a path and go through some steps, and then through those behind.
func (r *reader) follow(steps []*step, way path, behind [][]*step) []path {
	for i, s := range steps {
		switch {
		case s.ends != falls:
			way.end, way.final = s.ends, s.stmt
			return []path{way}
		case s.cond == nil:
			way.steps = append(slices.Clip(way.steps), s)
		default:
			if s.init != nil {
				way.steps = append(slices.Clip(way.steps), &step{stmt: s.init})
			}
			return r.followBranch(s, way, append([][]*step{steps[i+1:]}, behind...))
		}
	}
	if len(behind) == 0 {
		way.end = again
		return []path{way}
	}
	return r.follow(behind[0], way, behind[1:])
}

func (r *reader) followBranch(s *step, way path, behind [][]*step) []path {
	var found []path
	for _, terms := range r.cases(s.cond, true) {
		yes := way
		yes.terms = append(slices.Clip(way.terms), terms...)
		found = append(found, r.follow(s.then.steps, yes, behind)...)
	}
	var els []*step
	if s.els != nil {
		els = s.els.steps
	}
	for _, terms := range r.cases(s.cond, false) {
		no := way
		no.terms = append(slices.Clip(way.terms), terms...)
		found = append(found, r.follow(els, no, behind)...)
	}
	return found
}

// cases returns the ways in which a condition holds, or does not: lists of terms that hold together. It tells those apart in
// which the number of the attempt matters from those in which it does not: i == 3 || !ok is i == 3, or i != 3 and !ok.
func (r *reader) cases(e ast.Expr, holds bool) [][]term {
	terms := split(e, holds)
	for i, t := range terms {
		b, ok := t.cond.(*ast.BinaryExpr)
		if !ok || b.Op != token.LOR && b.Op != token.LAND || r.isTest(b) || !r.decidesCount(b) {
			continue
		}
		var found [][]term
		rest := func(middle []term) []term { return slices.Concat(terms[:i], middle, terms[i+1:]) }
		for _, first := range r.cases(b.X, t.holds) {
			found = append(found, rest(first))
		}
		for _, passed := range r.cases(b.X, !t.holds) {
			for _, second := range r.cases(b.Y, t.holds) {
				found = append(found, rest(slices.Concat(passed, second)))
			}
		}
		return found
	}
	return [][]term{terms}
}

// decidesCount reports whether a part of a condition is about the number of the attempt or the time, and another is not.
func (r *reader) decidesCount(e ast.Expr) bool {
	b, ok := ast.Unparen(e).(*ast.BinaryExpr)
	if ok && (b.Op == token.LOR || b.Op == token.LAND) {
		return r.decidesCount(b.X) || r.decidesCount(b.Y)
	}
	return r.isTest(e) || r.elapsedIn(e) != nil
}

// split returns the terms of a condition that all hold.
func split(e ast.Expr, holds bool) []term {
	switch x := ast.Unparen(e).(type) {
	case *ast.UnaryExpr:
		if x.Op == token.NOT {
			return split(x.X, !holds)
		}
	case *ast.BinaryExpr:
		if x.Op == token.LAND && holds || x.Op == token.LOR && !holds {
			return append(split(x.X, holds), split(x.Y, holds)...)
		}
	}
	return []term{{ast.Unparen(e), holds}}
}

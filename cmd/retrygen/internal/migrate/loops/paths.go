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

// paths returns the ways through a round.
func (l *list) paths() ([]path, error) {
	found := follow(l.steps, path{}, nil)
	if len(found) > most {
		return nil, errors.New("it has too many ways through a round")
	}
	return found, nil
}

// follow returns the ways that begin with a path and go through some steps, and then through those behind.
func follow(steps []*step, way path, behind [][]*step) []path {
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
			return followBranch(s, way, append([][]*step{steps[i+1:]}, behind...))
		}
	}
	if len(behind) == 0 {
		way.end = again
		return []path{way}
	}
	return follow(behind[0], way, behind[1:])
}

func followBranch(s *step, way path, behind [][]*step) []path {
	yes, no := way, way
	yes.terms = append(slices.Clip(way.terms), split(s.cond, true)...)
	no.terms = append(slices.Clip(way.terms), split(s.cond, false)...)
	found := follow(s.then.steps, yes, behind)
	if s.els == nil {
		return append(found, follow(nil, no, behind)...)
	}
	return append(found, follow(s.els.steps, no, behind)...)
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

package loops

import (
	"go/ast"
	"go/token"

	"github.com/retrygen/retrygen/internal/syntax"
)

// spread reads a delay with something random added: d + rand(d), d/2 + rand(d/2), d + rand(100ms).
func (r *reader) spread(b *ast.BinaryExpr) (schedule, bool) {
	for _, pair := range [][2]ast.Expr{{b.X, b.Y}, {b.Y, b.X}} {
		most := r.random(pair[1])
		if most == nil {
			continue
		}
		from := ast.Unparen(pair[0])
		same := r.Source(from) == r.Source(most)
		if half, ok := from.(*ast.BinaryExpr); ok && half.Op == token.QUO && same {
			if n, constant := r.integer(half.Y); constant && n == 2 {
				s, ok := r.formula(half.X)
				s.jitter = "equal"
				return s, ok
			}
		}
		s, ok := r.formula(from)
		if !ok || s.limit != nil || s.jitter != "" {
			return s, false
		}
		if same {
			s.jitter = "+100%%"
			return s, true
		}
		if _, constant := r.integer(most); constant && !r.isName(most) {
			format, operands := r.Value(most).Duration()
			s.jitter, s.spread = "+"+format, operands
			return s, true
		}
	}
	return schedule{}, false
}

// random returns the bound of a random duration, from 0 on, nil for any other expression.
func (r *reader) random(e ast.Expr) ast.Expr {
	e = r.unconverted(e)
	call, ok := e.(*ast.CallExpr)
	if !ok || len(call.Args) != 1 {
		return nil
	}
	switch syntax.FullName(r.Info, call) {
	case "math/rand.Int63n", "math/rand/v2.Int64N", "math/rand/v2.N":
		if most := r.unconverted(call.Args[0]); syntax.IsNamed(r.Info.TypeOf(most), "time", "Duration") {
			return most
		}
	}
	return nil
}

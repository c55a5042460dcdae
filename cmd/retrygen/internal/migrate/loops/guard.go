package loops

import (
	"go/ast"
	"strings"
)

// guardsAre reports whether all that has to be positive for a wait is one of some expressions: a delay of 0 is no wait anyway.
func (r *reader) guardsAre(delays ...ast.Expr) bool {
	for _, t := range r.guards {
		b := t.cond.(*ast.BinaryExpr)
		same := false
		for _, d := range delays {
			same = same || d != nil && r.Source(b.X) == r.Source(d)
		}
		if !same {
			return false
		}
	}
	return true
}

// guardText writes that there is no wait unless something else is positive.
func (r *reader) guardText() string {
	var missing []string
	for _, t := range r.guards {
		missing = append(missing, r.termText(term{t.cond, !t.holds}))
	}
	return "if " + strings.Join(missing, " || ") + " {\nreturn 0\n}\n"
}

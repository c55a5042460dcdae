package loops

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"strings"

	"github.com/retrygen/retrygen/internal/syntax"
)

// bare writes a condition without parentheses around the whole of it.
func bare(cond string) string {
	if e, err := parser.ParseExpr(cond); err == nil {
		if _, whole := e.(*ast.ParenExpr); whole {
			return cond[1 : len(cond)-1]
		}
	}
	return cond
}

// opposite writes that a term does not hold.
func (r *reader) opposite(t term) string {
	if !t.holds {
		return r.Source(t.cond)
	}
	return r.termText(term{t.cond, false})
}

// anyText writes that one of several lists of terms holds, "" if there are none.
func (r *reader) anyText() string {
	alone := map[string]bool{} // terms that are enough
	for _, list := range r.anyOf {
		if len(list) == 1 {
			alone[r.termText(list[0])] = true
		}
	}
	var parts, more []string
	for _, list := range r.anyOf {
		var all []string
		for _, t := range list {
			if !alone[r.opposite(t)] || len(list) == 1 { // a || !a && b is a || b
				all = append(all, r.termText(t))
			}
		}
		if text := strings.Join(all, " && "); len(list) == 1 {
			parts = append(parts, text)
		} else {
			more = append(more, text)
		}
	}
	if parts = append(parts, more...); len(parts) < 2 {
		return strings.Join(parts, "")
	}
	return "(" + strings.Join(parts, " || ") + ")"
}

// termText writes a term.
func (r *reader) termText(t term) string {
	text := r.Source(t.cond)
	b, binary := t.cond.(*ast.BinaryExpr)
	switch {
	case t.holds && binary && b.Op == token.LOR:
		return "(" + text + ")"
	case t.holds:
		return text
	case binary && syntax.Compares(b.Op) && (b.Op == token.EQL || b.Op == token.NEQ || r.ordered(b.X)):
		return r.Source(b.X) + " " + syntax.Opposite(b.Op).String() + " " + r.Source(b.Y)
	case binary && (b.Op == token.LAND || b.Op == token.LOR) && (r.flips(b.X) || r.flips(b.Y)):
		return r.deMorgan(b)
	case binary:
		return "!(" + text + ")"
	}
	return "!" + text
}

// flips reports whether the opposite of a condition reads as well as the condition does: !ok is ok, and n == 0 is n != 0.
func (r *reader) flips(e ast.Expr) bool {
	switch e := ast.Unparen(e).(type) {
	case *ast.UnaryExpr:
		return e.Op == token.NOT
	case *ast.BinaryExpr:
		return syntax.Compares(e.Op) && (e.Op == token.EQL || e.Op == token.NEQ || r.ordered(e.X))
	}
	return false
}

// deMorgan writes that two conditions do not both hold, or that neither does.
func (r *reader) deMorgan(b *ast.BinaryExpr) string {
	var parts []string
	for _, e := range []ast.Expr{b.X, b.Y} {
		text := "" // of all that has to hold for the operand not to
		for _, t := range split(e, false) {
			if text != "" {
				text += " && "
			}
			text += r.termText(t)
		}
		if b.Op == token.LAND {
			text = bare(text)
		}
		parts = append(parts, text)
	}
	if b.Op == token.LOR {
		return strings.Join(parts, " && ")
	}
	return "(" + strings.Join(parts, " || ") + ")"
}

// ordered reports whether the opposite of a comparison is the opposite operator: not for floats.
func (r *reader) ordered(e ast.Expr) bool {
	basic, ok := r.Info.TypeOf(e).Underlying().(*types.Basic)
	return ok && basic.Info()&(types.IsInteger|types.IsString) != 0
}

package loops

import (
	"fmt"
	"go/ast"
	"go/token"
	"strings"
)

// tailLimit writes a branch that is taken, or is not, when no retry is left. Decisions that end the loop before come first, as they
// are made of errors that are not worth a retry, after any attempt:
//
//	if attempt == 3 {
//		return errGaveUp
//	}
//	if errors.Is(err, errDenied) {
//		return err
//	}
func (r *reader) tailLimit(s *step, taken bool, following []*step) (string, flow) {
	atLimit, other := s.then, s.els
	if !taken {
		atLimit, other = s.els, s.then
	}
	text, to := r.tailWay(atLimit)
	var before []*step
	if other != nil {
		before = other.steps
	}
	if to != on && (other == nil || other.end == falls) {
		before = append(append([]*step{}, before...), following...)
	}
	decides := r.ends(before)
	if len(decides) == 0 || to != on && r.alike(atLimit, decides) {
		return text, to
	}
	for _, one := range decides {
		if b, ok := one.stmt.(*ast.BranchStmt); ok && b.Tok == token.BREAK && to == away {
			r.unclear = r.fail(one.stmt, "it cannot be told from the limit of the attempts whether the loop is left here")
		}
	}
	r.site.Differ(fmt.Sprintf("line %d decides about the error of the last attempt as well; before, line %d did",
		r.line(decides[0].stmt.Pos()), r.line(s.stmt.Pos())))
	more, _ := r.tail(before)
	return r.guarded(s, taken, text) + more + text, to
}

// guarded writes the part of a branch that is taken for another reason than the limit: if err == nil || attempt == 3.
func (r *reader) guarded(s *step, taken bool, text string) string {
	var parts []string
	for _, t := range split(s.cond, !taken) {
		if _, known := r.knownAtEnd(t.cond); !known {
			parts = append(parts, r.termText(term{t.cond, !t.holds}))
		}
	}
	if len(parts) == 0 || text == "" {
		return ""
	}
	return "if " + r.initText(s) + strings.Join(parts, " || ") + " {\n" + text + "}\n"
}

// ends returns the steps that end the loop.
func (r *reader) ends(steps []*step) []*step {
	var found []*step
	for _, s := range steps {
		switch {
		case s.gone:
		case s.ends == leaves:
			return append(found, s)
		case s.cond != nil:
			found = append(found, r.ends(s.then.steps)...)
			if s.els != nil {
				found = append(found, r.ends(s.els.steps)...)
			}
		}
	}
	return found
}

// alike reports whether steps end the loop just as what is done at the limit.
func (r *reader) alike(atLimit *list, decides []*step) bool {
	if atLimit == nil || len(atLimit.steps) == 0 {
		return false
	}
	last := atLimit.steps[len(atLimit.steps)-1]
	for _, s := range decides {
		if r.Source(s.stmt) != r.Source(last.stmt) {
			return false
		}
	}
	return true
}

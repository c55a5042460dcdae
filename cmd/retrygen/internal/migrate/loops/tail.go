package loops

import (
	"go/ast"
	"go/token"
	"strings"

	"github.com/retrygen/retrygen/internal/syntax"
)

// flow is where control goes behind a piece of the tail.
type flow int

const (
	on   flow = iota // to what follows in the tail
	rest             // to what stands behind the loop
	away             // out of the function, or out of what is around the loop
)

// tail writes the decisions as they are true of the last attempt. A way to another attempt goes on behind the loop, and the
// tests of the count hold.
func (r *reader) tail(steps []*step) (string, flow) {
	var b strings.Builder
	for i, s := range steps {
		switch {
		case s.gone:
			continue
		case s.ends != falls:
			text, to := r.tailEnd(s)
			b.WriteString(text)
			return b.String(), to
		case s.cond == nil:
			b.WriteString(r.commented(s.stmt))
			continue
		case r.verbatim(s):
			b.WriteString(r.commented(s.stmt))
			continue
		}
		text, to := r.tailBranch(s, steps[i+1:])
		b.WriteString(text)
		if to != on {
			return b.String(), to
		}
	}
	return b.String(), on
}

func (r *reader) tailEnd(s *step) (string, flow) {
	if s.ends == again {
		return "", rest
	}
	if b, ok := s.stmt.(*ast.BranchStmt); ok && b.Tok == token.BREAK {
		return "", rest
	}
	return r.commented(s.stmt), away
}

// commented writes a statement with the comments right above it and on its last line.
func (r *reader) commented(stmt ast.Stmt) string {
	if text, ok := r.written[stmt]; ok {
		return text + "\n"
	}
	return r.withComments(stmt, r.withNumber(stmt))
}

// withComments writes a statement, whose text is known, with its comments.
func (r *reader) withComments(stmt ast.Stmt, text string) string {
	first, last := r.line(stmt.Pos()), r.line(stmt.End())
	groups := r.File(stmt.Pos()).Comments
	for i := len(groups) - 1; i >= 0; i-- {
		switch c := groups[i]; {
		case c.Pos() > stmt.End() && r.line(c.Pos()) == last:
			text += " " + r.Text(c.Pos(), c.End())
		case c.End() < stmt.Pos() && r.line(c.End()) == first-1 && r.startsLine(c.Pos()):
			text, first = r.Text(c.Pos(), c.End())+"\n"+text, r.line(c.Pos())
		}
	}
	return text + "\n"
}

// startsLine reports whether nothing but space stands before a position on its line.
func (r *reader) startsLine(pos token.Pos) bool {
	file := r.Fset.File(pos)
	begin := file.LineStart(r.line(pos))
	return strings.TrimSpace(r.Text(begin, pos)) == ""
}

// verbatim reports whether an if without an else stays as it is, and leaves the loop for good.
func (r *reader) verbatim(s *step) bool {
	if _, ok := s.stmt.(*ast.IfStmt); !ok || s.els != nil || s.then.end != leaves {
		return false
	}
	if text, _ := r.atEnd(s.cond); text != r.Source(s.cond) {
		return false
	}
	whole := true
	s.then.walk(func(inner *step) {
		b, ok := inner.stmt.(*ast.BranchStmt)
		whole = whole && !inner.gone && inner.ends != again && (!ok || b.Tok != token.BREAK)
		if inner.cond != nil {
			_, known := r.atEnd(inner.cond)
			whole = whole && !known
		}
	})
	return whole && !(s.init == nil && s.stmt.(*ast.IfStmt).Init != nil)
}

// tailBranch writes a branch. If one of its ways goes on behind the loop, the steps that follow are written into the other.
func (r *reader) tailBranch(s *step, following []*step) (string, flow) {
	cond, known := r.atEnd(s.cond)
	if known {
		return r.tailLimit(s, cond != "", following)
	}
	then, thenTo := r.tailWay(s.then)
	els, elsTo := r.tailWay(s.els)
	head := "if " + r.initText(s)
	switch {
	case then == "" && els == "" && thenTo == elsTo:
		return "", thenTo
	case thenTo == rest && elsTo == on:
		more, to := r.tail(following)
		return r.either(head, s, then, els+more), max(rest, min(to, rest))
	case elsTo == rest && thenTo == on:
		more, to := r.tail(following)
		return r.either(head, s, then+more, els), max(rest, min(to, rest))
	case thenTo == away && elsTo == on:
		return r.either(head, s, then, "") + els, on
	case thenTo == away && s.init == nil:
		return r.either(head, s, then, "") + els, elsTo
	case elsTo == away && s.init == nil:
		return r.either(head, s, "", els) + then, thenTo
	case thenTo == elsTo:
		return r.either(head, s, then, els), thenTo
	}
	return r.either(head, s, then, els), on
}

// tailWay writes a way of a branch.
func (r *reader) tailWay(l *list) (string, flow) {
	if l == nil {
		return "", on
	}
	text, to := r.tail(l.steps)
	return text, to
}

// either writes an if with one way or both.
func (r *reader) either(head string, s *step, then, els string) string {
	switch {
	case then == "" && els == "":
		return ""
	case then == "":
		return head + r.negated(s.cond) + " {\n" + els + "}\n"
	case then == els && s.init == nil && !syntax.HasCall(s.cond):
		return then
	}
	cond, _ := r.atEnd(s.cond)
	text := head + cond + " {\n" + then + "}"
	if r.isOneIf(els) {
		return text + " else " + els
	}
	if els != "" {
		text += " else {\n" + els + "}"
	}
	return text + "\n"
}

func (r *reader) initText(s *step) string {
	if s.init == nil {
		return ""
	}
	return r.Source(s.init) + "; "
}

// negated writes the opposite of what is left of a condition after the last attempt.
func (r *reader) negated(e ast.Expr) string {
	var parts []string
	for _, t := range split(e, false) {
		if _, known := r.knownAtEnd(t.cond); !known {
			parts = append(parts, r.termText(t))
		}
	}
	return strings.Join(parts, " && ")
}

// atEnd returns what is left of a condition after the last attempt, where the tests of the count are known. Known says that
// all of it is: true, or false with no text.
func (r *reader) atEnd(e ast.Expr) (text string, known bool) {
	if test, _ := r.unlessUnlimited(e); test != nil {
		if holds, _ := r.knownAtEnd(e); !holds {
			return "", true
		}
		return "true", true
	}
	var parts []string
	conjunction := split(e, true)
	for _, t := range conjunction {
		holds, known := r.knownAtEnd(t.cond)
		switch {
		case known && holds == t.holds:
		case known:
			return "", true
		default:
			parts = append(parts, r.termText(t))
		}
	}
	if len(parts) == 0 {
		return "true", true
	}
	if len(conjunction) == 1 {
		for _, t := range split(e, false) { // one true term of || is enough
			if holds, known := r.knownAtEnd(t.cond); known && holds != t.holds {
				return "true", true
			}
		}
	}
	if len(parts) == len(conjunction) {
		return r.Source(e), false
	}
	return strings.Join(parts, " && "), false
}

// knownAtEnd reports whether a term is about the count or about the delay, and whether it holds after the last attempt.
func (r *reader) knownAtEnd(e ast.Expr) (holds, known bool) {
	if r.isTest(e) {
		_, err := r.evaluate(e, true, false)
		return err == nil, true
	}
	if t := r.elapsedIn(e); t != nil {
		return t.over, true
	}
	if r.looksAtContext(e) != nil {
		return false, true
	}
	return false, false
}

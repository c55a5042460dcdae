package render

import (
	"github.com/dave/jennifer/jen"

	"github.com/retrygen/retrygen/internal/directive"
)

// conditions writes what decides whether an error is worth a retry: as one simple expression where there is one
// thing to ask, else as statements that leave the loop, in the order in which they are asked.
func (w *wrapper) conditions(loop string) (statements []jen.Code, simple *jen.Statement) {
	if s := w.soleCondition(loop); s != nil {
		return nil, s
	}
	if len(w.fn.Except) > 0 {
		statements = append(statements, jen.If(w.anyOf(w.fn.Except)).Block(jen.Break()))
	}
	if len(w.fn.On) > 0 {
		none := w.noneOf(w.fn.On)
		if w.asksResults() {
			none = w.err().Op("!=").Nil().Op("&&").Add(none)
		}
		statements = append(statements, jen.If(none).Block(jen.Break()))
	}
	if w.fn.If == nil {
		return statements, nil
	}
	ask := w.ask(loop)
	if !w.fn.If.Waits {
		return append(statements, breakUnless(ask)), nil
	}
	wait, again := w.fresh("wait"), w.fresh("again")
	return append(statements,
		jen.List(jen.Id(wait), jen.Id(again)).Op(":=").Add(ask),
		breakUnless(jen.Id(again)),
		jen.Id(loop).Dot("Ask").Call(jen.Id(wait)),
	), nil
}

// soleCondition is the condition of a policy with a single short one, nil for any other policy.
func (w *wrapper) soleCondition(loop string) *jen.Statement {
	switch {
	case w.fn.If != nil && !w.fn.If.Waits && len(w.fn.On)+len(w.fn.Except) == 0:
		return w.ask(loop)
	case w.fn.If == nil && len(w.fn.On) == 1 && len(w.fn.Except) == 0:
		return w.anyOf(w.fn.On)
	case w.fn.If == nil && len(w.fn.On) == 0 && len(w.fn.Except) == 1:
		return w.noneOf(w.fn.Except)
	}
	return nil
}

// ask calls the condition of if=.
func (w *wrapper) ask(loop string) *jen.Statement {
	var args []jen.Code
	switch w.fn.If.Leading {
	case directive.LeadingContext:
		args = append(args, w.ctx())
	case directive.LeadingAttempt:
		args = append(args, jen.Id(loop).Dot("Attempt").Call())
	}
	if w.fn.If.Results {
		args = append(args, w.results())
	} else {
		args = append(args, w.err())
	}
	return w.ref(&w.fn.If.Ref).Call(args...)
}

// anyOf holds when the error matches one of the entries.
func (w *wrapper) anyOf(matches []directive.Match) *jen.Statement {
	s := w.matches(matches[0])
	for _, m := range matches[1:] {
		s.Op("||").Add(w.matches(m))
	}
	return s
}

// noneOf holds when the error matches none of the entries.
func (w *wrapper) noneOf(matches []directive.Match) *jen.Statement {
	s := jen.Op("!").Add(w.matches(matches[0]))
	for _, m := range matches[1:] {
		s.Op("&&").Op("!").Add(w.matches(m))
	}
	return s
}

func (w *wrapper) matches(m directive.Match) *jen.Statement {
	if m.IsType {
		return w.imported(loopPath, "retryloop", "IsType").Types(w.typeOf(m.Type)).Call(w.err())
	}
	return w.imported("errors", "errors", "Is").Call(w.err(), w.ref(&m.Ref))
}

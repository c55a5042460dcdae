package render

import (
	"slices"

	"github.com/retrygen/retrygen/internal/directive"
)

// conditions writes what decides whether an error is worth a retry: a simple expression if there is one condition,
// otherwise statements that leave the loop, in the order in which the conditions are asked.
func (fr *frame) conditions(loop *name) (statements []stmt, simple code) {
	if c := fr.soleCondition(loop); c != nil {
		return nil, c
	}
	stop := line("break")
	if len(fr.fn.Except) > 0 {
		statements = append(statements, block(join("if ", operands("||", fr.matches(fr.fn.Except, "")...)), stop))
	}
	if len(fr.fn.On) > 0 {
		none := fr.matches(fr.fn.On, "!")
		if fr.asksResults() {
			none = append([]code{join(fr.err(), " != ", fr.null())}, none...)
		}
		statements = append(statements, block(join("if ", operands("&&", none...)), stop))
	}
	if fr.fn.If == nil {
		return statements, nil
	}
	return append(statements, fr.asking(loop)...), nil
}

// asking writes the statements that ask the condition of if=.
func (fr *frame) asking(loop *name) []stmt {
	before, ask := fr.ask(loop)
	if !fr.fn.If.Waits && !fr.keeps() {
		return append(before, breakUnless(ask))
	}
	again := invented("again")
	if !fr.fn.If.Waits {
		return append(append(before, fr.keeping(line(declare(again), " := ", ask), again)...), breakUnless(join(again)))
	}
	wait := invented("wait")
	return append(append(before, fr.keeping(line(declare(wait), ", ", declare(again), " := ", ask), again)...),
		breakUnless(join(again)),
		line(method(loop, "Ask", join(wait))),
	)
}

// keeps reports whether the condition may read results or bodies of responses, which the caller is to have. The conditions
// of package retryhttp do not.
func (fr *frame) keeps() bool {
	if !fr.asksResults() || len(fr.fn.Responses)+len(fr.fn.Readers) == 0 {
		return false
	}
	object := fr.fn.If.Object
	return object == nil || object.Pkg() == nil || object.Pkg().Path() != readyPath
}

// keeping writes a statement that asks the condition and puts back what the condition has read.
func (fr *frame) keeping(ask stmt, again *name) []stmt {
	if !fr.keeps() {
		return []stmt{ask}
	}
	var before, after []stmt
	for _, i := range fr.fn.Responses {
		kept := invented("kept")
		before = append(before, line(declare(kept), " := ", call(fr.http("Keep"), join(fr.locals[i]))))
		after = append(after, line(method(kept, "GiveBack")))
	}
	for _, i := range fr.fn.Readers {
		kept := invented("kept")
		before = append(before, line(declare(kept), " := ", call(fr.loop("Keep"), address(fr.locals[i]))))
		after = append(after, line(method(kept, "Decided", join(again))))
	}
	return append(append(before, ask), after...)
}

// soleCondition is the condition of a policy with a single short one, nil for any other policy.
func (fr *frame) soleCondition(loop *name) code {
	switch {
	case fr.fn.If != nil && !fr.fn.If.Waits && !fr.keeps() && len(fr.fn.On)+len(fr.fn.Except) == 0:
		if before, c := fr.ask(loop); len(before) == 0 {
			return c
		}
	case fr.fn.If == nil && len(fr.fn.On) == 1 && len(fr.fn.Except) == 0:
		return fr.matches(fr.fn.On, "")[0]
	case fr.fn.If == nil && len(fr.fn.On) == 0 && len(fr.fn.Except) == 1:
		return fr.matches(fr.fn.Except, "!")[0]
	}
	return nil
}

// ask calls the condition of if=, behind the statements that read its arguments.
func (fr *frame) ask(loop *name) (before []stmt, c code) {
	if fr.fn.If.Call != nil {
		before, args := fr.argumentsOf(loop, fr.fn.If.Call, method(loop, "Retry"))
		return before, call(fr.ref(&fr.fn.If.Ref), args...)
	}
	var args []code
	switch fr.fn.If.Leading {
	case directive.LeadingContext:
		args = append(args, fr.ctx())
	case directive.LeadingAttempt:
		args = append(args, method(loop, "Attempt"))
	}
	if fr.fn.If.Results {
		args = append(args, fr.values()...)
	} else {
		args = append(args, fr.err())
	}
	return nil, call(fr.ref(&fr.fn.If.Ref), args...)
}

// matches asks for each entry of on= or except= whether the error matches it, with an operator before each.
func (fr *frame) matches(entries []directive.Match, operator string) []code {
	var list []code
	for _, m := range entries {
		if m.IsType {
			list = append(list, join(operator, fr.loop("IsType"), "[", fr.typeOf(m.Type), "]", parens(fr.err())))
		} else {
			list = append(list, join(operator, call(fr.std("errors", "Is"), fr.err(), fr.ref(&m.Ref))))
		}
	}
	return list
}

// release writes the statements between the decision on a retry and its wait: a call that notifies, and the release of the
// results of the attempt that will be retried.
func (fr *frame) release(loop *name) []stmt {
	var s []stmt
	zeroed := make([]bool, len(fr.locals))
	if notify := fr.fn.Notify; notify != nil && notify.Call != nil {
		before, args := fr.argumentsOf(loop, notify.Call, method(loop, "Retry"))
		s = slices.Concat(s, before, fr.invoked(&notify.Ref, args))
	}
	switch discard := fr.fn.Discard; {
	case discard == nil:
	case discard.Call != nil:
		before, args := fr.argumentsOf(loop, discard.Call, method(loop, "Retry"))
		s = slices.Concat(s, before, fr.invoked(&discard.Ref, args))
		for i := range fr.plain() {
			zeroed[i] = discard.Call.Result(i)
		}
	default:
		var args []code
		if discard.Context {
			args = append(args, fr.ctx())
		}
		for i, n := range fr.locals {
			if i < fr.plain() || discard.Error {
				args = append(args, join(n))
			}
			zeroed[i] = i < fr.plain()
		}
		s = append(s, fr.invoked(&discard.Ref, args)...)
	}
	for _, i := range fr.fn.Responses {
		s = append(s, line(call(fr.http("Discard"), address(loop), join(fr.locals[i]))))
		zeroed[i] = true
	}
	var left []code
	var which []int
	for i, n := range fr.locals {
		if zeroed[i] {
			left = append(left, join(n))
			which = append(which, i)
		}
	}
	if len(left) == 0 {
		return s
	}
	right, before := fr.zeros(which)
	return append(append(s, before...), line(commas(left), " = ", commas(right)))
}

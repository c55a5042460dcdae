package render

import (
	"slices"

	"github.com/retrygen/retrygen/internal/policy"
)

// rewinds reports whether a parameter is used up by an attempt and can be renewed for the next.
func (fr *frame) rewinds() bool { return len(fr.fn.Requests)+len(fr.fn.Seekers) > 0 }

// attemptsOwn makes the requests of the first attempt, and notes where seekers stand before it.
func (fr *frame) attemptsOwn() []stmt {
	fr.given = map[int]*name{}
	var s []stmt
	for _, i := range fr.fn.Requests {
		fr.given[i] = invented("given")
		s = append(s,
			line(declare(fr.given[i]), " := ", fr.params[i]),
			line(fr.params[i], " = ", call(fr.http("Own"), join(fr.given[i]))))
	}
	for _, i := range fr.fn.Seekers {
		fr.given[i] = invented("mark")
		s = append(s, line(declare(fr.given[i]), " := ", call(fr.loop("MarkOf"), join(fr.params[i]))))
	}
	return s
}

// holds reports whether results go on using the context of their attempt.
func (w *wrapper) holds() bool { return len(w.fn.Responses)+len(w.fn.Readers)+len(w.fn.Closers) > 0 }

// attemptHelper writes the function that makes one attempt with a context of its own.
func (w *wrapper) attemptHelper() {
	fr := w.frame()
	params := fr.paramList(true)
	parent, timeout := fr.ctx(), w.fn.Policy.Timeout.Value
	doc := join(w.attempt, " makes one attempt of ", w.link(), ", which is given "+policy.Spell(timeout)+".")
	var body []stmt
	if w.holds() {
		doc = join(doc, " ", w.heldDoc())
		body = fr.heldAttempt(parent)
	} else {
		body = fr.plainAttempt(parent)
	}
	head := fr.head(w.attempt, params, fr.resultTypes(), false)
	w.add(w.fn, &decl{doc: doc, head: head, stmt: append(fr.prelude(), body...), fn: true})
}

// plainAttempt makes an attempt whose context ends when it returns.
func (fr *frame) plainAttempt(parent code) []stmt {
	cancel := invented("cancel")
	assigned := join(fr.context)
	if fr.fn.Context < 0 {
		fr.context = invented("ctx")
		assigned = join(declare(fr.context))
	}
	return []stmt{
		line(assigned, ", ", declare(cancel), " := ",
			call(fr.std("context", "WithTimeout"), parent, fr.duration(fr.fn.Policy.Timeout.Value))),
		line("defer ", cancel, "()"),
		returns(fr.callWith(fr.context)),
	}
}

// heldAttempt makes an attempt whose context lives on until results are closed.
func (fr *frame) heldAttempt(parent code) []stmt {
	attempt := invented("attempt")
	s := []stmt{
		line(declare(attempt), " := ", call(fr.loop("WithTimeout"), parent, fr.duration(fr.fn.Policy.Timeout.Value))),
		line("defer ", attempt, ".Release()"),
		fr.assign(fr.callWith(attempt)),
	}
	for i, n := range fr.locals {
		switch {
		case slices.Contains(fr.fn.Responses, i):
			s = append(s, line(call(fr.http("Hold"), join(attempt), join(n))))
		case slices.Contains(fr.fn.Readers, i):
			s = append(s, line(n, " = ", method(attempt, "Reader", join(n))))
		}
	}
	switch {
	case len(fr.fn.Closers) > 0 && fr.fn.Error:
		s = append(s, block(join("if ", fr.err(), " == ", fr.null()), line(method(attempt, "Keep"))))
	case len(fr.fn.Closers) > 0:
		s = append(s, line(method(attempt, "Keep")))
	}
	return append(s, returns(fr.values()...))
}

// callWith calls the function with another context: as its parameter, or in its requests.
func (fr *frame) callWith(ctx *name) code {
	instead := map[int]code{}
	if fr.fn.Context >= 0 {
		instead[fr.fn.Context] = join(ctx)
	} else {
		for _, i := range fr.fn.Requests {
			instead[i] = call(fr.http("WithContext"), join(ctx), join(fr.params[i]))
		}
	}
	return fr.call("", fr.arguments(nil, instead))
}

// heldDoc says when the context of results ends.
func (w *wrapper) heldDoc() string {
	switch {
	case len(w.fn.Closers) > 0:
		return "The context of its results ends when they are no longer used."
	case len(w.fn.Readers) == 0:
		return "The context of a response ends when its body is closed."
	case len(w.fn.Responses) == 0:
		return "The context of the reader ends when it is closed."
	}
	return "The context of its results ends when they are closed."
}

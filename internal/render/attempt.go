package render

import "slices"

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
	limit := invented("timeout")
	params = slices.Insert(params, min(fr.timeoutAt(), 1), join(declare(limit), " ", fr.std("time", "Duration")))
	parent, timeout := fr.ctx(), join(limit)
	doc := join(w.attempt, " makes one attempt of ", w.link(), ", which is given a timeout, none if it is 0 or less.")
	untimed := block(join("if ", timeout, " <= 0"), returns(fr.call("", fr.arguments(nil, nil))))
	var body []stmt
	switch {
	case w.holds():
		doc = join(doc, " ", w.heldDoc())
		body = append([]stmt{untimed}, fr.heldAttempt(parent, timeout)...)
	case fr.context == nil:
		body = append([]stmt{untimed}, fr.requestAttempt(parent, timeout)...)
	default:
		body = fr.plainAttempt(parent, timeout)
	}
	head := fr.head(w.attempt, params, fr.resultTypes(), false)
	w.add(w.fn, &decl{doc: doc, head: head, stmt: append(fr.prelude(), body...), fn: true})
}

// timeoutAt is the index of the timeout among the arguments of the helper that makes an attempt: behind a context that comes
// first and the parameters that share its declaration, else the first.
func (w *wrapper) timeoutAt() int {
	at := 0
	for w.fn.Context == 0 && at < len(w.paramFields) && w.paramFields[at] == w.paramFields[0] {
		at++
	}
	return at
}

// timeoutRead writes the timeout that the wrapper has read.
func (fr *frame) timeoutRead() code {
	if !fr.says("timeout") {
		return join(fr.limits, ".Timeout")
	}
	return fr.limit("timeout", fr.fn.Policy.Timeout)
}

// plainAttempt makes an attempt whose context ends when it returns. Without a timeout that is the caller's context.
func (fr *frame) plainAttempt(parent, timeout code) []stmt {
	cancel := invented("cancel")
	return []stmt{
		line(fr.context, ", ", declare(cancel), " := ", call(fr.loop("Timed"), parent, timeout)),
		line("defer ", cancel, "()"),
		returns(fr.callWith(fr.context)),
	}
}

// requestAttempt makes an attempt whose requests have a context that ends when it returns.
func (fr *frame) requestAttempt(parent, timeout code) []stmt {
	ctx, cancel := invented("ctx"), invented("cancel")
	return []stmt{
		line(declare(ctx), ", ", declare(cancel), " := ", call(fr.std("context", "WithTimeout"), parent, timeout)),
		line("defer ", cancel, "()"),
		returns(fr.callWith(ctx)),
	}
}

// heldAttempt makes an attempt whose context lives on until results are closed.
func (fr *frame) heldAttempt(parent, timeout code) []stmt {
	attempt := invented("attempt")
	s := []stmt{
		line(declare(attempt), " := ", call(fr.loop("WithTimeout"), parent, timeout)),
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

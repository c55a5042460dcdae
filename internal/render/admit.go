package render

import "slices"

// admission is how a guard admits the attempts of a function.
type admission struct {
	guard code  // the guard: a variable, so that it is read once in each call, or a parameter
	done  *name // the variable that holds what the first attempt's end is told to, nil where the guard is not told
	first *name // the variable that holds when the first attempt was admitted, nil where nothing needs it
}

// admit asks the guard for the first attempt. If it refuses, the wrapper returns.
func (fr *frame) admit(start *name) []stmt {
	if fr.fn.Guard == nil {
		return nil
	}
	a := &admission{}
	guard, s := fr.readGuard()
	a.guard = guard
	done, refused := join("_"), invented("refused")
	if fr.teller != "" {
		a.done = invented("done")
		done = join(declare(a.done))
	}
	fr.admission = a
	s = append(s,
		line(done, ", ", declare(refused), " := ", fr.asked(fr.ctx())),
		block(join("if ", refused, " != ", fr.null()), fr.refuse(start, refused)...))
	if fr.fn.Policy.Reset.IsSet() || fr.limits != nil && !fr.says("reset") {
		a.first = invented("first")
		s = append(s, line(declare(a.first), " := ", call(fr.std("time", "Now"))))
	}
	return s
}

// readGuard writes the statements that read the guard. One that is behind something nil is nil.
func (fr *frame) readGuard() (guard code, s []stmt) {
	o := operand{ref: &fr.fn.Guard.Ref, kind: allower}
	if fr.fn.Guard.Waits {
		o.kind = waiter
	}
	if o.lasting() {
		return fr.ref(o.ref), nil
	}
	local := invented("guard")
	return join(local), fr.read([]*reading{{operand: o, to: join(local), local: local}})
}

// asked writes the question to the guard, which has two results: what to tell, and the refusal.
func (fr *frame) asked(ctx code) code {
	if fr.fn.Guard.Waits {
		return call(fr.loop("Await"), ctx, fr.admission.guard)
	}
	return call(fr.loop("Allow"), fr.admission.guard)
}

// refuse writes the return of a call whose first attempt the guard has refused. Requests are not sent then.
func (fr *frame) refuse(start, refused *name) []stmt {
	began := join(fr.std("time", "Time"), "{}")
	switch {
	case start != nil:
		began = join(start)
	case fr.limits != nil:
		began = join(fr.limits, ".Started")
	}
	var s []stmt
	for _, i := range fr.fn.Requests {
		s = append(s, line(call(fr.http("Unsent"), join(fr.params[i]))))
	}
	retries, read := fr.countNow()
	s = append(s, read...)
	why := call(fr.loop("Refused"), fr.ctx(), fr.task(), retries, began, join(refused))
	if fr.served != nil {
		why = method(fr.served, "Refused", fr.ctx(), fr.task(), retries, began, join(refused))
	}
	if fr.fn.Flow {
		why = method(fr.flow, "Refused", fr.task(), retries, began, join(refused))
	}
	return append(s, fr.fails(why)...)
}

// admitted asks the guard for the next attempt, after the wait.
func (fr *frame) admitted(loop *name) []code {
	if fr.admission == nil {
		return nil
	}
	return []code{method(loop, "Admit", fr.asked(join(loop, ".Context")))}
}

// done writes what the guard is told of an attempt with: the first one, without a loop, or a later one.
func (fr *frame) done(loop *name) code {
	switch {
	case fr.teller == "":
		return nil
	case loop == nil:
		return join(fr.admission.done)
	}
	return join(loop, ".Done")
}

// tellingHelper writes the function that makes one attempt and tells the guard how it has ended, also if it has panicked.
func (w *wrapper) tellingHelper() {
	fr := w.frame()
	done, ended := invented("done"), invented("ended")
	told := join(declare(done), " func", parens(fr.typeOf(fr.fn.Sig.Results().At(fr.plain()).Type())))
	params, args := fr.paramList(true), fr.arguments(nil, nil)
	if fr.timed() {
		timeout := invented("timeout")
		params = slices.Insert(params, min(fr.timeoutAt(), 1), join(declare(timeout), " ", fr.std("time", "Duration")))
		args = slices.Insert(args, fr.timeoutAt(), join(timeout))
	}
	params = append([]code{told}, params...)
	head := fr.head(w.teller, params, fr.resultList(), w.named)
	body := []stmt{
		line(declare(ended), " := ", fr.loop("ErrUnfinished")),
		line("defer ", call(fr.loop("Tell"), join(done), address(ended))),
		fr.assign(fr.call(fr.attempt, args)),
		line(ended, " = ", fr.err()),
	}
	if fr.bare {
		body = append(body, returns())
	} else {
		body = append(body, returns(fr.values()...))
	}
	doc := join(w.teller, " makes one attempt of ", w.link(), " and tells the guard how it has ended.")
	w.add(w.fn, &decl{doc: doc, head: head, stmt: append(fr.prelude(), body...), fn: true})
}

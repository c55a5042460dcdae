package render

// admission is how a guard admits the attempts of a function.
type admission struct {
	guard *name // the variable that holds the guard, so that it is read once in each call
	done  *name // the variable that holds what the first attempt's end is told to, nil where the guard is not told
	first *name // the variable that holds when the first attempt was admitted, nil where nothing needs it
}

// admit asks the guard for the first attempt. If it refuses, the wrapper returns.
func (fr *frame) admit(start *name) []stmt {
	if fr.fn.Guard == nil {
		return nil
	}
	a := &admission{guard: invented("guard")}
	done, refused := join("_"), invented("refused")
	if fr.guarded != "" {
		a.done = invented("done")
		done = join(declare(a.done))
	}
	fr.admission = a
	s := []stmt{
		line(declare(a.guard), " := ", fr.ref(&fr.fn.Guard.Ref)),
		line(done, ", ", declare(refused), " := ", fr.asked(fr.ctx())),
		block(join("if ", refused, " != ", fr.null()), fr.refuse(start, refused)...),
	}
	if fr.fn.Policy.Reset.IsSet() {
		a.first = invented("first")
		s = append(s, line(declare(a.first), " := ", call(fr.std("time", "Now"))))
	}
	return s
}

// asked writes the question to the guard, which has two results: what to tell, and the refusal.
func (fr *frame) asked(ctx code) code {
	if fr.fn.Guard.Waits {
		return call(fr.loop("Await"), ctx, join(fr.admission.guard))
	}
	return call(fr.loop("Allow"), join(fr.admission.guard))
}

// refuse writes the return of a call whose first attempt the guard has refused. Requests are not sent then.
func (fr *frame) refuse(start, refused *name) []stmt {
	began := join(fr.std("time", "Time"), "{}")
	if start != nil {
		began = join(start)
	}
	var s []stmt
	for _, i := range fr.fn.Requests {
		s = append(s, line(call(fr.http("Unsent"), join(fr.params[i]))))
	}
	why := call(fr.loop("Refused"), fr.ctx(), fr.task(), fr.retryCount(), began, join(refused))
	if fr.fn.Flow {
		why = method(fr.flow, "Refused", fr.task(), fr.retryCount(), began, join(refused))
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
	case fr.guarded == "":
		return nil
	case loop == nil:
		return join(fr.admission.done)
	}
	return join(loop, ".Done")
}

// guardedHelper writes the function that makes one attempt and tells the guard how it has ended, also if it has panicked.
func (w *wrapper) guardedHelper() {
	fr := w.frame()
	done, ended := invented("done"), invented("ended")
	told := join(declare(done), " func", parens(fr.typeOf(fr.fn.Sig.Results().At(fr.plain()).Type())))
	params := append([]code{told}, fr.paramList(true)...)
	head := fr.head(w.guarded, params, fr.resultList(), w.named)
	body := []stmt{
		line(declare(ended), " := ", fr.loop("ErrUnfinished")),
		line("defer ", call(fr.loop("Tell"), join(done), address(ended))),
		fr.assign(fr.call(fr.attempt, fr.arguments(nil, nil))),
		line(ended, " = ", fr.err()),
	}
	if fr.bare {
		body = append(body, returns())
	} else {
		body = append(body, returns(fr.values()...))
	}
	doc := join(w.guarded, " makes one attempt of ", w.link(), " and tells the guard how it has ended.")
	w.add(w.fn, &decl{doc: doc, head: head, stmt: append(fr.prelude(), body...), fn: true})
}

package render

import "slices"

// describeTask writes the function that describes the task to a worker.
func (w *wrapper) describeTask() {
	fr := w.frame()
	name := w.fn.Remote.Describe
	items := []code{element("Name", fr.task())}
	if w.fn.Flow {
		items = append(items, fr.flag("Flow"))
	}
	items = append(items, element("Attempt", fr.helperValue(w.serves)))
	doc := join(name, " describes ", fr.link(), " to a worker, which makes its calls for an engine.")
	head := fr.head(name, nil, []code{fr.remote("Task")}, false)
	w.add(w.fn, &decl{doc: doc, head: head, stmt: []stmt{returns(join(fr.remote("Task"), braces(items...)))}, fn: true})
}

// helperValue writes a helper as a value.
func (fr *frame) helperValue(helper string) code {
	if fr.holder == nil {
		return join(fr.local(helper))
	}
	return join(fr.receiver, "."+helper)
}

// servesHelper writes the function that makes one attempt for an engine.
func (w *wrapper) servesHelper() {
	fr := w.frame()
	ctx, attempt := invented("ctx"), invented("attempt")
	params := []code{join(declare(ctx), " ", fr.std("context", "Context")), join(declare(attempt), " ", fr.remote("Attempt"))}
	head := fr.head(w.serves, params, []code{fr.remote("Outcome")}, false)
	doc := join(w.serves, " makes one attempt of ", fr.link(), " for an engine.")
	w.add(w.fn, &decl{doc: doc, head: head, stmt: fr.serve(ctx, attempt), fn: true})
}

func (fr *frame) serve(ctx, attempt *name) []stmt {
	arguments, declared := fr.argumentsType()
	s := []stmt{declared}
	served, given := invented("served"), invented("given")
	begin := "Serve"
	if fr.fn.Flow {
		begin = "ServeFlow"
	}
	args := append([]code{join(ctx), fr.task(), join(attempt)}, fr.errorsNamed()...)
	begun := call(join(fr.loop(begin), "[", arguments, "]"), args...)
	named := join(declare(given))
	if len(fr.fn.Arguments()) == 0 {
		named = join("_")
	}
	s = append(s,
		line(declare(served), ", ", named, " := ", begun),
		block(join("if ", method(served, "Failed")), returns(method(served, "Outcome"))),
	)
	instead := map[int]code{fr.fn.Context: method(served, "Context")}
	for n, i := range fr.fn.Arguments() {
		instead[i] = join(given, "."+argumentField(n))
	}
	held, declaredResults := fr.held()
	s = append(s, declaredResults...)
	var names, values []code
	for _, n := range fr.locals {
		local := invented(n.want)
		names, values = append(names, join(declare(local))), append(values, join(local))
	}
	s = append(s, line(commas(names), " := ", fr.call(fr.retries, fr.withServed(fr.servedArguments(instead, served), join(served)))))
	result := join("struct{}{}")
	switch plain := values[:len(values)-1]; len(plain) {
	case 0:
	case 1:
		result = plain[0]
	default:
		result = join(held, braces(plain...))
	}
	return append(s, returns(call(fr.loop("Answer"), join(served), result, values[len(values)-1])))
}

// servedArguments lists what the helper that retries is called with, for an engine.
func (fr *frame) servedArguments(instead map[int]code, served *name) []code {
	var args []code
	if fr.added {
		args = append(args, method(served, "Context"))
	}
	for i, arg := range fr.arguments(nil, instead) {
		if !slices.Contains(fr.fn.Attempts, i) {
			args = append(args, arg)
		}
	}
	return args
}

// errorsNamed passes the errors that the policy names, nothing if it names none.
func (fr *frame) errorsNamed() []code {
	if fr.errors == "" {
		return nil
	}
	return []code{join(fr.call(fr.errors, nil), "...")}
}

// errorsHelper writes the function that lists the errors that the policy names.
func (w *wrapper) errorsHelper() {
	if w.errors == "" {
		return
	}
	fr := w.frame()
	var items []code
	var seen []string
	for _, m := range slices.Concat(w.fn.On, w.fn.Except) {
		text := m.FullName()
		if slices.Contains(seen, text) {
			continue
		}
		seen = append(seen, text)
		if m.IsType {
			items = append(items, call(join(fr.loop("NamedType"), "[", fr.typeOf(m.Type), "]"), quote(text)))
		} else {
			items = append(items, call(fr.loop("NamedValue"), quote(text), fr.ref(&m.Ref)))
		}
	}
	list := braces(items...)
	list.list.broken = true
	named := join("[]", fr.loop("Named"))
	doc := join(w.errors, " lists the errors that callers of ", fr.link(), " find in its errors, also if another process has made the call.")
	w.add(w.fn, &decl{
		doc: doc, head: fr.head(w.errors, nil, []code{named}, false), stmt: []stmt{returns(join(named, list))}, fn: true,
	})
}

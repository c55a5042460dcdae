package render

import (
	"slices"

	"github.com/retrygen/retrygen/internal/directive"
)

// body writes the first attempt, and the loop that runs only if it fails.
func (fr *frame) body() []stmt {
	s := append(fr.readPolicy(), fr.readCount()...)
	if fr.added {
		s = append(s, fr.notStarted())
	}
	s = append(s, fr.beginServed()...)
	s = append(s, fr.deposit()...)
	s = append(s, fr.readLimits()...)
	s = append(s, fr.readPolicyLimits()...)
	start, begin := fr.begin()
	s = append(s, begin...)
	if fr.fn.Flow {
		s = append(s, fr.openFlow()...)
	}
	var first code
	switch {
	case len(fr.fn.Attempts) == 0:
	case fr.fn.Flow:
		first = method(fr.flow, "Attempt")
	case fr.served != nil:
		first = method(fr.served, "Attempt")
	default:
		first = join(fr.retry("Attempt"), "{Number: 1}")
	}
	s = append(s, fr.admit(start)...)
	s = append(s, fr.attemptsOwn()...)
	s = append(s, fr.assign(fr.once(first, fr.done(nil))))
	if !fr.asksResults() {
		s = append(s, block(join("if ", fr.err(), " == ", fr.null()), fr.succeeded(start)...))
	}
	loop := invented("loop")
	literal := fr.literal(loop, start)
	s = append(append(s, fr.early...), line(declare(loop), " := ", literal))
	retries := fr.retryLoop(loop)
	s = slices.Concat(s, fr.read(fr.late), fr.assigned, []stmt{retries})
	return append(s, fr.end(loop)...)
}

// notifyField writes the field of the loop's literal with the function of notify=. If something on the way to it may be nil,
// the field is assigned behind the literal.
func (fr *frame) notifyField(loop *name) []code {
	root := &turn{}
	last, at := fr.along(&fr.fn.Notify.Ref, fr.rootOf(&fr.fn.Notify.Ref, root))
	if last == root {
		return []code{element("Notify", at)}
	}
	last.reads = append(last.reads, line(loop, ".Notify = ", at))
	fr.assigned = root.stmts(fr.predeclared("nil"))
	return nil
}

// begin writes the variable that holds when the call began, nil if nothing needs it. If nothing but observers need it, the
// clock is read only if there are any.
func (fr *frame) begin() (start *name, s []stmt) {
	var now code
	switch {
	case fr.needsStart():
		now = call(fr.std("time", "Now"))
	case fr.fn.Policy.Observe.IsSet():
		now = call(fr.loop("Watch"), fr.ctx(), fr.task())
	default:
		return nil, nil
	}
	start = invented("start")
	return start, []stmt{line(declare(start), " := ", now)}
}

// needsStart reports whether the policy asks when the call began.
func (fr *frame) needsStart() bool {
	p := fr.fn.Policy
	return p.Within.IsSet() && fr.says("within") || p.Reset.IsSet() && fr.says("reset") || len(fr.fn.Attempts) > 0 ||
		fr.limits != nil && p.Observe.IsSet() ||
		fr.fn.If != nil && fr.fn.If.Leading == directive.LeadingAttempt ||
		fr.fn.Schedule != nil && fr.fn.Schedule.Second == directive.SecondAttempt ||
		slices.ContainsFunc(fr.calls(), (*directive.Call).ReadsClock)
}

// once writes one call of the function, or of the helper that calls it with a timeout or for a guard. Done is what the
// guard is told with.
func (fr *frame) once(attempt, done code) code {
	instead := map[int]code{}
	if fr.flow != nil {
		instead[fr.fn.Context] = method(fr.flow, "Next")
	}
	args := fr.arguments(attempt, instead)
	if fr.timed() {
		args = slices.Insert(args, fr.timeoutAt(), fr.timeoutRead())
	}
	if fr.teller != "" {
		return fr.call(fr.teller, append([]code{done}, args...))
	}
	return fr.call(fr.attempt, args)
}

// deposit counts the call in the budget. A budget that is more than a variable or a parameter is read once.
func (fr *frame) deposit() []stmt {
	if fr.fn.Budget == nil {
		return nil
	}
	var s []stmt
	fr.budget = fr.ref(fr.fn.Budget)
	if fr.fn.Budget.Called || len(fr.fn.Budget.Path) > 0 {
		local := invented("budget")
		fr.budget = join(local)
		s = fr.read([]*reading{{operand: operand{ref: fr.fn.Budget, kind: budgets}, to: join(local), local: local}})
	}
	deposited := line(call(fr.loop("Deposit"), fr.budget))
	if fr.served != nil {
		deposited = block(join("if ", method(fr.served, "First")), deposited)
	}
	return append(s, deposited)
}

// task is the task's name in events and errors.
func (fr *frame) task() code { return quote(fr.fn.FullName()) }

// succeeded writes the return of the results of a first attempt without an error.
func (fr *frame) succeeded(start *name) []stmt {
	var s []stmt
	switch observed := fr.fn.Policy.Observe.IsSet(); {
	case fr.fn.Flow && observed:
		s = append(s, line(method(fr.flow, "Succeeded", fr.task(), fr.retriesInForce(), join(start))))
	case fr.fn.Flow:
		s = append(s, line(method(fr.flow, "Succeed")))
	case observed && fr.served != nil:
		s = append(s, line(method(fr.served, "Succeeded", fr.ctx(), fr.task(), fr.retriesInForce(), join(start))))
	case observed:
		s = append(s, line(call(fr.loop("Succeeded"), fr.ctx(), fr.task(), fr.retriesInForce(), join(start))))
	}
	if fr.bare {
		return append(s, returns())
	}
	return append(s, returns(append(fr.values()[:fr.plain()], fr.null())...))
}

// notStarted writes the check of the added context, which comes before anything else.
func (fr *frame) notStarted() stmt {
	why := call(fr.loop("NotStarted"), join(fr.context), fr.task())
	if fr.fn.Policy.Observe.IsSet() {
		why = call(fr.loop("NeverStarted"), join(fr.context), fr.task(), fr.retriesInForce())
	}
	return block(join("if ", method(fr.context, "Err"), " != ", fr.null()), fr.fails(why)...)
}

// fails writes the return of an error before anything was called. Named results are still zero then.
func (fr *frame) fails(why code) []stmt {
	if fr.bare {
		if !fr.fn.Error {
			return []stmt{returns()}
		}
		return []stmt{line(fr.err(), " = ", why), returns()}
	}
	var all []int
	for i := range fr.locals {
		all = append(all, i)
	}
	if fr.fn.Error {
		all = all[:len(all)-1]
	}
	values := make([]code, len(all))
	var open []int
	for _, i := range all {
		if fr.spelledByName(i) {
			values[i] = join(fr.locals[i])
		} else {
			open = append(open, i)
		}
	}
	zeros, before := fr.zeros(open)
	for n, i := range open {
		values[i] = zeros[n]
	}
	if fr.fn.Error {
		values = append(values, why)
	}
	return append(before, returns(values...))
}

// spelledByName reports whether a result is better returned by its name than by a zero value, which takes a type.
func (fr *frame) spelledByName(i int) bool {
	if !fr.declared[i] {
		return false
	}
	zero := fr.zero(fr.fn.Sig.Results().At(i).Type())
	return zero == nil || len(zero) > 1
}

// literal writes the state of the loop with the numbers of the policy.
func (fr *frame) literal(loop, start *name) code {
	p := fr.fn.Policy
	fields := []code{element("Context", fr.ctx()), element("Task", fr.task())}
	fields = append(fields, fr.retriesField(loop)...)
	fields = append(fields, fr.limitField(loop, "Cap", "cap", p.Cap)...)
	fields = append(fields, fr.limitField(loop, "Within", "within", p.Within)...)
	fields = append(fields, fr.limitField(loop, "Reset", "reset", p.Reset)...)
	switch {
	case start != nil:
		fields = append(fields, element("Started", start))
	case fr.limits != nil:
		fields = append(fields, element("Started", fr.limits, ".Started"))
	}
	fields = append(fields, fr.policyFields()...)
	if fr.fn.Budget != nil {
		fields = append(fields, element("Budget", fr.budget))
	}
	if fr.fn.Notify != nil && fr.fn.Notify.Call == nil {
		fields = append(fields, fr.notifyField(loop)...)
	}
	if fr.fn.Guard != nil {
		fields = append(fields, fr.flag("Guarded"))
		if fr.admission.first != nil {
			fields = append(fields, element("First", fr.admission.first))
		}
	}
	if fr.fn.Flow {
		fields = append(fields, element("Flow", fr.flow))
	}
	if fr.served != nil {
		fields = append(fields, element("Served", fr.served))
	}
	if p.Error.IsSet() {
		fields = append(fields, fr.flag("KeepErr"))
	}
	if p.Observe.IsSet() {
		fields = append(fields, fr.flag("Observe"))
	}
	values := braces(fields...)
	values.list.broken = len(fields) > 4
	return join(fr.loop("Loop"), values)
}

// flag writes a field of the loop's literal that is set.
func (fr *frame) flag(field string) code { return element(field, fr.predeclared("true")) }

// retryLoop writes the loop itself.
func (fr *frame) retryLoop(loop *name) stmt {
	asks := "Again"
	if fr.asksResults() {
		asks = "Left"
	}
	head := []code{method(loop, asks, fr.err())}
	conditions, simple := fr.conditions(loop)
	if simple != nil {
		head = append(head, simple)
	}
	sent := fr.keepSent()
	release := fr.release(loop)
	again := line(commas(fr.values()), " = ", fr.once(method(loop, "Attempt"), fr.done(loop)))
	wait := fr.wait(loop)
	body := slices.Concat(conditions, sent, fr.waiting(loop, release, wait))
	long := block(join("for ", operands("&&", head...)), append(body, again)...)
	if len(conditions)+len(release)+len(fr.prepared) > 0 {
		return long
	}
	short := block(join("for ", operands("&&", append(head, fr.ready(loop, wait)...)...)), again)
	short.instead = &long
	return short
}

// breakUnless leaves the loop unless all of the conditions hold.
func breakUnless(conditions ...code) stmt {
	var not []code
	for _, condition := range conditions {
		not = append(not, join("!", condition))
	}
	return block(join("if ", operands("||", not...)), line("break"))
}

// end writes the return of the results and of the error that the loop makes of the last one.
func (fr *frame) end(loop *name) []stmt {
	ended := method(loop, "End", fr.err())
	values := fr.values()
	var settled []stmt
	if fr.asksResults() && fr.fn.Error {
		for _, i := range fr.fn.Responses {
			values[i] = call(fr.http("Settle"), address(loop), join(fr.locals[i]), fr.err())
			settled = append(settled, line(fr.locals[i], " = ", values[i]))
		}
	}
	switch {
	case !fr.fn.Error && fr.bare:
		return append(settled, line(ended), returns())
	case !fr.fn.Error:
		return append(settled, line(ended), returns(fr.values()...))
	case fr.bare:
		return append(settled, line(fr.err(), " = ", ended), returns())
	}
	return []stmt{returns(append(slices.Clone(values[:fr.plain()]), ended)...)}
}

package render

import (
	"github.com/retrygen/retrygen/internal/directive"
	"github.com/retrygen/retrygen/internal/policy"
)

// longWait reports whether the wait should have a statement of its own.
func (fr *frame) longWait() bool {
	d := fr.fn.Policy.Delay
	return d.IsSet() && d.Value.Kind == policy.List && len(d.Value.Delays) > 4
}

// waiting writes the statements that wait, releasing results before that.
func (fr *frame) waiting(loop *name, release []stmt, wait code) []stmt {
	s := fr.prepared
	if len(release) == 0 {
		return append(s, breakUnless(fr.ready(loop, wait)...))
	}
	s = append(s, breakUnless(fr.planned(loop, wait)...))
	s = append(s, release...)
	return append(s, breakUnless(append([]code{method(loop, "Sleep")}, fr.admitted(loop)...)...))
}

// ready asks for the next attempt, and waits for it.
func (fr *frame) ready(loop *name, wait code) []code {
	asks := []code{method(loop, "Wait", wait)}
	if fr.rewinds() {
		asks = append(fr.planned(loop, wait), method(loop, "Sleep"))
	}
	return append(asks, fr.admitted(loop)...)
}

// planned asks for the next attempt. What an attempt uses up is renewed before anything is waited or spent.
func (fr *frame) planned(loop *name, wait code) []code {
	if !fr.rewinds() {
		return []code{method(loop, "Plan", wait)}
	}
	asks := []code{method(loop, "Fits", wait)}
	for _, i := range fr.fn.Requests {
		asks = append(asks, call(fr.http("Rewind"), address(loop), join(fr.given[i]), address(fr.params[i])))
	}
	for _, i := range fr.fn.Seekers {
		asks = append(asks, method(fr.given[i], "Rewind", address(loop), address(fr.params[i])))
	}
	return append(asks, method(loop, "Take"))
}

// wait writes the wait before the next retry: the schedule's delay, spread by the jitter.
func (fr *frame) wait(loop *name) code {
	if fr.decorrelated() {
		if fr.keepsSchedule() {
			return method(loop, "Decorrelated", fr.delay(loop))
		}
		return method(loop, "Decorrelated", fr.firstDelay(loop, "first"))
	}
	delay := fr.delay(loop)
	if fr.longWait() {
		long := delay
		delay = join(invented("delay"))
		fr.prepared = append(fr.prepared, line(declare(delay[0].name), " := ", long))
	}
	return fr.spread(loop, delay)
}

// jitters reports whether the policy spreads its waits.
func (fr *frame) jitters() bool {
	p := fr.fn.Policy
	return p.Jitter.IsSet() && !(fr.says("delay") && p.Delay.IsSet() && p.NeverWaits() && !fr.isNamed("delay"))
}

func (fr *frame) decorrelated() bool {
	return fr.jitters() && fr.fn.Policy.HasJitter(policy.Decorrelated)
}

// spread writes a delay with the policy's jitter.
func (fr *frame) spread(loop *name, delay code) code {
	if !fr.jitters() {
		return delay
	}
	jitter := fr.fn.Policy.Jitter.Value
	how := jitterMethods[jitter.Kind]
	switch jitter.Kind {
	case policy.Poisson:
		return method(loop, how, delay, fr.factor("jitter", jitter.Factor, "factor"))
	case policy.Percent, policy.PercentAbove, policy.PercentBelow:
		return method(loop, how, delay, fr.factor("jitter", jitter.Factor, "percent"))
	case policy.Around, policy.Above, policy.Below:
		return method(loop, how, delay, fr.length("jitter", jitter.Spread, "spread"))
	}
	return method(loop, how, delay)
}

// jitterMethods are the methods of the loop that spread a delay.
var jitterMethods = map[policy.JitterKind]string{
	policy.Poisson: "Poisson", policy.Percent: "Percent", policy.PercentAbove: "PercentAbove", policy.PercentBelow: "PercentBelow",
	policy.Around: "Around", policy.Above: "Above", policy.Below: "Below", policy.Full: "Full", policy.Equal: "Equal",
}

// delay writes the schedule.
func (fr *frame) delay(loop *name) code {
	d := fr.fn.Policy.Delay
	if !d.IsSet() || d.Value.Kind == policy.Fixed {
		return fr.firstDelay(loop, "wait")
	}
	switch v := d.Value; v.Kind {
	case policy.List:
		var args []code
		for _, entry := range v.Delays {
			args = append(args, fr.delayLength(entry, "wait"))
		}
		return method(loop, "List", args...)
	case policy.Slice:
		return method(loop, "List", join(fr.delays(v.Func.Name), "..."))
	case policy.Exponential:
		return method(loop, "Exponential", fr.delayLength(v.Delays[0], "first"), fr.factor("delay", v.Base, "base"))
	case policy.Linear:
		return method(loop, "Linear", fr.delayLength(v.Delays[0], "step"))
	case policy.Fibonacci:
		return method(loop, "Fibonacci", fr.delayLength(v.Delays[0], "step"))
	default:
		return fr.schedule(loop, method(loop, "Retry"))
	}
}

// firstDelay writes the wait before the first retry, which for a fixed delay is every wait. A local that holds it is called as
// wanted.
func (fr *frame) firstDelay(loop *name, want string) code {
	d := fr.fn.Policy.Delay
	switch {
	case d.State == policy.None:
		return join("0")
	case fr.fn.Policy.HasDelayFunc():
		return fr.schedule(loop, join("1"))
	case d.IsSet():
		return fr.delayLength(d.Value.Delays[0], want)
	}
	selector := "TaskDelay"
	if fr.fn.Flow {
		selector = "FlowDelay"
	}
	return method(loop, selector)
}

// schedule calls the function of delay=. There is no delay if the function is nil, or something on the way to it.
func (fr *frame) schedule(loop *name, retry code) code {
	before, args := fr.scheduleArgs(loop, retry)
	root, last, c := fr.invoke(&fr.fn.Schedule.Ref, args)
	fr.prepared = append(fr.prepared, before...)
	if last == root {
		return c
	}
	delay := invented("delay")
	root.vars = append(root.vars, line("var ", declare(delay), " ", fr.std("time", "Duration")))
	last.reads = append(last.reads, line(delay, " = ", c))
	fr.prepared = append(fr.prepared, root.stmts(fr.predeclared("nil"))...)
	return join(delay)
}

// scheduleArgs writes the arguments of the function of delay=, behind the statements that read them.
func (fr *frame) scheduleArgs(loop *name, retry code) ([]stmt, []code) {
	schedule := fr.fn.Schedule
	switch {
	case schedule.Call != nil:
		return fr.argumentsOf(loop, schedule.Call, retry)
	case schedule.Plain:
		return nil, nil
	case schedule.Second == directive.SecondError:
		return nil, []code{retry, fr.err()}
	case schedule.Second == directive.SecondAttempt:
		return nil, []code{retry, method(loop, "Attempt")}
	}
	return nil, []code{retry}
}

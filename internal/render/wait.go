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
func (fr *frame) waiting(loop *name, release []stmt) []stmt {
	var s []stmt
	wait := fr.wait(loop)
	if fr.longWait() && !fr.decorrelated() {
		delay := invented("delay")
		s = append(s, line(declare(delay), " := ", fr.delay(loop)))
		wait = fr.spread(loop, join(delay))
	}
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
		return method(loop, "Decorrelated", fr.firstDelay(loop))
	}
	return fr.spread(loop, fr.delay(loop))
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
		return fr.firstDelay(loop)
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

// firstDelay writes the wait before the first retry, which for a fixed delay is every wait.
func (fr *frame) firstDelay(loop *name) code {
	d := fr.fn.Policy.Delay
	switch {
	case d.State == policy.None:
		return join("0")
	case fr.fn.Policy.HasDelayFunc():
		return fr.schedule(loop, join("1"))
	case d.IsSet():
		return fr.delayLength(d.Value.Delays[0], "first")
	}
	selector := "TaskDelay"
	if fr.fn.Flow {
		selector = "FlowDelay"
	}
	return method(loop, selector)
}

// schedule calls the function of delay=.
func (fr *frame) schedule(loop *name, retry code) code {
	if fr.fn.Schedule.Call != nil {
		return call(fr.ref(&fr.fn.Schedule.Ref), fr.argumentsOf(loop, fr.fn.Schedule.Call, retry)...)
	}
	args := []code{retry}
	if fr.fn.Schedule.Plain {
		args = nil
	}
	switch fr.fn.Schedule.Second {
	case directive.SecondError:
		args = append(args, fr.err())
	case directive.SecondAttempt:
		args = append(args, method(loop, "Attempt"))
	}
	return call(fr.ref(&fr.fn.Schedule.Ref), args...)
}

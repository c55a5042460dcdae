package render

import (
	"fmt"
	"slices"
	"time"

	"github.com/retrygen/retrygen/internal/policy"
)

// attemptsDoc says how often the function is called, and how long the waits are.
func (fr *frame) attemptsDoc() code {
	const again = " and, while it fails, calls it again"
	p := fr.fn.Policy
	n, _ := p.Attempts()
	switch {
	case p.Retries.Origin.Source == policy.FromEnvironment:
		return join(again, ": as many retries as ", fr.variable("RETRIES"), " says, 0 if it is not set", fr.waitsDoc())
	case p.Retries.Value.Name() != "" && p.Retries.IsSet():
		return join(again, ": as many "+p.Spelled("retries")+" as ", fr.nameDoc("retries", p.Retries.Value.Name()), " says", fr.waitsDoc())
	case p.Endless():
		return join(again, " without limit", fr.waitsDoc())
	case !p.Retried():
		return join(" once: it has no retries unless options of the caller ask for them")
	default:
		return join(again, fmt.Sprintf(": at most %d attempts", n), fr.waitsDoc())
	}
}

// variable is the environment variable that an option is read from.
func (fr *frame) variable(what string) string {
	if fr.fn.Flow {
		return "RETRY_FLOW_DEFAULT_" + what
	}
	return "RETRY_TASK_DEFAULT_" + what
}

// waitsDoc says how long the waits are.
func (fr *frame) waitsDoc() code {
	p := fr.fn.Policy
	delay := p.Delay.Value
	switch {
	case p.Delay.State == policy.None || p.NeverWaits() && !fr.isNamed("delay"):
		return join(", with no wait between them")
	case !p.Delay.IsSet():
		return join(", with the waits of ", fr.variable("DELAY"), fr.jitterDoc())
	case p.HasDelayFunc():
		return join(", with the waits that ", fr.refLink(&fr.fn.Schedule.Ref), " returns", fr.jitterDoc())
	case delay.Kind == policy.Slice:
		return join(", with the waits of ", fr.nameDoc("delay", delay.Func.Name), fr.jitterDoc())
	}
	return join(", with waits of ", fr.about(), fr.waits(), " between them", fr.jitterDoc())
}

// about is the word before waits that are random.
func (fr *frame) about() string {
	if fr.fn.Policy.Jitter.IsSet() {
		return "about "
	}
	return ""
}

// waits lists the first waits: all of a short schedule, three of a long one. A schedule with names is described.
func (fr *frame) waits() code {
	p := fr.fn.Policy
	delay := p.Delay.Value
	if fr.isNamed("delay") {
		return fr.growth()
	}
	limit, limited := policy.Unbounded(p.Cap)
	limited = limited && !fr.isNamed("cap")
	wait := func(k int) code {
		wait, _ := delay.At(k)
		if limited {
			wait = min(wait, limit)
		}
		return join(policy.Spell(wait))
	}
	if delay.Kind == policy.Fixed {
		return wait(1)
	}
	n, known := p.MaxRetries()
	if !p.Retries.IsSet() || fr.isNamed("retries") || !known || n < 0 {
		n = 1 << 30
	}
	const most = 6
	var waits []code
	for k := 1; k <= min(n, most); k++ {
		waits = append(waits, wait(k))
	}
	if n <= most {
		return prose(waits, "and")
	}
	return join(waits[0], ", ", waits[1], ", ", waits[2], " and so on")
}

// growth says how the waits of a schedule with names follow from the first.
func (fr *frame) growth() code {
	delay := fr.fn.Policy.Delay.Value
	first := fr.lengthDoc("delay", delay.Delays[0])
	switch delay.Kind {
	case policy.List:
		var entries []code
		for _, entry := range delay.Delays {
			entries = append(entries, fr.lengthDoc("delay", entry))
		}
		return prose(entries, "and then")
	case policy.Linear:
		return join(first, ", with as much added each time,")
	case policy.Fibonacci:
		return join(first, " times 1, 1, 2, 3, 5 and so on")
	case policy.Exponential:
		if base, _ := delay.Base.Known(); base == 2 && delay.Base.Name() == "" {
			return join(first, ", doubled each time,")
		}
		return join(first, ", multiplied by ", fr.factorDoc("delay", delay.Base), " each time,")
	}
	return first
}

// isNamed reports whether a name stands for a number of an option.
func (fr *frame) isNamed(options ...string) bool {
	return slices.ContainsFunc(options, func(option string) bool { return slices.Contains(fr.inNames, option) })
}

// nameDoc writes a name in place of a number in a comment.
func (fr *frame) nameDoc(option string, n policy.Name) code {
	return fr.refLink(fr.fn.Number(option, n))
}

// lengthDoc writes a duration in a comment.
func (fr *frame) lengthDoc(option string, n policy.Length) code {
	if n.Name() != "" {
		return fr.nameDoc(option, n.Name())
	}
	d, _ := n.Known()
	return join(policy.Spell(d))
}

// factorDoc writes a factor in a comment.
func (fr *frame) factorDoc(option string, n policy.Factor) code {
	if n.Name() != "" {
		return fr.nameDoc(option, n.Name())
	}
	f, _ := n.Known()
	return join(fmt.Sprint(f))
}

// jitterDoc names the jitter and the worst case. No number is said that a name stands for, or that depends on one.
func (fr *frame) jitterDoc() code {
	var parts []code
	p := fr.fn.Policy
	if p.Jitter.IsSet() {
		parts = append(parts, join("jitter ", fr.jitterName(p.Jitter.Value)))
	}
	if p.Cap.IsSet() {
		parts = append(parts, join("none longer than ", fr.lengthDoc("cap", p.Cap.Value)))
	}
	_, worst, ok := p.Totals()
	if ok && !policy.Saturated(worst) && !fr.isNamed("retries", "delay", "jitter", "cap", "within") {
		if worst > time.Second {
			worst = (worst + time.Millisecond - 1).Truncate(time.Millisecond)
		}
		parts = append(parts, join(policy.Spell(worst)+" in all at worst"))
	}
	if len(parts) == 0 {
		return nil
	}
	doc := join(" (", parts[0])
	for _, part := range parts[1:] {
		doc = join(doc, ", ", part)
	}
	return join(doc, ")")
}

// jitterName writes a jitter in a comment.
func (fr *frame) jitterName(j policy.Jitter) code {
	sign := map[policy.JitterKind]string{
		policy.Percent: "±", policy.Around: "±", policy.PercentAbove: "+", policy.Above: "+", policy.PercentBelow: "-", policy.Below: "-",
	}[j.Kind]
	switch j.Kind {
	case policy.Poisson:
		return fr.factorDoc("jitter", j.Factor)
	case policy.Percent, policy.PercentAbove, policy.PercentBelow:
		return join(sign, fr.factorDoc("jitter", j.Factor), "%")
	case policy.Around, policy.Above, policy.Below:
		return join(sign, fr.lengthDoc("jitter", j.Spread))
	}
	return join(j.String())
}

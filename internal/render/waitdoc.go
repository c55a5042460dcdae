package render

import (
	"fmt"
	"strings"
	"time"

	"github.com/retrygen/retrygen/internal/policy"
)

// attemptsDoc says how often the function is called, and how long the waits are.
func (fr *frame) attemptsDoc() code {
	const again = " and, while it fails, calls it again"
	switch p := fr.fn.Policy; {
	case p.Retries.Origin.Source == policy.FromEnvironment:
		return join(again, ": as many retries as ", fr.variable("RETRIES"), " says, 0 if it is not set", fr.waitsDoc())
	case p.Attempts() == policy.Unlimited:
		return join(again, " without limit", fr.waitsDoc())
	case !p.Retried():
		return join(" once: it has no retries unless options of the caller ask for them")
	default:
		return join(again, fmt.Sprintf(": at most %d attempts", p.Attempts()), fr.waitsDoc())
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
	switch {
	case p.NeverWaits():
		return join(", with no wait between them")
	case !p.Delay.IsSet():
		return join(", with the waits of ", fr.variable("DELAY"), fr.jitterDoc())
	case p.HasDelayFunc():
		return join(", with the waits that ", fr.refLink(&fr.fn.Schedule.Ref), " returns", fr.jitterDoc())
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

// waits lists the first waits: all of a short schedule, three of a long one.
func (fr *frame) waits() string {
	delay, retries := fr.fn.Policy.Delay.Value, fr.fn.Policy.Retries
	if delay.Kind == policy.Fixed {
		return policy.Spell(fr.fn.Policy.Capped(delay.At(1)))
	}
	n := retries.Value
	if !retries.IsSet() || n < 0 {
		n = 1 << 30
	}
	const most = 6
	var waits []string
	for k := 1; k <= min(n, most); k++ {
		waits = append(waits, policy.Spell(fr.fn.Policy.Capped(delay.At(k))))
	}
	if n <= most {
		return words(waits, "and")
	}
	return strings.Join(waits[:3], ", ") + " and so on"
}

// jitterDoc names the jitter and the worst case.
func (fr *frame) jitterDoc() string {
	var parts []string
	p := fr.fn.Policy
	if p.Jitter.IsSet() {
		parts = append(parts, "jitter "+jitterName(p.Jitter.Value))
	}
	if p.Cap.IsSet() {
		parts = append(parts, "none longer than "+policy.Spell(p.Cap.Value))
	}
	if _, worst, ok := p.Totals(); ok && !policy.Saturated(worst) {
		if worst > time.Second {
			worst = (worst + time.Millisecond - 1).Truncate(time.Millisecond)
		}
		parts = append(parts, policy.Spell(worst)+" in all at worst")
	}
	if len(parts) == 0 {
		return ""
	}
	return " (" + strings.Join(parts, ", ") + ")"
}

func jitterName(j policy.Jitter) string {
	switch j.Kind {
	case policy.Poisson:
		return fmt.Sprint(j.Factor)
	case policy.Percent:
		return fmt.Sprintf("±%v%%", j.Factor)
	case policy.Full:
		return "full"
	case policy.Equal:
		return "equal"
	}
	return "decorrelated"
}

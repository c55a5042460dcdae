package render

import (
	"slices"

	"github.com/retrygen/retrygen/internal/policy"
)

// says reports whether an option counts whatever a policy value says: there is none, or the directive itself says the option.
func (w *wrapper) says(option string) bool {
	return w.fn.Value == nil || w.fn.Value.Says(w.fn.Policy.Entry(option))
}

// timed reports whether attempts have a timeout, or may have one.
func (w *wrapper) timed() bool {
	return w.fn.Policy.Timeout.IsSet() || w.fn.Value != nil && w.fn.Value.Timed && !w.says("timeout")
}

// police holds what a wrapper reads of a policy value when it begins.
type police struct {
	policy code  // the policy; nil if there is none, or in a helper
	limits *name // the limits in it
}

// readPolicy reads the policy value, before anything else.
func (fr *frame) readPolicy() []stmt {
	v := fr.fn.Value
	if v == nil || len(fr.replaceable()) == 0 {
		return nil
	}
	o := operand{ref: &v.Ref, kind: policies}
	if o.lasting() {
		fr.policy = fr.ref(o.ref)
		return nil
	}
	local := invented("policy")
	fr.policy = join(local)
	return fr.read([]*reading{{operand: o, to: join(local), local: local}})
}

// readPolicyLimits reads the limits of the policy value. What other sources say holds where it says nothing.
func (fr *frame) readPolicyLimits() []stmt {
	limits := func(option string) bool { return slices.Contains([]string{"timeout", "within", "reset"}, option) }
	if fr.policy == nil || !slices.ContainsFunc(fr.replaceable(), limits) {
		return nil
	}
	fr.limits = invented("limits")
	p := fr.fn.Policy
	var own []code
	for _, l := range []struct {
		field, option string
		setting       policy.Setting[policy.Length]
	}{{"Timeout", "timeout", p.Timeout}, {"Within", "within", p.Within}, {"Reset", "reset", p.Reset}} {
		if l.setting.IsSet() && !fr.says(l.option) {
			own = append(own, element(l.field, fr.limit(l.option, l.setting)))
		}
	}
	declared := line("var ", declare(fr.limits), " ", fr.loop("Limits"))
	if len(own) > 0 {
		declared = line(declare(fr.limits), " := ", fr.loop("Limits"), braces(own...))
	}
	return []stmt{declared, line(method(fr.limits, "Read", fr.task(), fr.policy))}
}

// policyFields writes the fields of the loop that are about the policy value.
func (fr *frame) policyFields() []code {
	if fr.policy == nil {
		return nil
	}
	fields := []code{element("Policy", fr.policy)}
	if list := fr.saidOptions(); len(list) > 0 {
		fields = append(fields, element("Says", operands("|", list...)))
	}
	return fields
}

// saidOptions writes the options that the policy value does not replace.
func (fr *frame) saidOptions() []code {
	var list []code
	for _, o := range []struct{ option, said string }{
		{"retries", "SaysRetries"}, {"delay", "SaysDelay"}, {"jitter", "SaysJitter"}, {"cap", "SaysCap"},
	} {
		if fr.says(o.option) {
			list = append(list, fr.loop(o.said))
		}
	}
	if !fr.fn.Value.Timed {
		list = append(list, fr.loop("Untimed"))
	}
	return list
}

// retriesInForce writes the number of retries where there is no loop.
func (fr *frame) retriesInForce() code {
	return fr.orPolicy(fr.retryCount())
}

// orPolicy writes a number of retries, or what the policy value says instead.
func (fr *frame) orPolicy(own code) code {
	if fr.policy == nil || fr.says("retries") {
		return own
	}
	return call(fr.loop("RetriesOf"), fr.policy, own)
}

// replaceable lists the options that count if the policy value says them.
func (w *wrapper) replaceable() []string {
	var list []string
	for _, option := range []string{"retries", "delay", "jitter", "cap", "timeout", "within", "reset"} {
		untimed := option == "timeout" && !w.fn.Value.Timed
		if !w.says(option) && !untimed && !(option == "reset" && w.fn.Flow) {
			list = append(list, option)
		}
	}
	return list
}

// policyValueDoc says which options the policy value may replace.
func (fr *frame) policyValueDoc() code {
	var list []code
	for _, option := range fr.replaceable() {
		list = append(list, join(option))
	}
	return join("Where the policy ", fr.refLink(&fr.fn.Value.Ref), " says ", prose(list, "or"), ", that counts.")
}

// keepsSchedule reports whether the loop knows the first delay of a schedule by itself.
func (fr *frame) keepsSchedule() bool {
	d := fr.fn.Policy.Delay
	kinds := []policy.DelayKind{policy.List, policy.Slice, policy.Exponential, policy.Linear, policy.Fibonacci}
	return d.State == policy.Absent || d.IsSet() && slices.Contains(kinds, d.Value.Kind)
}

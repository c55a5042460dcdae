package directive

import (
	"fmt"
	"go/token"

	"github.com/retrygen/retrygen/internal/policy"
	"github.com/retrygen/retrygen/internal/values"
)

// PolicyValue is a policy that only the running program knows: a value of type retry.Policy that policy= names.
type PolicyValue struct {
	Ref
	Name policy.Name // as it is written

	// Timed reports whether the attempts of the function can have a timeout, so that one in the value has a meaning.
	Timed bool

	layer int // of the directive that names it
}

// Says reports whether an option is written where it wins over the value: in the directive that names it, or above.
func (v *PolicyValue) Says(e policy.Entry) bool {
	return e.State != policy.Absent && e.Origin.Layer <= v.layer
}

// isPolicy makes a ref a ref to a value of type retry.Policy. A function or method without parameters is called. It reports
// false if the ref is anything else.
func isPolicy(ref *Ref) bool {
	is := func() bool { return !ref.isType() && values.IsNamed(ref.Type, RetryPath, "Policy") }
	return is() || isFunction(ref.Type) && ref.call() && is()
}

// policyValue decides which policy value a function uses: the one that the nearest layer names.
func (s *fitter) policyValue() {
	for i, l := range s.stack {
		if l.value == nil {
			continue
		}
		setting := l.policy.Policy
		s.alike("policy", string(setting.Value), l.value, token.Pos(setting.Pos))
		s.fn.Value = &PolicyValue{
			Ref: *l.value, Name: setting.Value, layer: i,
			Timed: s.lacks(policy.NeedsContext) == "" && s.outliving() == "",
		}
		return
	}
}

// Open reports whether only the running program knows one of some options, since a policy value may say it.
func (fn *Func) Open(options ...string) bool {
	for _, option := range options {
		if fn.Value != nil && !fn.Value.Says(fn.Policy.Entry(option)) {
			return true
		}
	}
	return false
}

// InForce returns the policy as far as it is known: what a policy value may say has the name of the value. Names of what
// belongs to the receiver begin with the name of the receiver.
func (fn *Func) InForce() policy.Policy {
	p := fn.Policy
	if fn.Value != nil {
		p = p.Hidden(fn.Value.Name, fn.Value.Says)
	}
	return p.Spoken(fn.Spoken)
}

// Spoken returns a name as the function's body would have it: a leading dot follows the name of the receiver.
func (fn *Func) Spoken(name policy.Name) policy.Name {
	if !name.OfReceiver() {
		return name
	}
	if fn.Receiver != nil && fn.Receiver.Name != "" {
		return policy.Name(fn.Receiver.Name) + name
	}
	return name[1:]
}

// Fill gives a name a value: a number, or a policy where the name is that of a policy value. What a value says of a timeout
// that the function cannot have is left out.
func (fn *Func) Fill(name policy.Name, text string) error {
	if fn.Value == nil || fn.Value.Name != name {
		return fn.Policy.Fill(name, text)
	}
	value, problems := policy.ParseValue(text, 0)
	if len(problems) > 0 {
		at := func(pos int) string { return fmt.Sprintf("column %d", pos+1) }
		return fmt.Errorf("policy=%s: %s, %s: %s", name, policy.Quoted(text), at(problems[0].Pos), problems[0].Text(at))
	}
	if !fn.Value.Timed {
		value.Timeout = policy.Setting[policy.Length]{}
	}
	fn.Policy, fn.Value = fn.Policy.Beneath(value, fn.Value.Says), nil
	return nil
}

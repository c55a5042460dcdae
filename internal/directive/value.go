package directive

import (
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

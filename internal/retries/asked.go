package retries

import (
	"go/types"

	"github.com/retrygen/retrygen/internal/directive"
	"github.com/retrygen/retrygen/internal/retries/chain"
)

// asked returns the bound of the functions and methods that a policy names, each of which is called once for an attempt.
// What is called through an interface counts as nothing: a guard or a condition that retries is not expected.
func (s *summer) asked(fn *directive.Func) chain.Bound {
	var sum chain.Bound
	for _, ref := range named(fn) {
		if asked := s.method(ref); asked != nil && !throughInterface(asked) {
			sum = sum.Plus(s.boundOf(asked))
		}
	}
	if guard := fn.Guard; guard != nil {
		name := "Allow"
		if guard.Waits {
			name = "Wait"
		}
		if asked := s.lookup(guard.Type, name); asked != nil && !throughInterface(asked) {
			sum = sum.Plus(s.boundOf(asked))
		}
	}
	return sum
}

// named returns the functions and methods that the policy of a function names.
func named(fn *directive.Func) []*directive.Ref {
	refs := fn.Numbers()
	if fn.If != nil {
		refs = append(refs, &fn.If.Ref)
	}
	if fn.Notify != nil {
		refs = append(refs, &fn.Notify.Ref)
	}
	if fn.Discard != nil {
		refs = append(refs, &fn.Discard.Ref)
	}
	if fn.Schedule != nil {
		refs = append(refs, &fn.Schedule.Ref)
	}
	return refs
}

// method returns the function or method that a name stands for, nil for a value.
func (s *summer) method(ref *directive.Ref) *types.Func {
	if n := len(ref.Path); n > 0 {
		return s.lookup(ref.Path[n-1].From, ref.Path[n-1].Name)
	}
	fn, _ := ref.Object.(*types.Func)
	return fn
}

// lookup returns a method of a type, nil if there is none.
func (s *summer) lookup(t types.Type, name string) *types.Func {
	if t == nil {
		return nil
	}
	object, _, _ := types.LookupFieldOrMethod(t, true, s.pass.Pkg, name)
	fn, _ := object.(*types.Func)
	return fn
}

// throughInterface reports whether a function is a method of an interface.
func throughInterface(fn *types.Func) bool {
	recv := fn.Signature().Recv()
	return recv != nil && types.IsInterface(recv.Type())
}

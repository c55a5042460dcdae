package directive

import (
	"go/types"
	"slices"

	"github.com/retrygen/retrygen/internal/values"
)

// condition resolves if= and finds the form that fits the signature.
func (s *fitter) condition() {
	setting := s.fn.Policy.If
	ref, call := s.callee("if", setting)
	if ref == nil {
		return
	}
	if call != nil {
		s.fn.If = s.calledCondition(ref, call)
		if s.fn.If == nil {
			s.uncallable("if", setting.Value, ref, call, "a function that returns bool or (time.Duration, bool)")
		}
		return
	}
	s.fn.If = s.asCondition(ref, s.fn)
	if s.fn.If == nil {
		s.unfit("if", "if=%s is %s; want func(%s) bool or (time.Duration, bool), %safter a context.Context or retry.Attempt if it needs one",
			setting.Value, s.describe(ref), s.conditionParams(), s.orResults())
	}
}

// conditionParams spells what a condition of this function may take.
func (s *fitter) conditionParams() string {
	if s.fn.Error {
		return "error"
	}
	return s.tuple(s.fn.Sig.Results())
}

func (s *fitter) orResults() string {
	if s.fn.Error && s.fn.Sig.Results().Len() > 1 {
		return "or all results (" + s.tuple(s.fn.Sig.Results()) + "), "
	}
	return ""
}

func (s *fitter) tuple(tuple *types.Tuple) string {
	text := ""
	for v := range tuple.Variables() {
		if text != "" {
			text += ", "
		}
		text += types.TypeString(v.Type(), s.qualifier)
	}
	return text
}

// asCondition tries the forms of a condition. It returns nil if none fits.
func (f *finder) asCondition(ref *Ref, fn *Func) *Condition {
	all := fn.results()
	if fn.Error {
		if form := f.formOfCondition(ref, Condition{}, []types.Type{errorType}); form != nil {
			return form
		}
		all = append(all, errorType)
	}
	if fn.Error && len(all) == 1 {
		return nil
	}
	return f.formOfCondition(ref, Condition{Results: true}, all)
}

// formOfCondition tries a form of a condition with the arguments that it takes, alone and after a leading parameter. It
// returns nil if neither fits.
func (f *finder) formOfCondition(ref *Ref, form Condition, args []types.Type) *Condition {
	if f.tryCondition(ref, &form, args) {
		return &form
	}
	params := ref.params()
	if params.Len() == 0 {
		return nil
	}
	first := params.At(0).Type()
	switch {
	case isContext(first):
		form.Leading = LeadingContext
	case isAttempt(first):
		form.Leading = LeadingAttempt
	default:
		return nil
	}
	if f.tryCondition(ref, &form, append([]types.Type{first}, args...)) {
		return &form
	}
	return nil
}

// tryCondition reports whether a condition can be called with args and returns what a condition returns.
func (f *finder) tryCondition(ref *Ref, form *Condition, args []types.Type) bool {
	result, ok := f.call(ref, args)
	if !ok || result == nil {
		return false
	}
	form.Ref = *ref
	return form.decides(result)
}

// decides reports whether a result is one of a condition: a bool, or a wait and a bool.
func (c *Condition) decides(result types.Type) bool {
	if types.Identical(result, types.Typ[types.Bool]) {
		return true
	}
	pair, ok := result.(*types.Tuple)
	c.Waits = ok && pair.Len() == 2 && values.IsNamed(pair.At(0).Type(), "time", "Duration") &&
		types.Identical(pair.At(1).Type(), types.Typ[types.Bool])
	return c.Waits
}

// calledCondition makes a condition of a call. It returns nil if the call is not possible, or does not decide.
func (s *fitter) calledCondition(ref *Ref, call *Call) *Condition {
	result, ok := s.callNamed(ref, call)
	if !ok || result == nil {
		return nil
	}
	c := &Condition{Ref: *ref, Call: call}
	for i := range s.fn.results() {
		c.Results = c.Results || call.Result(i)
	}
	if !c.decides(result) {
		return nil
	}
	return c
}

// discard resolves discard=.
func (s *fitter) discard() {
	setting := s.fn.Policy.Discard
	ref, call := s.callee("discard", setting)
	if ref == nil {
		return
	}
	if call != nil {
		if _, ok := s.callNamed(ref, call); !ok {
			s.uncallable("discard", setting.Value, ref, call, "a function")
			return
		}
		s.fn.Discard = &Discard{Ref: *ref, Call: call}
		return
	}
	s.fn.Discard = s.asDiscard(ref, s.fn.results())
	if s.fn.Discard == nil {
		s.unfit("discard", "discard=%s is %s; want a function of the results (%s)", setting.Value, s.describe(ref), s.tuple(s.fn.Sig.Results()))
	}
}

// asDiscard tries the forms of a discard function. It returns nil if none fits.
func (f *finder) asDiscard(ref *Ref, results []types.Type) *Discard {
	params := ref.params()
	if params.Len() == 0 {
		return nil
	}
	leading := []bool{false}
	if isContext(params.At(0).Type()) {
		leading = append(leading, true)
	}
	for _, context := range leading {
		for _, withError := range []bool{false, true} {
			args := slices.Clone(results)
			if context {
				args = append([]types.Type{params.At(0).Type()}, args...)
			}
			if withError {
				args = append(args, errorType)
			}
			if _, ok := f.call(ref, args); ok {
				return &Discard{Ref: *ref, Context: context, Error: withError}
			}
		}
	}
	return nil
}

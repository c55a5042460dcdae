package directive

import (
	"fmt"
	"go/token"
	"go/types"

	"github.com/retrygen/retrygen/internal/policy"
	"github.com/retrygen/retrygen/internal/values"
)

// Schedule is the function behind delay=, which is called before each wait.
type Schedule struct {
	Ref
	Call   *Call // nil for a bare name, which is called by Plain and Second
	Plain  bool  // it takes nothing, not even the number of the retry
	Second Second
}

// Second says what a schedule takes after the number of the retry.
type Second int

// What may come second.
const (
	SecondNothing Second = iota
	SecondError
	SecondAttempt
)

// delay resolves delay= with a name alone: a duration, a list of durations, or a function that is called before each wait.
func (s *fitter) delay() {
	delay := &s.fn.Policy.Delay
	if !s.fn.Policy.HasDelayFunc() {
		return
	}
	name := delay.Value.Func.Name
	ref, call := s.callee("delay", policy.Setting[policy.Callee]{State: delay.State, Value: delay.Value.Func, Pos: delay.Pos, Origin: delay.Origin})
	if ref == nil {
		return
	}
	if call != nil {
		s.calledSchedule(ref, call)
		return
	}
	s.fn.Schedule = s.asSchedule(ref)
	if s.fn.Schedule != nil {
		return
	}
	kind, err := s.alone(ref)
	if err != nil {
		s.problem(token.Pos(delay.Pos), "delay=%s%v", name, err)
		return
	}
	delay.Value = policy.Alone(kind, name)
	s.keep("delay", name, ref)
}

// calledSchedule makes a schedule of a call.
func (s *fitter) calledSchedule(ref *Ref, call *Call) {
	result, ok := s.callNamed(ref, call)
	if !ok || result == nil || !values.IsNamed(result, "time", "Duration") {
		s.uncallable("delay", s.fn.Policy.Delay.Value.Func, ref, call, "a function that returns a time.Duration")
		return
	}
	s.fn.Schedule = &Schedule{Ref: *ref, Call: call}
}

// asSchedule tries the forms of a schedule. It returns nil if none fits.
func (f *finder) asSchedule(ref *Ref) *Schedule {
	if !isFunction(ref.Type) {
		return nil
	}
	params := ref.params()
	schedule := &Schedule{Ref: *ref, Plain: params.Len() == 0}
	var args []types.Type
	if !schedule.Plain {
		args = append(args, types.Typ[types.Int])
	}
	if params.Len() > 1 {
		second := params.At(1).Type()
		schedule.Second = SecondError
		if isAttempt(second) {
			schedule.Second = SecondAttempt
			args = append(args, second)
		} else {
			args = append(args, errorType)
		}
	}
	if result, ok := f.call(ref, args); ok && result != nil && values.IsNamed(result, "time", "Duration") {
		return schedule
	}
	return nil
}

// alone says what a name that is no schedule is: a duration, or a list of durations. A function without parameters that
// returns a list is called. The error is the rest of a sentence that begins with the option.
func (f *finder) alone(ref *Ref) (policy.DelayKind, error) {
	written := f.describe(ref)
	if ref.isType() || isFunction(ref.Type) && !ref.call() {
		return 0, fmt.Errorf(notDelay, written)
	}
	if fits(policy.WantLength, ref.Type) {
		return policy.Fixed, nil
	}
	if slice, ok := ref.Type.Underlying().(*types.Slice); ok && fits(policy.WantLength, slice.Elem()) {
		return policy.Slice, nil
	}
	if unitless(ref.Type) {
		return 0, f.withoutUnit(ref)
	}
	return 0, fmt.Errorf(notDelay, written)
}

// notDelay is the problem of delay= with a name that is none.
const notDelay = " is %s; want a time.Duration, a []time.Duration or a func(retry int) time.Duration, " +
	"with a second parameter error or retry.Attempt if it needs one"

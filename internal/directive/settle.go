package directive

import (
	"fmt"
	"go/token"
	"go/types"
	"slices"
	"time"

	"github.com/retrygen/retrygen/internal/policy"
	"github.com/retrygen/retrygen/internal/values"
)

// settle decides the policy of a function from its stack of layers: which options apply, and what the names in them
// mean. An option that was written for this function and cannot apply to it is a problem; one that it only
// inherits is left out.
func (f *finder) settle(fn *Func, stack []layer) {
	fn.Policy = merge(stack)
	for _, l := range stack {
		if l.constant != nil && l.constant.Pkg() == f.Types && !slices.Contains(fn.Constants, l.constant) {
			fn.Constants = append(fn.Constants, l.constant)
		}
	}
	s := &settler{f, fn, stack}
	s.together()
	s.schedule()
	s.condition()
	s.matches("on", &fn.Policy.On, &fn.On, func(p *policy.Policy) policy.State { return p.On.State })
	s.matches("except", &fn.Policy.Except, &fn.Except, func(p *policy.Policy) policy.State { return p.Except.State })
	s.budget()
	s.notify()
	s.discard()
	s.timeout()
	s.flow()
	s.checkpoint()
	if !fn.Error && (fn.If == nil || !fn.If.Results) {
		f.problem(fn.Pos, "%s has no error result, so nothing says when to retry; let its last result be an error, or give if= a condition over its results", fn.Name)
	}
}

// settler settles one function.
type settler struct {
	*finder
	fn    *Func
	stack []layer
}

// unfit handles an option that cannot apply: it is a problem, or dropped where it is only inherited. The caller
// has to leave the option out in both cases.
func (s *settler) unfit(from *layer, pos int, format string, args ...any) {
	if !from.inherited {
		s.problem(token.Pos(pos), format, args...)
	}
}

// together reports options that cannot hold together, unless one of them is only inherited.
func (s *settler) together() {
	for _, p := range s.fn.Policy.Check() {
		if s.explicit(p.Pos) {
			s.report([]policy.Problem{p})
		}
	}
}

// explicit reports whether an option at pos was written for this very function.
func (s *settler) explicit(pos int) bool {
	for _, l := range s.stack {
		if !l.inherited && slices.Contains(l.policy.Positions(), pos) {
			return true
		}
	}
	return false
}

// name resolves the name in an option. It gives nil where there is none or where it cannot be used; an unresolved
// name is a problem wherever it comes from.
func (s *settler) name(option string, setting *policy.Setting[policy.Name], state func(*policy.Policy) policy.State) (*Ref, *layer) {
	if !setting.IsSet() {
		return nil, nil
	}
	from := origin(s.stack, state)
	ref, err := s.resolve(setting.Value, from.where)
	if err != nil {
		if !from.inherited || setting.Value[0] != '.' {
			s.problem(token.Pos(setting.Pos), "%s=%s: %v", option, setting.Value, err)
		}
		*setting = policy.Setting[policy.Name]{}
		return nil, nil
	}
	return ref, from
}

// schedule resolves delay=name.
func (s *settler) schedule() {
	delay := &s.fn.Policy.Delay
	if !delay.IsSet() || delay.Value.Kind != policy.Func {
		return
	}
	from := origin(s.stack, func(p *policy.Policy) policy.State { return p.Delay.State })
	ref, err := s.resolve(delay.Value.Func, from.where)
	if err != nil {
		s.problem(token.Pos(delay.Pos), "delay=%s: %v", delay.Value.Func, err)
		return
	}
	schedule := s.asSchedule(ref)
	if schedule == nil {
		s.problem(token.Pos(delay.Pos), "delay=%s is %s; want func(retry int) time.Duration, with a second parameter error or retry.Attempt if it needs one",
			delay.Value.Func, s.describe(ref))
		return
	}
	s.fn.Schedule = schedule
}

func (f *finder) asSchedule(ref *Ref) *Schedule {
	sig, ok := ref.Type.Underlying().(*types.Signature)
	if !ok || sig.Params().Len() == 0 {
		return nil
	}
	schedule := &Schedule{Ref: *ref}
	args := []types.Type{types.Typ[types.Int]}
	if sig.Params().Len() > 1 {
		second := sig.Params().At(1).Type()
		schedule.Second = SecondError
		if isAttempt(second) {
			schedule.Second = SecondAttempt
			args = append(args, second)
		} else {
			args = append(args, errorType)
		}
	}
	if result, ok := f.call(ref, args); ok && values.IsNamed(result, "time", "Duration") {
		return schedule
	}
	return nil
}

// matches resolves the entries of on= or except=.
func (s *settler) matches(option string, setting *policy.Setting[[]policy.ErrorName], into *[]Match, state func(*policy.Policy) policy.State) {
	if !setting.IsSet() {
		return
	}
	from := origin(s.stack, state)
	if !s.fn.Error {
		s.unfit(from, setting.Pos, "%s= on %s, which has no error result", option, s.fn.Name)
		*setting = policy.Setting[[]policy.ErrorName]{}
		return
	}
	for _, entry := range setting.Value {
		match, err := s.asMatch(entry, from.where)
		if err != nil {
			s.problem(token.Pos(setting.Pos), "%s=%s: %v", option, entry, err)
			continue
		}
		*into = append(*into, *match)
	}
}

// asMatch resolves one entry: a value of an error type, or an error type.
func (f *finder) asMatch(entry policy.ErrorName, where place) (*Match, error) {
	ref, err := f.resolve(entry.Name, where)
	if err != nil {
		return nil, err
	}
	errorInterface := errorType.Underlying().(*types.Interface)
	name, isType := ref.Object.(*types.TypeName)
	isType = isType && len(ref.Path) == 0
	if !isType {
		switch ref.Object.(type) {
		case *types.Var, *types.Const:
		default:
			return nil, fmt.Errorf("%s is no error value and no error type", entry.Name)
		}
		if entry.Pointer {
			return nil, fmt.Errorf("%s is a value; write it without the star", entry.Name)
		}
		if !types.Implements(ref.Type, errorInterface) {
			return nil, fmt.Errorf("%s is %s, which is no error", entry.Name, f.describe(ref))
		}
		return &Match{Ref: *ref}, nil
	}
	t := name.Type()
	if named, ok := types.Unalias(t).(*types.Named); ok && named.TypeParams().Len() > 0 && named.TypeArgs().Len() == 0 {
		return nil, fmt.Errorf("%s is a generic type; declare an alias of the instance that is meant, and name that", entry.Name)
	}
	pointer := types.NewPointer(t)
	if entry.Pointer {
		if !types.Implements(pointer, errorInterface) || types.IsInterface(t) {
			return nil, fmt.Errorf("*%s is no error: it has no method Error() string", entry.Name)
		}
		ref.Type = pointer
		return &Match{Ref: *ref, IsType: true}, nil
	}
	if !types.Implements(t, errorInterface) {
		if !types.IsInterface(t) && types.Implements(pointer, errorInterface) {
			return nil, fmt.Errorf("%s is no error, but *%s is; write *%s", entry.Name, entry.Name, entry.Name)
		}
		return nil, fmt.Errorf("%s is no error: it has no method Error() string", entry.Name)
	}
	return &Match{Ref: *ref, IsType: true}, nil
}

// budget resolves budget=.
func (s *settler) budget() {
	setting := &s.fn.Policy.Budget
	ref, _ := s.name("budget", setting, func(p *policy.Policy) policy.State { return p.Budget.State })
	if ref == nil {
		return
	}
	if _, ok := ref.Object.(*types.TypeName); ok || !values.IsPointerTo(ref.Type, RetryPath, "Budget") {
		s.problem(token.Pos(setting.Pos), "budget=%s is %s; want a variable of type *retry.Budget", setting.Value, s.describe(ref))
		return
	}
	s.fn.Budget = ref
}

// notify resolves notify=.
func (s *settler) notify() {
	setting := &s.fn.Policy.Notify
	ref, _ := s.name("notify", setting, func(p *policy.Policy) policy.State { return p.Notify.State })
	if ref == nil {
		return
	}
	sig, ok := ref.Type.Underlying().(*types.Signature)
	if !ok || sig.Params().Len() != 2 || sig.Results().Len() != 0 || sig.TypeParams().Len() != 0 ||
		!isContext(sig.Params().At(0).Type()) || !values.IsNamed(sig.Params().At(1).Type(), RetryPath, "Event") {
		s.problem(token.Pos(setting.Pos), "notify=%s is %s; want func(context.Context, retry.Event)", setting.Value, s.describe(ref))
		return
	}
	s.fn.Notify = ref
}

// timeout checks that an attempt can be given a context of its own.
func (s *settler) timeout() {
	setting := &s.fn.Policy.Timeout
	if !setting.IsSet() {
		return
	}
	from := origin(s.stack, func(p *policy.Policy) policy.State { return p.Timeout.State })
	why := ""
	if !s.fn.HasContext() {
		why = "takes no context, so an attempt cannot be told to stop; give it a context.Context parameter"
	}
	for v := range s.fn.Sig.Results().Variables() {
		if kind := outlives(v.Type()); kind != "" {
			why = "gives a " + kind + ", which goes on using the attempt's context after the call; take the timeout inside " + s.fn.Name
		}
	}
	if why != "" {
		s.unfit(from, setting.Pos, "timeout= cannot apply: %s %s", s.fn.Name, why)
		*setting = policy.Setting[time.Duration]{}
	}
}

// outlives names a result that a context must not be cancelled under, "" for any other.
func outlives(t types.Type) string {
	for _, name := range []string{"Rows", "Row", "Tx"} {
		if values.IsPointerTo(t, "database/sql", name) {
			return "*sql." + name
		}
	}
	for _, name := range []string{"Seq", "Seq2"} {
		if values.IsNamed(t, "iter", name) {
			return "iter." + name
		}
	}
	if _, ok := t.Underlying().(*types.Chan); ok {
		return "channel"
	}
	return ""
}

package directive

import (
	"go/token"
	"go/types"
	"slices"

	"github.com/retrygen/retrygen/internal/policy"
	"github.com/retrygen/retrygen/internal/values"
)

// fit decides the policy of a function from its stack of layers: which options apply, and what the names in them
// mean. An option that was written for this function and cannot apply to it is a problem; an inherited option that
// cannot apply is left out.
func (f *finder) fit(fn *Func, stack []layer) {
	fn.Policy = merge(stack)
	for _, l := range stack {
		if l.constant != nil && l.constant.Pkg() == f.Types && !slices.Contains(fn.Constants, l.constant) {
			fn.Constants = append(fn.Constants, l.constant)
		}
	}
	s := &fitter{f, fn, stack}
	s.needs()
	s.policyValue()
	s.numbers()
	s.together()
	s.condition()
	s.fn.On = s.matches("on", fn.Policy.On)
	s.fn.Except = s.matches("except", fn.Policy.Except)
	s.budget()
	s.guard()
	s.notify()
	s.discard()
	s.timeout()
	s.reset()
	s.flow()
	s.checkpoint()
	s.remote()
	if !fn.Error && (fn.If == nil || !fn.If.Results) {
		f.problem(fn.Pos, "%s has no error result, so nothing says when to retry; "+
			"let its last result be an error, or give if= a condition over its results", fn.Name)
	}
}

// fitter fits a policy to one function.
type fitter struct {
	*finder
	fn    *Func
	stack []layer
}

// skipped is an inherited option that could not apply to a function.
type skipped struct{ option, why string }

// unfit drops an option that cannot apply. That is a problem, unless the option is inherited.
func (s *fitter) unfit(option string, format string, args ...any) {
	e := s.fn.Policy.Entry(option)
	before := len(s.problems)
	s.problem(token.Pos(e.Pos), format, args...)
	if e.Origin.Inherited() {
		s.fn.skipped = append(s.fn.skipped, skipped{option, s.problems[before].Message})
		s.problems = s.problems[:before]
	}
	s.fn.Policy = s.fn.Policy.Without(e.Option)
}

// together reports options that cannot hold together, unless the option at fault is inherited.
func (s *fitter) together() {
	for _, p := range s.fn.Policy.Check() {
		if !p.Origin.Inherited() {
			s.report([]policy.Problem{p})
		}
	}
}

// needs drops the options that need something that the function does not have.
func (s *fitter) needs() {
	for e := range s.fn.Policy.Entries() {
		if why := s.lacks(e.Needs); why != "" && e.IsSet() {
			s.unfit(e.Name, "%s cannot apply: %s %s", e.Word(), s.fn.Name, why)
		}
	}
}

// lacks says which need of an option a function does not meet, "" if it meets all.
func (s *fitter) lacks(needs policy.Needs) string {
	switch {
	case needs.Has(policy.NeedsContext) && !s.fn.HasContext():
		return "takes no context, so an attempt cannot be told to stop; give it a context.Context parameter"
	case needs.Has(policy.NeedsContext) && s.fn.Foreign:
		return "takes " + s.foreign() + " as its context, so an attempt cannot be given another; give it a context.Context parameter"
	case needs.Has(policy.NeedsError) && !s.fn.Error:
		return "has no error result"
	case needs.Has(policy.NeedsResults) && len(s.fn.results()) == 0:
		return "has no results but its error, so there is nothing to release"
	}
	return ""
}

// foreign spells the type of a context that is not context.Context.
func (s *fitter) foreign() string {
	return types.TypeString(s.fn.Sig.Params().At(s.fn.Context).Type(), s.qualifier)
}

// results lists the types of the results, without the error.
func (fn *Func) results() []types.Type {
	var list []types.Type
	for v := range fn.Sig.Results().Variables() {
		list = append(list, v.Type())
	}
	if fn.Error {
		list = list[:len(list)-1]
	}
	return list
}

// scope returns where the names of an option resolve.
func (s *fitter) scope(o policy.Origin) scope { return s.stack[o.Layer].scope }

// name resolves the name in an option. It returns nil if there is no name, or if it cannot be used. A name that does not
// resolve is a problem, unless it names a member of the receiver and functions with other receivers inherit it, too.
func (s *fitter) name(option string, setting policy.Setting[policy.Name]) *Ref {
	return s.part(option, setting, string(setting.Value))
}

// part is name for a name that is a part of an option's value.
func (s *fitter) part(option string, setting policy.Setting[policy.Name], value string) *Ref {
	if !setting.IsSet() {
		return nil
	}
	ref, err := s.resolve(setting.Value, s.scope(setting.Origin))
	if err == nil {
		s.alike(option, string(setting.Value), ref, token.Pos(setting.Pos))
		return ref
	}
	if !setting.Origin.OfOthers() || !setting.Value.OfReceiver() {
		s.unresolved(token.Pos(setting.Pos), option, setting.Value, value, err)
	}
	s.fn.Policy = s.fn.Policy.Without(s.fn.Policy.Entry(option).Option)
	return nil
}

// callee resolves the function in an option, and the arguments if it is a call. It returns nil if it cannot be used.
func (s *fitter) callee(option string, setting policy.Setting[policy.Callee]) (*Ref, *Call) {
	f := setting.Value
	ref := s.name(option, policy.Setting[policy.Name]{State: setting.State, Value: f.Name, Pos: setting.Pos, Origin: setting.Origin})
	if ref == nil {
		return nil, nil
	}
	call, err := s.arguments(option, f, s.scope(setting.Origin))
	if err != nil {
		s.unfit(option, "%s=%s: %v", option, f, err)
		return nil, nil
	}
	if call != nil {
		for i, arg := range call.Args {
			s.alike(option, string(f.Args[i]), arg, token.Pos(setting.Pos))
		}
	}
	return ref, call
}

// unresolved reports a name that means nothing, or what was meant by the option's value.
func (f *finder) unresolved(pos token.Pos, option string, name policy.Name, value string, err error) {
	if meant := policy.Meant(option, value); meant != nil {
		f.problem(pos, "%v", meant)
		return
	}
	f.problem(pos, "%s=%s: %v", option, name, err)
}

// budget resolves budget=.
func (s *fitter) budget() {
	setting := s.fn.Policy.Budget
	ref := s.name("budget", setting)
	if ref == nil {
		return
	}
	if ref.isType() || !values.IsPointerTo(ref.Type, RetryPath, "Budget") {
		s.problem(token.Pos(setting.Pos), "budget=%s is %s; want a variable of type *retry.Budget", setting.Value, s.describe(ref))
		return
	}
	s.fn.Budget = ref
}

// notify resolves notify=.
func (s *fitter) notify() {
	setting := s.fn.Policy.Notify
	ref, call := s.callee("notify", setting)
	if ref == nil {
		return
	}
	if call != nil {
		if result, ok := s.callNamed(ref, call); !ok || result != nil {
			s.uncallable("notify", setting.Value, ref, call, "a function without results")
			return
		}
		s.fn.Notify = &Notify{*ref, call}
		return
	}
	if !isNotify(ref) {
		s.problem(token.Pos(setting.Pos), "notify=%s is %s; want func(context.Context, retry.Event)", setting.Value, s.describe(ref))
		return
	}
	s.fn.Notify = &Notify{Ref: *ref}
}

// isNotify reports whether a name is a function that takes a context and an event.
func isNotify(ref *Ref) bool {
	sig, ok := ref.Type.Underlying().(*types.Signature)
	return ok && sig.Params().Len() == 2 && sig.Results().Len() == 0 && sig.TypeParams().Len() == 0 &&
		isContext(sig.Params().At(0).Type()) && values.IsNamed(sig.Params().At(1).Type(), RetryPath, "Event")
}

// timeout checks that no result goes on using the context of an attempt.
func (s *fitter) timeout() {
	if !s.fn.Policy.Timeout.IsSet() {
		return
	}
	if kind := s.outliving(); kind != "" {
		s.unfit("timeout", "timeout= cannot apply: %s returns a %s, which goes on using the attempt's context after the call; "+
			"take the timeout inside %s",
			s.fn.Name, kind, s.fn.Name)
	}
}

// outliving names the first result whose context must not be cancelled, "" if there is none.
func (s *fitter) outliving() string {
	for v := range s.fn.Sig.Results().Variables() {
		if kind := outlives(v.Type()); kind != "" {
			return kind
		}
		if carriesContext(v.Type()) {
			return types.TypeString(v.Type(), s.qualifier)
		}
	}
	return ""
}

// outlives names a result whose context must not be cancelled, "" for any other.
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

// reset refuses reset= for flows, which count their attempts over processes.
func (s *fitter) reset() {
	if s.fn.Flow && s.fn.Policy.Reset.IsSet() {
		s.unfit("reset", "reset= cannot apply: %s is a flow, and its limit of attempts holds for all of its run; "+
			"let the task that lasts have reset=", s.fn.Name)
	}
}

// flow checks what a flow needs to carry a run.
func (s *fitter) flow() {
	if !s.fn.Flow {
		return
	}
	if s.fn.Foreign {
		s.problem(s.fn.Pos, "%s is a flow that takes %s as its context, which cannot carry its run; give it a context.Context parameter, "+
			"or make it a task", s.fn.Name, s.foreign())
	}
	if s.fn.Context < 0 {
		s.problem(s.fn.Pos, "%s is a flow without a context, which carries its run; "+
			"give it a context.Context parameter, or make it a task", s.fn.Name)
	}
	if !s.fn.Error {
		s.problem(s.fn.Pos, "%s is a flow without an error result, so it cannot say that its run cannot be opened; "+
			"let its last result be an error, or make it a task", s.fn.Name)
	}
}

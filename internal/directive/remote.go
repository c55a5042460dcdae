package directive

import (
	"go/token"
	"go/types"
	"strings"

	"github.com/retrygen/retrygen/internal/policy"
	"github.com/retrygen/retrygen/internal/values"
)

// Remote says how calls of a function are made in other processes.
type Remote struct {
	Describe string // the generated function that describes the task to a worker
}

// remote decides whether an engine may make the calls of a function.
func (s *fitter) remote() {
	setting := s.fn.Policy.Remote
	if !setting.IsSet() {
		return
	}
	if s.fn.Type != nil {
		s.unsent()
		return
	}
	if why := s.local(); why != "" {
		s.unfit("remote", "remote cannot apply to %s: %s", s.fn.Name, why)
		return
	}
	s.fn.Remote = &Remote{Describe: taskName(s.fn.Name, s.fn.Policy)}
}

// taskName is the name of the function that describes a task.
func taskName(function string, p policy.Policy) string { return p.As.ValueOr(function) + "Task" }

// unsent reports remote on a function type, also where it is inherited: no worker has the function.
func (s *fitter) unsent() {
	const captured = "what a function value captures is not seen, so no other process can call it"
	setting := s.fn.Policy.Remote
	if setting.Origin.Inherited() {
		s.problem(s.fn.Pos, "remote, which %s inherits, cannot apply to a function type: %s; write remote=none", s.fn.Name, captured)
	} else {
		s.problem(token.Pos(setting.Pos), "remote cannot apply to function type %s: %s", s.fn.Name, captured)
	}
	s.fn.Policy = s.fn.Policy.Without(s.fn.Policy.Entry("remote").Option)
}

// local says why calls of a function can only be made in place, "" if they can be made elsewhere.
func (s *fitter) local() string {
	if s.fn.Foreign {
		return "it takes " + s.foreign() + " as its context, which cannot carry an engine; give it a context.Context parameter"
	}
	if s.generic() {
		return "it has type parameters, so its name does not say which function a worker is to call; " +
			"annotate a function for each type that is wanted"
	}
	if s.contexts() > 1 {
		return "it takes several contexts, and a worker has one; take the others out"
	}
	if why := s.unremembered(); why != "" {
		return why
	}
	if s.fn.Self != nil && !s.fn.SaysKey() {
		return "another process cannot identify its receiver; add a method RetryKey() string to " + types.TypeString(s.base(), s.qualifier)
	}
	for _, i := range s.fn.Arguments() {
		v := s.fn.Sig.Params().At(i)
		if why := values.Inexact(v.Type(), s.Types, s.named(v, "parameter", i)); why != "" {
			return "its arguments cannot be sent: " + why
		}
	}
	if why := s.inexactResult(); why != "" {
		return "its results cannot be sent back: " + why
	}
	return s.unnamed()
}

// contexts counts the parameters that are contexts.
func (s *fitter) contexts() int {
	n := 0
	for v := range s.fn.Sig.Params().Variables() {
		if isContext(v.Type()) {
			n++
		}
	}
	return n
}

// generic reports whether the function, its receiver or the decorated interface has type parameters.
func (s *fitter) generic() bool {
	if s.fn.Sig.TypeParams().Len()+s.fn.Sig.RecvTypeParams().Len() > 0 {
		return true
	}
	named, ok := types.Unalias(s.fn.Self).(*types.Named)
	return ok && named.TypeParams().Len() > 0
}

// unnamed says which error of on= or except= the caller would not find in the error of a call, "" if it finds all.
func (s *fitter) unnamed() string {
	for _, m := range append(append([]Match(nil), s.fn.On...), s.fn.Except...) {
		switch {
		case m.IsType && types.IsInterface(m.Type):
			return types.TypeString(m.Type, s.qualifier) + " in its policy is an interface, and the caller cannot find it in the error of a call; " +
				"name the types that implement it, or decide with if="
		case !m.IsType && m.Root != RootObject:
			return "an error in its policy is not the same in the caller's process; name a variable of a package"
		}
	}
	return ""
}

// Makes lists the names of the functions that the directive makes for users to call: the wrapper, and the description of a
// remote task.
func (fn *Func) Makes() []string {
	if fn.Remote == nil {
		return []string{fn.Wrapper}
	}
	return []string{fn.Wrapper, fn.Remote.Describe}
}

// Recorded reports whether a later attempt of a flow finds the results of a call again: by a checkpoint, or by an engine.
// Durable ones are found beyond the process.
func (fn *Func) Recorded() (durable, ok bool) {
	return fn.Remote != nil || fn.Checkpoint != nil && fn.Checkpoint.Durable, fn.Remote != nil || fn.Checkpoint != nil
}

// FullName returns the name of a value or type with the import path of its package: "io.EOF", "*net/url.Error".
func (m *Match) FullName() string {
	if m.IsType {
		return types.TypeString(m.Type, values.PathOf)
	}
	return strings.Join(append([]string{values.PathOf(m.Object.Pkg()), m.Object.Name()}, m.names()...), ".")
}

// nameTask decides the name of the function that describes a task to a worker, which nothing else may have.
func (f *finder) nameTask(fn *Func) {
	if fn.Remote != nil {
		pos := token.Pos(fn.Policy.Remote.Pos)
		if fn.Policy.Remote.Origin.Inherited() {
			pos = fn.Pos
		}
		f.claimBeside(fn, pos, fn.Remote.Describe)
	}
}

// nameTasks reports functions that describe tasks, if the decorated interface has a method of the same name.
func (f *finder) nameTasks(d *Decorator) {
	for _, fn := range d.Methods {
		if fn.Remote == nil {
			continue
		}
		name := fn.Remote.Describe
		if object, _, _ := types.LookupFieldOrMethod(d.Object.Type(), true, f.Types, name); object != nil || name == d.Name && !d.Explicit {
			f.problem(fn.Pos, "remote cannot apply to %s: the decorator describes it by a method %s, but that is a name of %s already; "+
				"rename one of them", fn.Name, name, d.Name)
		}
	}
}

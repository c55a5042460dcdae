package directive

import (
	"go/token"
	"go/types"
	"slices"
	"strconv"

	"github.com/retrygen/retrygen/internal/values"
)

// Checkpoint says how a function's results are remembered within a flow run.
type Checkpoint struct {
	Durable bool // its calls and results can be kept by a store
}

// checkpoint decides whether results are remembered.
func (s *fitter) checkpoint() {
	setting := s.fn.Policy.Checkpoint
	if !setting.IsSet() {
		return
	}
	if s.fn.Type != nil {
		s.unrecorded()
		return
	}
	option, durable := "checkpoint", setting.Value == "durable"
	why := s.unremembered()
	if durable {
		option = "checkpoint=durable"
		if why == "" {
			why = s.undurable()
		}
	}
	if why != "" {
		s.unfit("checkpoint", "%s cannot apply to %s: %s", option, s.fn.Name, why)
		return
	}
	s.fn.Checkpoint = &Checkpoint{Durable: durable}
}

// unremembered says why the results of a function cannot be remembered, "" if they can.
func (s *fitter) unremembered() string {
	if s.fn.Foreign {
		return "it takes " + s.foreign() + " as its context, which cannot carry a flow run; give it a context.Context parameter"
	}
	if s.fn.Receiver != nil && !s.fn.Receiver.Pointer && !s.fn.SaysKey() {
		if slices.Contains(s.fn.Receiver.TypeParams, "_") {
			return "the receiver cannot be identified: a type parameter of it is blank; give it a name"
		}
		if why := values.Untold(s.fn.Self, s.Types, s.receiverName()); why != "" {
			return "the receiver cannot be identified: " + why
		}
	}
	for _, i := range s.fn.Arguments() {
		v := s.fn.Sig.Params().At(i)
		if why := values.Untold(v.Type(), s.Types, s.named(v, "parameter", i)); why != "" {
			return "its calls cannot be identified: " + why
		}
	}
	for i := range s.fn.Sig.Results().Len() {
		if v := s.fn.Sig.Results().At(i); usedUp(v.Type()) {
			return s.named(v, "result", i) + " is " + types.TypeString(v.Type(), s.qualifier) + ", " +
				"which cannot be used twice; read it within the task, and return what it holds"
		}
		if values.HoldsLock(s.fn.Sig.Results().At(i).Type()) {
			return "result " + types.TypeString(s.fn.Sig.Results().At(i).Type(), s.qualifier) + " " +
				"holds a lock, which cannot be copied; return a pointer to it"
		}
	}
	return ""
}

// undurable says why the calls or results of a function cannot be stored, "" if they can.
func (s *fitter) undurable() string {
	if s.fn.Self != nil && !s.fn.SaysKey() {
		return "another process cannot identify its receiver; add a method RetryKey() string to " + types.TypeString(s.base(), s.qualifier)
	}
	if why := s.inexactResult(); why != "" {
		return "its results cannot be stored: " + why
	}
	return ""
}

// inexactResult says which result JSON does not return equal, and why, "" if it returns all.
func (s *fitter) inexactResult() string {
	for i := range s.fn.Sig.Results().Len() - 1 {
		v := s.fn.Sig.Results().At(i)
		if why := values.Inexact(v.Type(), s.Types, s.named(v, "result", i)); why != "" {
			return why
		}
	}
	return ""
}

// base is the type whose method the function is, without a star.
func (s *fitter) base() types.Type {
	if pointer, ok := types.Unalias(s.fn.Self).(*types.Pointer); ok {
		return pointer.Elem()
	}
	return s.fn.Self
}

func (s *fitter) receiverName() string {
	if s.fn.Receiver.Name != "" {
		return s.fn.Receiver.Name
	}
	return s.fn.Receiver.Type
}

// named is what a message calls a parameter or result: its name, or its position.
func (s *fitter) named(v *types.Var, kind string, i int) string {
	if token.IsIdentifier(v.Name()) && v.Name() != "_" {
		return v.Name()
	}
	return kind + " " + strconv.Itoa(i+1)
}

// usedUp reports whether a value serves only one reader.
func usedUp(t types.Type) bool {
	return outlives(t) != "" || values.IsPointerTo(t, "net/http", "Response")
}

// Arguments lists the parameters that identify a call: all but contexts and attempts.
func (fn *Func) Arguments() []int {
	var list []int
	for i := range fn.Sig.Params().Len() {
		if t := fn.Sig.Params().At(i).Type(); !isContext(t) && !slices.Contains(fn.Attempts, i) {
			list = append(list, i)
		}
	}
	return list
}

// SaysKey reports whether the function's receiver, or the interface that is decorated, has a method that returns its
// key.
func (fn *Func) SaysKey() bool {
	if fn.Self == nil {
		return false
	}
	form, _ := values.FormOf(fn.Self, fn.pkg)
	return form == values.KeyedForm || form == values.KeyedPointer
}

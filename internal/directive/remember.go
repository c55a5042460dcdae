package directive

import (
	"fmt"
	"go/token"
	"go/types"
	"slices"
	"strconv"

	"github.com/retrygen/retrygen/internal/policy"
	"github.com/retrygen/retrygen/internal/values"
)

// Checkpoint says how a function's results are remembered within a flow run.
type Checkpoint struct {
	Durable bool // its calls and results can be kept by a store
}

// checkpoint decides whether results are remembered.
func (s *settler) checkpoint() {
	setting := &s.fn.Policy.Checkpoint
	if !setting.IsSet() {
		return
	}
	from := origin(s.stack, func(p *policy.Policy) policy.State { return p.Checkpoint.State })
	durable := setting.Value == "durable"
	why := s.unremembered()
	if why == "" && durable {
		why = s.undurable()
	}
	if why != "" {
		option := "checkpoint"
		if durable {
			option = "checkpoint=durable"
		}
		s.fn.unremembered = fmt.Sprintf("%s cannot apply to %s: %s", option, s.fn.Name, why)
		s.unfit(from, setting.Pos, "%s", s.fn.unremembered)
		*setting = policy.Setting[string]{}
		return
	}
	s.fn.Checkpoint = &Checkpoint{Durable: durable}
}

// unremembered says why the results of a function cannot be remembered, "" where they can.
func (s *settler) unremembered() string {
	if !s.fn.Error {
		return "it has no error result, so that a failure cannot be told from a success"
	}
	if s.fn.Receiver != nil && !s.fn.Receiver.Pointer && !s.fn.SaysKey() {
		if slices.Contains(s.fn.Receiver.TypeParams, "_") {
			return "the receiver cannot be told apart: a type parameter of it is blank; give it a name"
		}
		if why := values.Untold(s.fn.Self, s.Types, s.receiverName()); why != "" {
			return "the receiver cannot be told apart: " + why
		}
	}
	for _, i := range s.fn.Arguments() {
		v := s.fn.Sig.Params().At(i)
		if why := values.Untold(v.Type(), s.Types, s.named(v, "parameter", i)); why != "" {
			return "its calls cannot be told apart: " + why
		}
	}
	for i := range s.fn.Sig.Results().Len() {
		if v := s.fn.Sig.Results().At(i); usedUp(v.Type()) {
			return s.named(v, "result", i) + " is " + types.TypeString(v.Type(), s.qualifier) + ", which cannot be used twice; read it within the task, and give back what it holds"
		}
		if values.HoldsLock(s.fn.Sig.Results().At(i).Type()) {
			return "result " + types.TypeString(s.fn.Sig.Results().At(i).Type(), s.qualifier) + " holds a lock, which cannot be copied; give back a pointer to it"
		}
	}
	return ""
}

// undurable says why the calls or results of a function cannot be stored, "" where they can.
func (s *settler) undurable() string {
	if s.fn.Self != nil && !s.fn.SaysKey() {
		return "another process cannot tell its receiver apart; add a method RetryKey() string to " + types.TypeString(s.base(), s.qualifier)
	}
	for i := range s.fn.Sig.Results().Len() - 1 {
		v := s.fn.Sig.Results().At(i)
		if why := values.Inexact(v.Type(), s.Types, s.named(v, "result", i)); why != "" {
			return "its results cannot be stored: " + why
		}
	}
	return ""
}

// base is the type whose method the function is, without a star.
func (s *settler) base() types.Type {
	if pointer, ok := types.Unalias(s.fn.Self).(*types.Pointer); ok {
		return pointer.Elem()
	}
	return s.fn.Self
}

func (s *settler) receiverName() string {
	if s.fn.Receiver.Name != "" {
		return s.fn.Receiver.Name
	}
	return s.fn.Receiver.Type
}

// named is what a message calls a parameter or result: its name, or else its place.
func (s *settler) named(v *types.Var, kind string, i int) string {
	if token.IsIdentifier(v.Name()) && v.Name() != "_" {
		return v.Name()
	}
	return kind + " " + strconv.Itoa(i+1)
}

// usedUp reports whether a value serves one reader only.
func usedUp(t types.Type) bool {
	return outlives(t) != "" || values.IsPointerTo(t, "net/http", "Response")
}

// Arguments lists the parameters that a call is told apart by: all but contexts and attempts.
func (fn *Func) Arguments() []int {
	var list []int
	for i := range fn.Sig.Params().Len() {
		if t := fn.Sig.Params().At(i).Type(); !isContext(t) && !slices.Contains(fn.Attempts, i) {
			list = append(list, i)
		}
	}
	return list
}

// SaysKey reports whether the function's receiver, or the interface that is decorated, says itself what it is told
// apart by.
func (fn *Func) SaysKey() bool {
	if fn.Self == nil {
		return false
	}
	form, _ := values.FormOf(fn.Self, fn.pkg)
	return form == values.KeyedForm || form == values.KeyedPointer
}

// flow checks what a flow needs to carry a run.
func (s *settler) flow() {
	if !s.fn.Flow {
		return
	}
	if s.fn.Context < 0 {
		s.problem(s.fn.Pos, "%s is a flow without a context, which is what carries its run; give it a context.Context parameter, or make it a task", s.fn.Name)
	}
	if !s.fn.Error {
		s.problem(s.fn.Pos, "%s is a flow without an error result, so it cannot say that its run cannot be opened; let its last result be an error, or make it a task", s.fn.Name)
	}
}

package directive

import (
	"fmt"
	"go/token"
	"go/types"
)

// Guard is what is asked before each attempt.
type Guard struct {
	Ref
	Waits bool // its method is Wait; otherwise Allow
}

const wantGuard = "want a value with a method Allow() (done func(error), err error) or Wait(context.Context) error"

// guard resolves guard=.
func (s *fitter) guard() {
	setting := s.fn.Policy.Guard
	ref := s.name("guard", setting)
	if ref == nil {
		return
	}
	guard, err := s.asGuard(ref)
	if err != nil {
		s.problem(token.Pos(setting.Pos), "guard=%s%v", setting.Value, err)
		return
	}
	s.fn.Guard = guard
}

// asGuard finds the method by which a value guards attempts. A function without parameters is called, unless it has such a
// method itself. The error is the rest of a sentence that begins with the option.
func (f *finder) asGuard(ref *Ref) (*Guard, error) {
	if ref.isType() {
		return nil, fmt.Errorf(" is a type; %s", wantGuard)
	}
	written := f.describe(ref)
	allows, waits := f.guards(ref.Type)
	if !allows && !waits && ref.call() {
		allows, waits = f.guards(ref.Type)
	}
	switch {
	case allows && waits:
		return nil, fmt.Errorf(" is %s, which has both Allow and Wait; want a value with one of them", written)
	case allows || waits:
		return &Guard{*ref, waits}, nil
	}
	if why := f.nearGuard(ref.Type); why != "" {
		written += ", " + why
	}
	return nil, fmt.Errorf(" is %s; %s", written, wantGuard)
}

// guards reports which methods of guards a type has.
func (f *finder) guards(t types.Type) (allows, waits bool) {
	return isAllow(f.method(t, false, "Allow")), isWait(f.method(t, false, "Wait"))
}

// method returns the signature of a method, nil if there is none.
func (f *finder) method(t types.Type, addressable bool, name string) *types.Signature {
	object, _, _ := types.LookupFieldOrMethod(t, addressable, f.Types, name)
	if method, ok := object.(*types.Func); ok {
		return method.Signature()
	}
	return nil
}

// isAllow reports whether a signature is func() (func(error), error).
func isAllow(sig *types.Signature) bool {
	if sig == nil || sig.Params().Len() != 0 || sig.Results().Len() != 2 || !isError(sig.Results().At(1).Type()) {
		return false
	}
	done, ok := types.Unalias(sig.Results().At(0).Type()).(*types.Signature)
	return ok && !done.Variadic() && done.Params().Len() == 1 && isError(done.Params().At(0).Type()) && done.Results().Len() == 0
}

// isWait reports whether a signature is func(context.Context) error.
func isWait(sig *types.Signature) bool {
	return sig != nil && !sig.Variadic() && sig.Params().Len() == 1 && isContext(sig.Params().At(0).Type()) &&
		sig.Results().Len() == 1 && isError(sig.Results().At(0).Type())
}

// nearGuard says why a type is almost that of a guard, "" if it is not.
func (f *finder) nearGuard(t types.Type) string {
	if isAllow(f.method(t, true, "Allow")) || isWait(f.method(t, true, "Wait")) {
		return "whose methods need a pointer"
	}
	sig := f.method(t, false, "Allow")
	if sig == nil || sig.Results().Len() != 2 {
		return ""
	}
	why := "whose method Allow is " + types.TypeString(sig, f.qualifier)
	if done, ok := sig.Results().At(0).Type().(*types.Signature); ok && done.Params().Len() == 1 &&
		types.Identical(done.Params().At(0).Type(), types.Typ[types.Bool]) {
		why += " (sony/gobreaker has the other one since v2.4.0)"
	}
	return why
}

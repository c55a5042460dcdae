package directive

import (
	"fmt"
	"go/ast"
	"go/types"
	"slices"

	"github.com/retrygen/retrygen/internal/policy"
)

// scope is where names resolve.
type scope struct {
	pkg      *types.Package
	file     *ast.File  // whose imports count; nil for a constant of another package
	receiver types.Type // what a leading dot means; nil for nothing
	function bool       // the receiver is a function, from which nothing can be selected
	body     *Func      // the function whose body the names are read in, nil for names that several functions share
}

// in returns the scope of a directive on a function, whose names mean what they mean in the function's body.
func (s scope) in(fn *Func) scope {
	s.body, s.receiver, s.function = fn, fn.Self, fn.Type != nil
	return s
}

// inBody looks a name up among those that a function declares: its receiver, parameters and type parameters. Results have
// no value yet, and hide nothing. It returns nil if there is no such name, or if the scope is not in a function.
func (f *finder) inBody(name string, where scope) (*Ref, error) {
	fn := where.body
	if fn == nil || name == "_" {
		return nil, nil
	}
	if fn.Receiver != nil && fn.Receiver.Name == name {
		return &Ref{Root: RootReceiver, Type: where.receiver}, nil
	}
	for i := range fn.Sig.Params().Len() {
		if v := fn.Sig.Params().At(i); v.Name() == name {
			return parameter(v, i)
		}
	}
	for _, list := range []*types.TypeParamList{fn.Sig.RecvTypeParams(), fn.Sig.TypeParams()} {
		for param := range list.TypeParams() {
			if param.Obj().Name() == name {
				return refTo(param.Obj()), nil
			}
		}
	}
	return nil, nil
}

// parameter returns a ref to a parameter. One of type retry.Attempt is not a parameter of the wrapper.
func parameter(v *types.Var, i int) (*Ref, error) {
	if isAttempt(v.Type()) {
		const message = "%s is a retry.Attempt, which the wrapper makes for each attempt; let a function take one"
		return nil, fmt.Errorf(message, policy.Shown(v.Name()))
	}
	return &Ref{Root: RootParameter, Object: v, Param: i, Type: v.Type()}, nil
}

// isResult reports whether a name is a result of the function, which a directive cannot mean.
func (s scope) isResult(name string) bool {
	if s.body == nil {
		return false
	}
	for v := range s.body.Sig.Results().Variables() {
		if v.Name() == name && name != "_" {
			return true
		}
	}
	return false
}

// localNames lists the names that a function declares and that a directive may mean.
func (s scope) localNames() []string {
	if s.body == nil {
		return nil
	}
	var names []string
	if r := s.body.Receiver; r != nil {
		names = append(names, r.Name)
	}
	for v := range s.body.Sig.Params().Variables() {
		names = append(names, v.Name())
	}
	return slices.DeleteFunc(names, func(name string) bool { return name == "" || name == "_" })
}

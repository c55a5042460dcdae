package directive

import (
	"go/types"
	"slices"
)

// Ref is a resolved name: what it is rooted in, then fields and methods of that.
type Ref struct {
	Root     Root
	Object   types.Object // nil if the root is the receiver or a word
	Param    int          // the index of the parameter or result that is the root
	Called   bool         // the root is a function without parameters, and its result is meant
	Path     []Selector   // selected in turn
	Type     types.Type   // of the whole
	Constant bool
}

// Root is what a name begins with.
type Root uint8

// The roots.
const (
	RootObject    Root = iota // an object of a package, of the language, or a type parameter
	RootReceiver              // the receiver, or the interface that is decorated
	RootParameter             // a parameter of the function
	RootResult                // a result of the latest attempt
	RootContext               // the context of the call
	RootAttempt               // the attempt that has just ended
	RootRetry                 // the number of the coming retry
	RootWait                  // the wait before the coming retry
	RootEvent                 // the event of the coming retry
)

// Selector is one step of a path.
type Selector struct {
	Name    string
	Called  bool         // it is a method or a field that holds a function, without parameters, and its result is meant
	From    types.Type   // what it is selected from
	Through []*types.Var // the embedded fields that it is promoted through
}

// addressable reports whether the value is a variable or part of one, rather than what a call returns.
func (r *Ref) addressable() bool {
	value := !r.Called
	for _, s := range r.Path {
		embedded := slices.ContainsFunc(s.Through, func(v *types.Var) bool { return isPointer(v.Type()) })
		value = !s.Called && (value || embedded || isPointer(s.From))
	}
	return value
}

func isPointer(t types.Type) bool {
	_, ok := t.Underlying().(*types.Pointer)
	return ok
}

// names lists the names of the path.
func (r *Ref) names() []string {
	var list []string
	for _, s := range r.Path {
		list = append(list, s.Name)
	}
	return list
}

// call makes a ref to a function without parameters and with one result a ref to that result. It reports false if the ref
// is anything else.
func (r *Ref) call() bool {
	sig, ok := r.Type.Underlying().(*types.Signature)
	if !ok || r.isType() || sig.Params().Len() > 0 || sig.Results().Len() != 1 || sig.TypeParams().Len() > 0 && len(r.Path) == 0 {
		return false
	}
	if len(r.Path) == 0 {
		r.Called = true
	} else {
		r.Path[len(r.Path)-1].Called = true
	}
	r.Type = sig.Results().At(0).Type()
	return true
}

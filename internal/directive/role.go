package directive

import (
	"go/types"
	"slices"

	"github.com/retrygen/retrygen/internal/values"
)

// Roles says which parameters and results of a signature the loop has a use for.
type Roles struct {
	Context   int   // index of the context parameter, -1 for none
	Foreign   bool  // its type is not context.Context, so that no other context can take its place
	Requests  []int // indices of the *http.Request parameters
	Seekers   []int // indices of the parameters that can be read and rewound
	Attempts  []int // indices of the retry.Attempt parameters
	Responses []int // indices of the *http.Response results
	Readers   []int // indices of the io.ReadCloser results
	Closers   []int // indices of other results that may go on using a context until they are closed or called
	Error     bool  // the last result is an error
}

// HasContext reports whether a context reaches the function: as a parameter, or within a request.
func (r *Roles) HasContext() bool { return r.Context >= 0 || len(r.Requests) > 0 }

// Held reports whether the context of an attempt does not end before a result is closed or no longer used.
func (r *Roles) Held(result int) bool {
	return slices.Contains(r.Responses, result) || slices.Contains(r.Readers, result) || slices.Contains(r.Closers, result)
}

func isContext(t types.Type) bool { return values.IsNamed(t, "context", "Context") }
func isAttempt(t types.Type) bool { return values.IsNamed(t, RetryPath, "Attempt") }
func isError(t types.Type) bool   { return types.Identical(t, errorType) }

var (
	errorType = types.Universe.Lookup("error").Type()
	anyType   = types.Universe.Lookup("any").Type()
)

// rolesOf says what the loop can use in a signature.
func rolesOf(sig *types.Signature) Roles {
	params := slices.Collect(sig.Params().Variables())
	if sig.Variadic() {
		params = params[:len(params)-1]
	}
	var r Roles
	r.Context = slices.IndexFunc(params, func(v *types.Var) bool { return isContext(v.Type()) })
	if r.Context < 0 {
		r.Context = slices.IndexFunc(params, func(v *types.Var) bool { return implementsContext(v.Type()) })
		r.Foreign = r.Context >= 0
	}
	for i, v := range params {
		switch t := v.Type(); {
		case i == r.Context:
		case values.IsPointerTo(t, "net/http", "Request"):
			r.Requests = append(r.Requests, i)
		case isAttempt(t):
			r.Attempts = append(r.Attempts, i)
		case implementsReadSeeker(t):
			r.Seekers = append(r.Seekers, i)
		}
	}
	for i := range sig.Results().Len() {
		switch t := sig.Results().At(i).Type(); {
		case values.IsPointerTo(t, "net/http", "Response"):
			r.Responses = append(r.Responses, i)
		case isReadCloser(t):
			r.Readers = append(r.Readers, i)
		case lasts(t):
			r.Closers = append(r.Closers, i)
		}
	}
	if n := sig.Results().Len(); n > 0 {
		r.Error = isError(sig.Results().At(n - 1).Type())
	}
	return r
}

// implementsContext reports whether a type is a context, as the context types of frameworks are.
func implementsContext(t types.Type) bool {
	_, done := methodOf(t, "Done", 0, 1)
	_, err := methodOf(t, "Err", 0, 1)
	_, deadline := methodOf(t, "Deadline", 0, 2)
	param, value := methodOf(t, "Value", 1, 1)
	if done == nil || err == nil || deadline == nil || value == nil {
		return false
	}
	channel, ok := done[0].Underlying().(*types.Chan)
	return ok && channel.Dir() == types.RecvOnly && types.Identical(channel.Elem(), types.NewStruct(nil, nil)) && isError(err[0]) &&
		values.IsNamed(deadline[0], "time", "Time") && types.Identical(deadline[1], types.Typ[types.Bool]) &&
		types.Identical(param[0], anyType) && types.Identical(value[0], anyType)
}

// implementsReadSeeker reports whether a type can be read and put back to where it stood.
func implementsReadSeeker(t types.Type) bool {
	params, results := methodOf(t, "Seek", 2, 2)
	return implementsReader(t) && results != nil &&
		types.Identical(params[0], types.Typ[types.Int64]) && types.Identical(params[1], types.Typ[types.Int]) &&
		types.Identical(results[0], types.Typ[types.Int64]) && isError(results[1])
}

func implementsReader(t types.Type) bool {
	params, results := methodOf(t, "Read", 1, 2)
	return results != nil && types.Identical(params[0], types.NewSlice(types.Typ[types.Byte])) &&
		types.Identical(results[0], types.Typ[types.Int]) && isError(results[1])
}

// isReadCloser reports whether a type is an interface with the methods of io.ReadCloser and no others, so that another
// reader can take the place of a value.
func isReadCloser(t types.Type) bool {
	if _, ok := types.Unalias(t).(*types.TypeParam); ok {
		return false
	}
	iface, ok := t.Underlying().(*types.Interface)
	if !ok || iface.NumMethods() != 2 || !iface.IsMethodSet() || !implementsReader(t) {
		return false
	}
	_, results := methodOf(t, "Close", 0, 1)
	return results != nil && isError(results[0])
}

// lasts reports whether a value may go on using a context: it can be closed, it can be called, it is a context itself, or
// it holds a reader that can be closed, such as the body in an answer of an object store.
func lasts(t types.Type) bool {
	if _, ok := types.Unalias(t).(*types.TypeParam); ok {
		return false
	}
	if hasClose(t) || implementsContext(t) {
		return true
	}
	u := t.Underlying()
	if pointer, ok := u.(*types.Pointer); ok {
		u = pointer.Elem().Underlying()
	}
	switch u := u.(type) {
	case *types.Signature:
		return true
	case *types.Slice:
		return hasClose(u.Elem())
	case *types.Map:
		return hasClose(u.Elem())
	case *types.Struct:
		for field := range u.Fields() {
			if hasClose(field.Type()) && implementsReader(field.Type()) {
				return true
			}
		}
	}
	return false
}

// hasClose reports whether a type has a method Close without parameters.
func hasClose(t types.Type) bool {
	object, _, _ := types.LookupFieldOrMethod(t, false, nil, "Close")
	method, ok := object.(*types.Func)
	return ok && method.Signature().Params().Len() == 0
}

// carriesContext reports whether a type has a method that returns a context: it goes on using the context that it was
// made with.
func carriesContext(t types.Type) bool {
	_, results := methodOf(t, "Context", 0, 1)
	return results != nil && isContext(results[0])
}

// methodOf returns the types of the parameters and results of a method, nil if the type has no such method or it has
// another number of them.
func methodOf(t types.Type, name string, params, results int) (in, out []types.Type) {
	object, _, _ := types.LookupFieldOrMethod(t, false, nil, name)
	method, ok := object.(*types.Func)
	if !ok {
		return nil, nil
	}
	sig := method.Signature()
	if sig.Params().Len() != params || sig.Results().Len() != results || sig.Variadic() {
		return nil, nil
	}
	for v := range sig.Params().Variables() {
		in = append(in, v.Type())
	}
	for v := range sig.Results().Variables() {
		out = append(out, v.Type())
	}
	return in, out
}

package render

import (
	"go/types"
	"slices"

	"github.com/retrygen/retrygen/internal/directive"
)

// function writes the wrapper of a function or method.
func (f *file) function(fn *directive.Func) {
	w := f.newWrapper(fn, f.receiverOf(fn))
	w.write(fn.Wrapper, (*frame).functionDoc)
}

// receiverOf describes the receiver of a method, nil for a function.
func (f *file) receiverOf(fn *directive.Func) *holder {
	if fn.Receiver == nil {
		return nil
	}
	if fn.Type != nil {
		return f.closureHolder(fn)
	}
	h := &holder{
		name: fn.Receiver.Type, pointer: fn.Receiver.Pointer, receiver: written(fn.Receiver.Name),
		link: fn.Receiver.Type, typ: fn.Sig.Recv().Type(),
		params: slices.Collect(fn.Sig.RecvTypeParams().TypeParams()),
	}
	if fn.Receiver.Name == "" {
		h.receiver = &name{want: letter(fn.Receiver.Type), instead: lower(fn.Receiver.Type)}
	}
	return h
}

// assign assigns results to the locals, declaring those that are not declared yet.
func (fr *frame) assign(value code) stmt {
	var left []code
	operator := " = "
	for i, n := range fr.locals {
		if fr.declared[i] {
			left = append(left, join(n))
			continue
		}
		operator = " := "
		left = append(left, join(declare(n)))
		fr.declared[i] = true
	}
	return line(commas(left), operator, value)
}

// values lists the locals.
func (fr *frame) values() []code {
	var list []code
	for _, n := range fr.locals {
		list = append(list, join(n))
	}
	return list
}

// arguments lists what the function is called with. Entries of instead replace parameters.
func (fr *frame) arguments(attempt code, instead map[int]code) []code {
	var args []code
	for i := range fr.fn.Sig.Params().Len() {
		arg := join(fr.params[i])
		switch {
		case instead[i] != nil:
			arg = instead[i]
		case attempt != nil && slices.Contains(fr.fn.Attempts, i):
			arg = attempt
		}
		if fr.fn.Sig.Variadic() && i == fr.fn.Sig.Params().Len()-1 {
			arg = join(arg, "...")
		}
		args = append(args, arg)
	}
	return args
}

// call writes a call of the wrapped function, or of a helper.
func (fr *frame) call(helper string, args []code) code {
	text := helper
	if helper == "" {
		text = fr.fn.Name
	}
	var callee code
	switch {
	case fr.holder == nil:
		callee = join(fr.local(text))
	case helper == "" && fr.fn.Type != nil:
		callee = join(fr.receiver)
	case helper != "":
		callee = join(fr.receiver, "."+text)
	default:
		callee = join(fr.self(), "."+text)
	}
	types := fr.typeNames(slices.Collect(fr.fn.Sig.TypeParams().TypeParams()))
	return call(join(callee, brackets(types)), args...)
}

// self writes the value that a leading dot in a directive selects from: the receiver, or the decorated interface.
func (fr *frame) self() code {
	if fr.holder.field != "" {
		return join(fr.receiver, "."+fr.holder.field)
	}
	return join(fr.receiver)
}

// ctx writes the context of the call.
func (fr *frame) ctx() code {
	if fr.context != nil && fr.pointsToContext() {
		return call(fr.loop("ContextOf"), join(fr.context))
	}
	if fr.context != nil {
		return join(fr.context)
	}
	first := fr.fn.Requests[0]
	if given := fr.given[first]; given != nil {
		return call(fr.http("Context"), join(given))
	}
	return call(fr.http("Context"), join(fr.params[first]))
}

// pointsToContext reports whether the context is a pointer, which may be nil.
func (fr *frame) pointsToContext() bool {
	if !fr.fn.Foreign {
		return false
	}
	_, ok := types.Unalias(fr.fn.Sig.Params().At(fr.fn.Context).Type()).(*types.Pointer)
	return ok
}

// err is the local that holds the error, nil for a function without one.
func (fr *frame) err() code {
	if !fr.fn.Error {
		return fr.null()
	}
	return join(fr.locals[len(fr.locals)-1])
}

// null is the nil error. Where the package hides nil, it is a variable.
func (fr *frame) null() code {
	if !fr.hides("nil") {
		return join(fr.predeclared("nil"))
	}
	if fr.none == nil {
		fr.none = invented("none")
	}
	return join(fr.none)
}

// prelude declares what a body needs where the package hides nil.
func (fr *frame) prelude() []stmt {
	if fr.none == nil {
		return nil
	}
	t := types.Universe.Lookup("error").Type()
	if fr.fn.Error {
		t = fr.fn.Sig.Results().At(fr.plain()).Type()
	}
	return []stmt{line("var ", declare(fr.none), " ", fr.typeOf(t))}
}

// ref writes what a name in the policy means.
func (fr *frame) ref(ref *directive.Ref) code { return fr.selections(fr.root(ref), ref) }

// root writes what a name begins with.
func (fr *frame) root(ref *directive.Ref) code {
	var c code
	switch {
	case ref.Root == directive.RootReceiver:
		c = fr.self()
	case ref.Root == directive.RootParameter:
		c = join(fr.params[ref.Param])
	case ref.Object.Pkg() == nil:
		c = join(fr.predeclared(ref.Object.Name()))
	case ref.Object.Pkg() == fr.Types:
		c = join(fr.local(ref.Object.Name()))
	default:
		c = fr.selected(ref.Object.Pkg().Path(), ref.Object.Pkg().Name(), ref.Object.Name())
	}
	if ref.Called {
		c = call(c)
	}
	return c
}

// selections writes what a name selects from its root.
func (fr *frame) selections(c code, ref *directive.Ref) code {
	for _, selector := range ref.Path {
		c = join(c, "."+selector.Name)
		if selector.Called {
			c = call(c)
		}
	}
	return c
}

// zeros writes the zero values of some results, with declarations where a value takes one.
func (fr *frame) zeros(which []int) (list []code, before []stmt) {
	vars := map[types.Type]*name{}
	for _, i := range which {
		t := fr.fn.Sig.Results().At(i).Type()
		if literal := fr.zero(t); literal != nil {
			list = append(list, literal)
			continue
		}
		if vars[t] == nil {
			vars[t] = invented("zero")
			before = append(before, line("var ", declare(vars[t]), " ", fr.typeOf(t)))
		}
		list = append(list, join(vars[t]))
	}
	return list, before
}

// varies reports whether a type may be another on another platform: one of a package that declares types more than once.
func (fr *frame) varies(t types.Type) bool {
	var object types.Object
	switch t := t.(type) {
	case *types.Named:
		object = t.Obj()
	case *types.Alias:
		object = t.Obj()
	}
	return fr.varying && object != nil && object.Pkg() == fr.Types
}

// zero writes the zero value of a type, nil where it takes a variable.
func (fr *frame) zero(t types.Type) code {
	if _, ok := types.Unalias(t).(*types.TypeParam); ok || fr.varies(t) {
		return nil
	}
	switch u := t.Underlying().(type) {
	case *types.Basic:
		switch {
		case u.Info()&types.IsBoolean != 0 && fr.hides("false"):
			return nil
		case u.Info()&types.IsBoolean != 0:
			return join(fr.predeclared("false"))
		case u.Info()&types.IsNumeric != 0:
			return join("0")
		case u.Info()&types.IsString != 0:
			return join(`""`)
		}
	case *types.Struct, *types.Array:
		return join(fr.typeOf(t), "{}")
	}
	if fr.hides("nil") {
		return nil
	}
	return join(fr.predeclared("nil"))
}

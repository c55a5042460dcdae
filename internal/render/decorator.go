package render

import (
	"go/types"
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/retrygen/retrygen/internal/directive"
)

// decorator writes the struct that implements an interface over a value of it, with the methods that are retried.
func (f *file) decorator(d *directive.Decorator) []jen.Code {
	params, names := f.typeParams(d.TypeParams()), f.typeNames(d.TypeParams())
	instance := func(name string) *jen.Statement {
		s := jen.Id(name)
		if len(names) > 0 {
			s.Types(names...)
		}
		return s
	}
	field, embedded := d.Name, instance(d.Name)
	if d.Explicit {
		field = innerName(d)
		embedded = jen.Id(field).Add(instance(d.Name))
	}
	declared := comment(decoratorDoc(d)).Type().Id(d.Wrapper)
	if len(params) > 0 {
		declared.Types(params...)
	}
	code := []jen.Code{declared.Struct(embedded)}
	if d.Explicit {
		code = append(code, f.constructor(d, field, params, instance))
	}
	for _, method := range d.Methods {
		code = append(code, f.decorated(d, method, field, instance(d.Wrapper))...)
	}
	for _, method := range d.Others {
		code = append(code, f.passed(d, method, field, instance(d.Wrapper)))
	}
	return code
}

// innerName names the field of an explicit decorator, which no method may bear.
func innerName(d *directive.Decorator) string {
	taken := map[string]bool{d.Name: true}
	for _, m := range d.Methods {
		taken[m.Name] = true
	}
	for _, m := range d.Others {
		taken[m.Name()] = true
	}
	name := "next"
	for taken[name] {
		name += "_"
	}
	return name
}

func (f *file) constructor(d *directive.Decorator, field string, params []jen.Code, instance func(string) *jen.Statement) jen.Code {
	s := comment(d.Constructor() + " gives a decorator of next.").Func().Id(d.Constructor())
	if len(params) > 0 {
		s.Types(params...)
	}
	return s.Params(jen.Id("next").Add(instance(d.Name))).Add(instance(d.Wrapper)).
		Block(jen.Return(instance(d.Wrapper).Values(jen.Id(field).Op(":").Id("next"))))
}

// decorated writes a method that is retried.
func (f *file) decorated(d *directive.Decorator, fn *directive.Func, field string, holder *jen.Statement) []jen.Code {
	w := f.newWrapper(fn, receiverName(d))
	w.callee = jen.Id(w.receiver).Dot(field)
	return w.write(holder, fn.Name, w.methodDoc())
}

// passed writes a method that only passes its call on.
func (f *file) passed(d *directive.Decorator, method *types.Func, field string, holder *jen.Statement) jen.Code {
	fn := &directive.Func{Name: method.Name(), Sig: method.Signature(), Roles: directive.Roles{Context: -1}}
	w := f.newWrapper(fn, receiverName(d))
	w.callee = jen.Id(w.receiver).Dot(field)
	call := w.call("", w.arguments(nil, nil))
	s := comment(method.Name() + " passes the call on.").Add(w.declaration(holder, method.Name(), true))
	if method.Signature().Results().Len() == 0 {
		return s.Block(call)
	}
	return s.Block(jen.Return(call))
}

// receiverName is what the methods of a decorator call it.
func receiverName(d *directive.Decorator) string { return strings.ToLower(d.Wrapper[:1]) }

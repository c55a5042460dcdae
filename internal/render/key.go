package render

import (
	"go/types"
	"maps"
	"slices"

	"github.com/dave/jennifer/jen"

	"github.com/retrygen/retrygen/internal/values"
)

// keyTarget is a key that values are added to: a variable, or a parameter that points to one.
type keyTarget struct{ value, pointer *jen.Statement }

func keyVariable(name string) keyTarget  { return keyTarget{jen.Id(name), jen.Op("&").Id(name)} }
func keyParameter(name string) keyTarget { return keyTarget{jen.Id(name), jen.Id(name)} }

// add calls a method of the key.
func (k keyTarget) add(method string, args ...jen.Code) *jen.Statement {
	return k.value.Clone().Dot(method).Call(args...)
}

// keyHelper is a function that adds the values of one declared type to a key.
type keyHelper struct {
	t    *types.Named
	name string
}

// keyParts adds all that a call is told apart by: type arguments, the receiver, then the arguments. Of a flow it
// leaves out what cannot be told apart.
func (w *wrapper) keyParts(key string) []jen.Code {
	s := w.receiverParts(key)
	for _, i := range w.fn.Arguments() {
		if t := w.fn.Sig.Params().At(i).Type(); values.Told(t, w.Types) {
			s = append(s, w.keyOf(keyVariable(key), jen.Id(w.params[i]), t)...)
		}
	}
	return s
}

// keyOf writes what adds a value, which is addressable, to a key.
func (w *wrapper) keyOf(k keyTarget, v *jen.Statement, t types.Type) []jen.Code {
	t = types.Unalias(t)
	form, _ := values.FormOf(t, w.Types)
	switch form {
	case values.BasicForm:
		return []jen.Code{w.keyOfBasic(k, v, t)}
	case values.BytesForm:
		return []jen.Code{k.add("Bytes", v)}
	case values.PointerForm:
		inner := w.keyOfTarget(k, v, t.Underlying().(*types.Pointer).Elem())
		return ifAny(k.add("Has", v.Clone().Op("!=").Nil()), inner)
	case values.SliceForm:
		size := k.add("Len", jen.Len(v.Clone()), v.Clone().Op("==").Nil())
		return ifAny(size, w.keyOfElements(k, v, t.Underlying().(*types.Slice).Elem()))
	case values.ArrayForm:
		return w.keyOfElements(k, v, t.Underlying().(*types.Array).Elem())
	case values.MapForm:
		return w.keyOfMap(k, v, t.Underlying().(*types.Map))
	case values.StructForm:
		return w.keyOfStruct(k, v, t)
	case values.ParameterForm:
		return []jen.Code{w.imported(loopPath, "retryloop", "AddBasic").Call(k.pointer.Clone(), v)}
	}
	leaf := leaves[form]
	if leaf.address {
		v = jen.Op("&").Add(v)
	}
	return []jen.Code{k.add(leaf.method, v)}
}

// ifAny writes a condition and what is done where it holds, or the condition alone where there is nothing to do.
func ifAny(condition *jen.Statement, then []jen.Code) []jen.Code {
	if len(then) == 0 {
		return []jen.Code{condition}
	}
	return []jen.Code{jen.If(condition).Block(then...)}
}

// leaves are the methods of a key that take whole values.
var leaves = map[values.Form]struct {
	method  string
	address bool
}{
	values.KeyedForm: {"Keyed", false}, values.KeyedPointer: {"Keyed", true},
	values.MarshaledForm: {"Marshaled", false}, values.MarshaledPointer: {"Marshaled", true},
	values.TimeForm: {"Time", false}, values.URLForm: {"URL", true}, values.UserinfoForm: {"Userinfo", true},
}

// keyOfTarget adds what a pointer points to.
func (w *wrapper) keyOfTarget(k keyTarget, pointer *jen.Statement, t types.Type) []jen.Code {
	form, _ := values.FormOf(t, w.Types)
	if leaves[form].address {
		return []jen.Code{k.add(leaves[form].method, pointer)}
	}
	if u, ok := types.Unalias(t).(*types.Struct); ok {
		return w.keyOfFields(k, pointer, u)
	}
	target := jen.Op("*").Add(pointer)
	if _, ok := t.Underlying().(*types.Pointer); ok {
		target = jen.Parens(target) // fields may be selected from it
	}
	return w.keyOf(k, target, t)
}

// keyOfBasic adds a value of a basic type, converted to the widest of its kind.
func (w *wrapper) keyOfBasic(k keyTarget, v *jen.Statement, t types.Type) jen.Code {
	basic := t.Underlying().(*types.Basic)
	method, wide := "String", types.String
	switch info := basic.Info(); {
	case info&types.IsBoolean != 0:
		method, wide = "Bool", types.Bool
	case info&types.IsUnsigned != 0:
		method, wide = "Uint", types.Uint64
	case info&types.IsInteger != 0:
		method, wide = "Int", types.Int64
	case basic.Kind() == types.Float32:
		method, wide = "Float32", types.Float32
	case info&types.IsFloat != 0:
		method, wide = "Float", types.Float64
	case basic.Kind() == types.Complex64:
		method, wide = "Complex64", types.Complex64
	case info&types.IsComplex != 0:
		method, wide = "Complex", types.Complex128
	}
	if !types.Identical(t, types.Typ[wide]) {
		v = jen.Id(types.Typ[wide].Name()).Call(v)
	}
	return k.add(method, v)
}

// keyOfElements adds the elements of a slice or array, nothing where all values of their type are the same.
func (w *wrapper) keyOfElements(k keyTarget, v *jen.Statement, t types.Type) []jen.Code {
	defer w.block()()
	elem := w.fresh("elem")
	inner := w.keyOf(k, jen.Id(elem), t)
	if len(inner) == 0 {
		return nil
	}
	return []jen.Code{jen.For(jen.List(jen.Id("_"), jen.Id(elem)).Op(":=").Range().Add(v)).Block(inner...)}
}

// keyOfMap adds the entries of a map.
func (w *wrapper) keyOfMap(k keyTarget, v *jen.Statement, m *types.Map) []jen.Code {
	defer w.block()()
	entry, value := w.fresh("entry"), w.fresh("value")
	keys, values := w.keyOf(k, jen.Id(entry), m.Key()), w.keyOf(k, jen.Id(value), m.Elem())
	loop := jen.For(jen.List(jen.Id(entry), jen.Id(value)).Op(":=").Range().Add(v))
	switch {
	case len(keys) == 0 && len(values) == 0:
		return []jen.Code{k.add("Len", jen.Len(v.Clone()), v.Clone().Op("==").Nil())}
	case len(keys) == 0:
		loop = jen.For(jen.List(jen.Id("_"), jen.Id(value)).Op(":=").Range().Add(v))
	case len(values) == 0:
		loop = jen.For(jen.Id(entry).Op(":=").Range().Add(v))
	}
	size := k.add("Map", jen.Len(v.Clone()), v.Clone().Op("==").Nil())
	inner := slices.Concat([]jen.Code{k.add("Entry")}, keys, values)
	return []jen.Code{jen.If(size).Block(loop.Block(inner...), k.add("EndMap"))}
}

// keyOfStruct adds the fields of a struct, those of a declared type by a helper of its own.
func (w *wrapper) keyOfStruct(k keyTarget, v *jen.Statement, t types.Type) []jen.Code {
	if named, ok := t.(*types.Named); ok {
		return []jen.Code{w.call(w.keyHelper(named), []jen.Code{k.pointer.Clone(), v})}
	}
	return w.keyOfFields(k, v, t.Underlying().(*types.Struct))
}

func (w *wrapper) keyOfFields(k keyTarget, v *jen.Statement, u *types.Struct) []jen.Code {
	var s []jen.Code
	for field := range u.Fields() {
		if field.Name() != "_" {
			s = append(s, w.keyOf(k, v.Clone().Dot(field.Name()), field.Type())...)
		}
	}
	return s
}

// keyHelper gives the name of the helper for a declared type.
func (w *wrapper) keyHelper(t *types.Named) string {
	for _, h := range w.keys {
		if types.Identical(h.t, t) {
			return h.name
		}
	}
	name := w.nameHelper("key" + upper(t.Obj().Name()) + "Of" + w.fn.Name)
	w.keys = append(w.keys, keyHelper{t, name})
	w.note(t)
	return name
}

// keyHelpers writes the helpers, and those that they need in turn.
func (w *wrapper) keyHelpers(holder *jen.Statement) []jen.Code {
	var s []jen.Code
	for i := 0; i < len(w.keys); i++ {
		h := w.keys[i]
		s = append(s, w.apart(func() jen.Code {
			k, v := w.fresh("k"), w.fresh("v")
			body := w.keyOfFields(keyParameter(k), jen.Id(v), h.t.Underlying().(*types.Struct))
			params := []jen.Code{jen.Id(k).Op("*").Add(w.imported(loopPath, "retryloop", "Key")), jen.Id(v).Add(w.typeOf(h.t))}
			doc := h.name + " adds a value of type " + h.t.Obj().Name() + " to the key of a call of " + w.fn.Name + "."
			return comment(doc).Add(w.beside(holder, h.name)).Params(params...).Block(body...)
		}))
	}
	return s
}

// beside begins the declaration of a function beside the wrapper, of the same receiver and type parameters.
func (w *wrapper) beside(holder *jen.Statement, name string) *jen.Statement {
	s := jen.Func()
	if holder != nil {
		s.Params(jen.Id(w.receiver).Add(holder.Clone()))
	}
	s.Id(name)
	if params := w.typeParams(w.fn.Sig.TypeParams()); len(params) > 0 {
		s.Types(params...)
	}
	return s
}

// apart writes a function with names of its own, next to those that are in scope everywhere.
func (w *wrapper) apart(write func() jen.Code) jen.Code {
	outer := w.scope
	defer func() { w.scope = outer }()
	w.scope = map[string]bool{w.receiver: true}
	w.outside()
	for param := range w.fn.Sig.TypeParams().TypeParams() {
		w.scope[param.Obj().Name()] = true
	}
	if w.fn.Receiver != nil {
		for _, name := range w.fn.Receiver.TypeParams {
			w.scope[name] = true
		}
	}
	return write()
}

// block begins a block with names of its own, and gives what ends it.
func (w *wrapper) block() (end func()) {
	outer := w.scope
	w.scope = maps.Clone(outer)
	return func() { w.scope = outer }
}

// note notes a type that code was written for, field by field. Of one with fields that cannot be written here there is
// nothing to compare with.
func (w *wrapper) note(t *types.Named) {
	if !values.CanSpell(t, w.Types) || !values.CanSpell(t.Underlying(), w.Types) {
		return
	}
	for _, other := range w.structs {
		if types.Identical(other, t) {
			return
		}
	}
	w.structs = append(w.structs, t)
}

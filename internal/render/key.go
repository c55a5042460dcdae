package render

import (
	"go/types"
	"slices"
	"strconv"

	"github.com/retrygen/retrygen/internal/values"
)

// keyTarget is a key that values are added to: a variable, or a parameter that points to one.
type keyTarget struct {
	name    *name
	pointer code
}

func keyVariable(n *name) keyTarget  { return keyTarget{n, address(n)} }
func keyParameter(n *name) keyTarget { return keyTarget{n, join(n)} }

// add calls a method of the key.
func (k keyTarget) add(selector string, args ...code) code { return method(k.name, selector, args...) }

// keyHelper is a function that adds the values of one declared type to a key.
type keyHelper struct {
	t    *types.Named
	word string // for the type in the name, different for types of the same name
	name string
}

// newKey writes the beginning of a key.
func (fr *frame) newKey(key *name, begin string) stmt {
	return line(declare(key), " := ", call(fr.loop(begin), fr.ctx(), fr.task(), quote(fr.fn.Shape())))
}

// keyParts adds what identifies a call: type arguments, the receiver, then the arguments. A flow may have arguments that
// cannot be compared; they are left out.
func (fr *frame) keyParts(key *name) []stmt {
	s := fr.receiverParts(key)
	for _, i := range fr.fn.Arguments() {
		if t := fr.fn.Sig.Params().At(i).Type(); values.Told(t, fr.Types) {
			s = append(s, fr.keyOf(keyVariable(key), join(fr.params[i]), t)...)
		}
	}
	return s
}

// receiverParts adds the type arguments and the receiver to the key of a call.
func (fr *frame) receiverParts(key *name) []stmt {
	var s []stmt
	for _, argument := range fr.typeArguments() {
		s = append(s, line(call(join(fr.loop("AddType"), brackets([]code{argument})), address(key))))
	}
	if fr.fn.Self == nil {
		return s
	}
	self := fr.self()
	switch form, _ := values.FormOf(fr.fn.Self, fr.Types); {
	case form == values.KeyedForm:
		return append(s, line(method(key, "Keyed", self)))
	case form == values.KeyedPointer:
		return append(s, line(method(key, "Keyed", join("&", self))))
	case fr.fn.Receiver == nil || fr.fn.Receiver.Pointer:
		return append(s, line(method(key, "Identity", self)))
	case values.Told(fr.fn.Self, fr.Types):
		return append(s, fr.keyOf(keyVariable(key), self, fr.fn.Self)...)
	}
	return s // a flow, whose receiver need not be compared
}

// typeArguments lists the type parameters of the function, its receiver or the interface.
func (fr *frame) typeArguments() []code {
	if names := fr.typeNames(slices.Collect(fr.fn.Sig.TypeParams().TypeParams())); len(names) > 0 {
		return names
	}
	if fr.holder != nil {
		return fr.typeNames(fr.holder.params)
	}
	return nil
}

// keyOf writes what adds a value, which is addressable, to a key.
func (fr *frame) keyOf(k keyTarget, v code, t types.Type) []stmt {
	t = types.Unalias(t)
	form, _ := values.FormOf(t, fr.Types)
	switch form {
	case values.BasicForm:
		return []stmt{line(fr.keyOfBasic(k, v, t))}
	case values.BytesForm:
		return []stmt{line(k.add("Bytes", v))}
	case values.PointerForm:
		inner := fr.keyOfTarget(k, v, t.Underlying().(*types.Pointer).Elem())
		return ifAny(k.add("Has", join(v, " != ", fr.predeclared("nil"))), inner)
	case values.SliceForm:
		size, before := fr.size(v)
		added := k.add("Len", size, join(v, " == ", fr.predeclared("nil")))
		return append(before, ifAny(added, fr.keyOfElements(k, v, t.Underlying().(*types.Slice).Elem()))...)
	case values.ArrayForm:
		return fr.keyOfElements(k, v, t.Underlying().(*types.Array).Elem())
	case values.MapForm:
		return fr.keyOfMap(k, v, t.Underlying().(*types.Map))
	case values.StructForm:
		return fr.keyOfStruct(k, v, t)
	case values.ParameterForm:
		return []stmt{line(call(fr.loop("AddBasic"), k.pointer, v))}
	}
	leaf := leaves[form]
	if leaf.address {
		v = join("&", v)
	}
	return []stmt{line(k.add(leaf.method, v))}
}

// ifAny writes an if statement, or only its condition if the body is empty.
func ifAny(condition code, then []stmt) []stmt {
	if len(then) == 0 {
		return []stmt{line(condition)}
	}
	return []stmt{block(join("if ", condition), then...)}
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

// size writes the length of a slice or map. Where the package hides len, it is counted first.
func (fr *frame) size(v code) (size code, before []stmt) {
	if !fr.hides("len") {
		return call(join(fr.predeclared("len")), v), nil
	}
	n := invented("size")
	return join(n), []stmt{line(declare(n), " := 0"), block(join("for range ", v), line(n, "++"))}
}

// keyOfTarget adds what a pointer points to.
func (fr *frame) keyOfTarget(k keyTarget, pointer code, t types.Type) []stmt {
	form, _ := values.FormOf(t, fr.Types)
	if leaves[form].address {
		return []stmt{line(k.add(leaves[form].method, pointer))}
	}
	if u, ok := types.Unalias(t).(*types.Struct); ok {
		return fr.keyOfFields(k, pointer, u)
	}
	target := join("*", pointer)
	if _, ok := t.Underlying().(*types.Pointer); ok {
		target = join("(", target, ")") // fields may be selected from it
	}
	return fr.keyOf(k, target, t)
}

// keyOfBasic adds a value of a basic type, converted to the widest of its kind.
func (fr *frame) keyOfBasic(k keyTarget, v code, t types.Type) code {
	selector, wide := widest(t.Underlying().(*types.Basic))
	if types.Identical(t, types.Typ[wide]) && !fr.varying { // else it may be another type on another platform
		return k.add(selector, v)
	}
	conversion := types.Typ[wide].Name()
	if fr.hides(conversion) {
		return call(fr.loop("AddBasic"), k.pointer, v)
	}
	return k.add(selector, call(join(fr.predeclared(conversion)), v))
}

// widest is the method of a key for a basic type, and the type that it takes.
func widest(basic *types.Basic) (selector string, wide types.BasicKind) {
	switch info := basic.Info(); {
	case info&types.IsBoolean != 0:
		return "Bool", types.Bool
	case info&types.IsUnsigned != 0:
		return "Uint", types.Uint64
	case info&types.IsInteger != 0:
		return "Int", types.Int64
	case basic.Kind() == types.Float32:
		return "Float32", types.Float32
	case info&types.IsFloat != 0:
		return "Float", types.Float64
	case basic.Kind() == types.Complex64:
		return "Complex64", types.Complex64
	case info&types.IsComplex != 0:
		return "Complex", types.Complex128
	}
	return "String", types.String
}

// keyOfElements adds the elements of a slice or array, nothing where all values of their type are the same.
func (fr *frame) keyOfElements(k keyTarget, v code, t types.Type) []stmt {
	elem := invented("elem")
	inner := fr.keyOf(k, join(elem), t)
	if len(inner) == 0 {
		return nil
	}
	return []stmt{block(join("for _, ", declare(elem), " := range ", v), inner...)}
}

// keyOfMap adds the entries of a map.
func (fr *frame) keyOfMap(k keyTarget, v code, m *types.Map) []stmt {
	entry, value := invented("entry"), invented("value")
	keys, values := fr.keyOf(k, join(entry), m.Key()), fr.keyOf(k, join(value), m.Elem())
	head := join("for ", declare(entry), ", ", declare(value), " := range ", v)
	size, before := fr.size(v)
	args := []code{size, join(v, " == ", fr.predeclared("nil"))}
	switch {
	case len(keys) == 0 && len(values) == 0:
		return append(before, line(k.add("Len", args...)))
	case len(keys) == 0:
		head = join("for _, ", declare(value), " := range ", v)
	case len(values) == 0:
		head = join("for ", declare(entry), " := range ", v)
	}
	inner := slices.Concat([]stmt{line(k.add("Entry"))}, keys, values)
	return append(before, block(join("if ", k.add("Map", args...)), block(head, inner...), line(k.add("EndMap"))))
}

// keyOfStruct adds the fields of a struct. A declared type has a helper that adds them.
func (fr *frame) keyOfStruct(k keyTarget, v code, t types.Type) []stmt {
	u := t.Underlying().(*types.Struct)
	named, ok := t.(*types.Named)
	switch {
	case !ok:
		return fr.keyOfFields(k, v, u)
	case u.NumFields() == 0:
		fr.note(named)
		return nil
	}
	return []stmt{line(fr.call(fr.keyHelper(named), []code{k.pointer, v}))}
}

func (fr *frame) keyOfFields(k keyTarget, v code, u *types.Struct) []stmt {
	var s []stmt
	for field := range u.Fields() {
		if field.Name() != "_" {
			s = append(s, fr.keyOf(k, join(v, "."+field.Name()), field.Type())...)
		}
	}
	return s
}

// keyHelper is the name of the helper for a declared type.
func (w *wrapper) keyHelper(t *types.Named) string {
	for _, h := range w.keys {
		if types.Identical(h.t, t) {
			return h.name
		}
	}
	word := camel(t.Obj().Name())
	for n := 2; slices.ContainsFunc(w.keys, func(h keyHelper) bool { return h.word == word }); n++ {
		word = camel(t.Obj().Name()) + strconv.Itoa(n)
	}
	text := w.freeHelper("key" + word + "Of" + camel(w.fn.Name))
	w.keys = append(w.keys, keyHelper{t, word, text})
	w.note(t)
	return text
}

// keyHelpers writes the helpers, and the helpers that these need.
func (w *wrapper) keyHelpers() {
	for i := 0; i < len(w.keys); i++ {
		h := w.keys[i]
		fr := w.frame()
		k, v := invented("k"), invented("v")
		body := fr.keyOfFields(keyParameter(k), join(v), h.t.Underlying().(*types.Struct))
		head := fr.head(h.name, []code{
			join(declare(k), " *", w.loop("Key")), join(declare(v), " ", fr.typeOf(h.t)),
		}, nil, false)
		doc := join(h.name, " adds a value of type ", fr.typeOf(h.t), " to the key of a call of ", w.link(), ".")
		w.add(w.fn, &decl{doc: doc, head: head, stmt: body, fn: true})
	}
}

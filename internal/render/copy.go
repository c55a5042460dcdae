package render

import (
	"go/types"
	"slices"

	"github.com/dave/jennifer/jen"

	"github.com/retrygen/retrygen/internal/values"
)

// copiedResults lists the results that generated code copies, so that no two callers share them.
func (w *wrapper) copiedResults() []int { return w.resultsThatAre(values.Copied) }

// sharedResults lists the results that callers share.
func (w *wrapper) sharedResults() []int { return w.resultsThatAre(values.Shared) }

func (w *wrapper) resultsThatAre(sharing values.Sharing) []int {
	var list []int
	for i := range w.fn.Sig.Results().Len() - 1 {
		if values.SharingOf(w.fn.Sig.Results().At(i).Type(), w.Types) == sharing {
			list = append(list, i)
		}
	}
	return list
}

// copied gives the expressions for results of which those that can be are copied, with a statement that copies them
// where it takes one.
func (w *wrapper) copied(values []jen.Code) ([]jen.Code, []jen.Code) {
	which := w.copiedResults()
	if len(which) == 0 {
		return values, nil
	}
	values = slices.Clone(values)
	if w.copier == "" {
		w.copier = w.nameHelper("copy" + w.fn.Name)
	}
	var args, names []jen.Code
	for _, i := range which {
		args = append(args, values[i])
	}
	call := w.call(w.copier, args)
	if len(which) == 1 {
		values[which[0]] = call
		return values, nil
	}
	defer w.block()()
	for _, i := range which {
		name := w.fresh("copied")
		names = append(names, jen.Id(name))
		values[i] = jen.Id(name)
	}
	return values, []jen.Code{jen.List(names...).Op(":=").Add(call)}
}

// copyHelper writes the function that copies results.
func (w *wrapper) copyHelper(holder *jen.Statement) []jen.Code {
	if w.copier == "" {
		return nil
	}
	return []jen.Code{w.apart(func() jen.Code {
		var params, results, names, body []jen.Code
		for _, i := range w.copiedResults() {
			t := w.fn.Sig.Results().At(i).Type()
			name := w.fresh("v")
			params = append(params, jen.Id(name).Add(w.typeOf(t)))
			results = append(results, w.typeOf(t))
			names = append(names, jen.Id(name))
			body = append(body, w.copyOf(jen.Id(name), t)...)
		}
		doc := w.copier + " copies what " + w.fn.Name + " gives, so that what is remembered is nobody else's."
		s := comment(doc).Add(w.beside(holder, w.copier)).Params(params...)
		if len(results) == 1 {
			s.Add(results[0])
		} else {
			s.Params(results...)
		}
		return s.Block(append(body, jen.Return(names...))...)
	})}
}

// copyOf writes statements that replace all memory that a variable shares with others.
func (w *wrapper) copyOf(v *jen.Statement, t types.Type) []jen.Code {
	t = types.Unalias(t)
	if values.SharingOf(t, w.Types) == values.Apart {
		return nil
	}
	defer w.block()()
	switch u := t.Underlying().(type) {
	case *types.Slice:
		s := []jen.Code{v.Clone().Op("=").Add(w.imported("slices", "slices", "Clone")).Call(v.Clone())}
		return append(s, w.copyElements(v, u.Elem())...)
	case *types.Array:
		return w.copyElements(v, u.Elem())
	case *types.Map:
		return w.copyOfMap(v, u)
	case *types.Pointer:
		if values.IsBigInt(u.Elem()) {
			set := jen.New(w.imported("math/big", "big", "Int")).Dot("Set").Call(v.Clone())
			return []jen.Code{jen.If(v.Clone().Op("!=").Nil()).Block(v.Clone().Op("=").Add(set))}
		}
		target := w.fresh("target")
		s := []jen.Code{jen.Id(target).Op(":=").Op("*").Add(v)}
		s = append(s, w.copyOf(jen.Id(target), u.Elem())...)
		s = append(s, v.Clone().Op("=").Op("&").Id(target))
		return []jen.Code{jen.If(v.Clone().Op("!=").Nil()).Block(s...)}
	case *types.Struct:
		if named, ok := t.(*types.Named); ok {
			w.note(named)
		}
		var s []jen.Code
		for field := range u.Fields() {
			if field.Name() != "_" {
				s = append(s, w.copyOf(v.Clone().Dot(field.Name()), field.Type())...)
			}
		}
		return s
	}
	return nil
}

// copyOfMap copies a map, then what its values share. An entry whose key is not equal to itself, a NaN, cannot be
// assigned to: such maps are filled anew.
func (w *wrapper) copyOfMap(v *jen.Statement, m *types.Map) []jen.Code {
	clone := v.Clone().Op("=").Add(w.imported("maps", "maps", "Clone")).Call(v.Clone())
	entry, value := w.fresh("entry"), w.fresh("value")
	inner := w.copyOf(jen.Id(value), m.Elem())
	if len(inner) == 0 {
		return []jen.Code{clone}
	}
	inner = append(inner, v.Clone().Index(jen.Id(entry)).Op("=").Id(value))
	ranged := jen.List(jen.Id(entry), jen.Id(value)).Op(":=").Range()
	if values.EqualsItself(m.Key()) {
		return []jen.Code{clone, jen.For(ranged.Add(v)).Block(inner...)}
	}
	old := w.fresh("old")
	return []jen.Code{jen.Id(old).Op(":=").Add(v), clone, jen.Id("clear").Call(v.Clone()), jen.For(ranged.Id(old)).Block(inner...)}
}

// copyElements copies what the elements of a slice or array share.
func (w *wrapper) copyElements(v *jen.Statement, elem types.Type) []jen.Code {
	if values.SharingOf(elem, w.Types) == values.Apart {
		return nil
	}
	defer w.block()()
	i := w.fresh("i")
	inner := w.copyOf(v.Clone().Index(jen.Id(i)), elem)
	return []jen.Code{jen.For(jen.Id(i).Op(":=").Range().Add(v)).Block(inner...)}
}

// guard writes a function that is never called: it fails to build where a struct has other fields than the code for
// keys, copies and records was written for, so that none of them is overlooked before go generate has run again.
func (w *wrapper) guard(holder *jen.Statement) []jen.Code {
	if w.fn.Checkpoint.Durable {
		for i := range w.fn.Sig.Results().Len() - 1 {
			w.noteStructs(w.fn.Sig.Results().At(i).Type())
		}
	}
	if len(w.structs) == 0 {
		return nil
	}
	return []jen.Code{w.apart(func() jen.Code {
		var params, body []jen.Code
		for _, t := range w.structs {
			for field := range t.Underlying().(*types.Struct).Fields() {
				w.noteAll(field.Type())
			}
		}
		for _, t := range w.structs {
			name := w.fresh("v")
			params = append(params, jen.Id(name).Add(w.typeOf(t)))
			body = append(body, jen.Id("_").Op("=").Add(w.plainStruct(t.Underlying().(*types.Struct))).Call(jen.Id(name)))
		}
		doc := "What is remembered of " + w.fn.Name + " depends on these fields. If this does not build, they have changed: run go generate."
		return comment(doc).Add(w.beside(holder, "_")).Params(params...).Block(body...)
	})}
}

// noteStructs notes the structs that a result is made of.
func (w *wrapper) noteStructs(t types.Type) {
	t = types.Unalias(t)
	switch u := t.Underlying().(type) {
	case *types.Pointer:
		w.noteStructs(u.Elem())
	case *types.Slice:
		w.noteStructs(u.Elem())
	case *types.Array:
		w.noteStructs(u.Elem())
	case *types.Map:
		w.noteStructs(u.Elem())
	case *types.Struct:
		if values.ExactByItself(t) {
			return
		}
		if named, ok := t.(*types.Named); ok {
			w.note(named)
		}
		for field := range u.Fields() {
			w.noteStructs(field.Type())
		}
	}
}

// plainStruct writes a struct type without its tags.
func (w *wrapper) plainStruct(u *types.Struct) *jen.Statement {
	var fields []*types.Var
	for field := range u.Fields() {
		fields = append(fields, field)
	}
	return w.structure(types.NewStruct(fields, nil))
}

package render

import (
	"go/types"

	"github.com/retrygen/retrygen/internal/values"
)

// guard writes a compile-time check that the structs still have the fields that keys, copies and records were
// generated for.
func (w *wrapper) guard() {
	if w.fn.Remote != nil || w.fn.Checkpoint.Durable {
		for i := range w.fn.Sig.Results().Len() - 1 {
			w.noteStructs(w.fn.Sig.Results().At(i).Type())
		}
	}
	if w.fn.Remote != nil {
		for _, i := range w.fn.Arguments() {
			w.noteStructs(w.fn.Sig.Params().At(i).Type())
		}
	}
	if len(w.structs) == 0 {
		return
	}
	fr := w.frame()
	var params []code
	var body []stmt
	for _, t := range w.structs {
		v := invented("v")
		params = append(params, join(declare(v), " ", fr.typeOf(t)))
		plain := join("struct{}")
		if u := t.Underlying().(*types.Struct); u.NumFields() > 0 {
			list := fields("struct ", fr.types.fieldsOf(u, false))
			list.list.broken = true
			plain = join(list)
		}
		body = append(body, line("_ = ", plain, parens(join(v))))
	}
	what := "The records of "
	if w.fn.Remote != nil {
		what = "Calls of "
	}
	doc := join(what, w.link(), " depend on these fields. If this does not build, the fields have changed: run go generate.")
	w.add(w.fn, &decl{doc: doc, head: fr.head("_", params, nil, false), stmt: body, fn: true})
}

// note records a type whose fields generated code depends on. A type with fields that this package cannot write is left
// out, because no check can be written for it.
func (w *wrapper) note(t *types.Named) {
	if t.Obj().Pkg() == w.Types && w.Declared[t.Obj().Name()] > 1 {
		return // its fields depend on the platform
	}
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

// noteStructs records the structs in the type of a result.
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

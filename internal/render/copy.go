package render

import (
	"go/types"
	"slices"

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

// copied returns the results, copied if they can be, and the statement that copies them if there are several.
func (fr *frame) copied(values []code) (copies []code, before []stmt) {
	which := fr.copiedResults()
	if len(which) == 0 {
		return values, nil
	}
	copies = slices.Clone(values)
	if fr.copier == "" {
		fr.copier = fr.helper("copy")
	}
	var args []code
	for _, i := range which {
		args = append(args, values[i])
	}
	called := fr.call(fr.copier, args)
	if len(which) == 1 {
		copies[which[0]] = called
		return copies, nil
	}
	var names []code
	for _, i := range which {
		n := invented("copied")
		names = append(names, join(declare(n)))
		copies[i] = join(n)
	}
	return copies, []stmt{line(commas(names), " := ", called)}
}

// copyHelper writes the function that copies results.
func (w *wrapper) copyHelper() {
	if w.copier == "" {
		return
	}
	fr := w.frame()
	var params, results, values []code
	var body []stmt
	for _, i := range w.copiedResults() {
		t := w.fn.Sig.Results().At(i).Type()
		v := invented("v")
		params = append(params, join(declare(v), " ", fr.typeOf(t)))
		results = append(results, fr.typeOf(t))
		values = append(values, join(v))
		body = append(body, fr.copyOf(join(v), t)...)
	}
	doc := join(w.copier, " copies results of ", w.link(), ", so that no caller shares the recorded ones.")
	head := fr.head(w.copier, params, results, false)
	w.add(w.fn, &decl{doc: doc, head: head, stmt: append(body, returns(values...)), fn: true})
}

// copyOf writes statements that replace all memory that a variable shares with others.
func (fr *frame) copyOf(v code, t types.Type) []stmt {
	t = types.Unalias(t)
	if values.SharingOf(t, fr.Types) == values.Apart {
		return nil
	}
	switch u := t.Underlying().(type) {
	case *types.Slice:
		return append([]stmt{line(v, " = ", call(fr.std("slices", "Clone"), v))}, fr.copyElements(v, u.Elem())...)
	case *types.Array:
		return fr.copyElements(v, u.Elem())
	case *types.Map:
		return fr.copyOfMap(v, u)
	case *types.Pointer:
		return []stmt{block(join("if ", v, " != ", fr.predeclared("nil")), fr.copyTarget(v, u.Elem())...)}
	case *types.Struct:
		if named, ok := t.(*types.Named); ok {
			fr.note(named)
		}
		var s []stmt
		for field := range u.Fields() {
			if field.Name() != "_" {
				s = append(s, fr.copyOf(join(v, "."+field.Name()), field.Type())...)
			}
		}
		return s
	}
	return nil
}

// copyTarget copies what a pointer points to.
func (fr *frame) copyTarget(v code, t types.Type) []stmt {
	if values.IsBigInt(t) {
		fresh := call(fr.selected("math/big", "big", "NewInt"), join("0"))
		return []stmt{line(v, " = ", fresh, ".Set", parens(v))}
	}
	target := invented("target")
	s := []stmt{line(declare(target), " := *", v)}
	s = append(s, fr.copyOf(join(target), t)...)
	return append(s, line(v, " = &", target))
}

// copyOfMap copies a map, then the memory that its values share. An entry whose key is a NaN cannot be assigned to, so maps
// that may have one are filled anew.
func (fr *frame) copyOfMap(v code, m *types.Map) []stmt {
	clone := line(v, " = ", call(fr.std("maps", "Clone"), v))
	entry, value := invented("entry"), invented("value")
	inner := fr.copyOf(join(value), m.Elem())
	if len(inner) == 0 {
		return []stmt{clone}
	}
	inner = append(inner, line(v, "[", entry, "] = ", value))
	head := join("for ", declare(entry), ", ", declare(value), " := range ")
	if values.EqualsItself(m.Key()) {
		return []stmt{clone, block(join(head, v), inner...)}
	}
	old := invented("old")
	cleared := line(call(join(fr.predeclared("clear")), v))
	return []stmt{line(declare(old), " := ", v), clone, cleared, block(join(head, old), inner...)}
}

// copyElements copies what the elements of a slice or array share.
func (fr *frame) copyElements(v code, elem types.Type) []stmt {
	if values.SharingOf(elem, fr.Types) == values.Apart {
		return nil
	}
	i := invented("i")
	return []stmt{block(join("for ", declare(i), " := range ", v), fr.copyOf(join(v, "[", i, "]"), elem)...)}
}

package render

import (
	"go/types"
	"slices"

	"github.com/retrygen/retrygen/internal/directive"
)

// decorator writes the struct that implements an interface over a value of it, with the methods that are retried.
func (f *file) decorator(d *directive.Decorator) {
	h := f.holderOf(d)
	none := types.NewSignatureType(nil, nil, nil, nil, nil, false)
	w := f.newWrapper(&directive.Func{Pos: d.Pos, Name: d.Name, Sig: none, Roles: directive.Roles{Context: -1}}, h)
	f.decoratorType(d, w)
	if d.Explicit {
		f.constructor(d, w)
	}
	for _, method := range d.Methods {
		f.newWrapper(method, h).write(method.Name, (*frame).methodDoc)
	}
	for _, method := range d.Others {
		fn := &directive.Func{Pos: d.Pos, Name: method.Name(), Object: method, Sig: method.Signature(), Roles: directive.Roles{Context: -1}}
		f.passed(fn, h)
	}
}

// holderOf describes the decorator as a receiver.
func (f *file) holderOf(d *directive.Decorator) *holder {
	h := &holder{
		name: d.Wrapper, field: d.Name, link: d.Name, typ: d.Object.Type(),
		params: slices.Collect(d.TypeParams().TypeParams()), taken: map[string]bool{d.Name: true},
	}
	for _, m := range d.Methods {
		h.taken[m.Name] = true
		if m.Remote != nil {
			h.taken[m.Remote.Describe] = true
		}
	}
	for _, m := range d.Others {
		h.taken[m.Name()] = true
	}
	if d.Explicit {
		h.field = "next"
		for h.taken[h.field] {
			h.field += "_"
		}
		h.taken[h.field] = true
	}
	h.receiver = invented(f.receiverOfAll(d))
	return h
}

// receiverOfAll is what all methods of a decorator call it: a name that neither a parameter of one of them has nor an
// import of the source.
func (f *file) receiverOfAll(d *directive.Decorator) string {
	taken := map[string]bool{}
	iface := d.Object.Type().Underlying().(*types.Interface)
	for method := range iface.Methods() {
		for _, tuple := range []*types.Tuple{method.Signature().Params(), method.Signature().Results()} {
			for v := range tuple.Variables() {
				taken[v.Name()] = true
			}
		}
	}
	for param := range d.TypeParams().TypeParams() {
		taken[param.Obj().Name()] = true
	}
	first := letter(d.Wrapper)
	for _, text := range []string{first, lower(d.Name), "decorator"} {
		if inventable(text) && !taken[text] && !f.sourceNames[text] {
			return text
		}
	}
	return first
}

func (f *file) decoratorType(d *directive.Decorator, w *wrapper) {
	fr := w.frame()
	instance := join(f.local(d.Name), brackets(fr.typeNames(w.holder.params)))
	if d.Explicit {
		instance = join(w.holder.field+" ", instance)
	}
	body := fields("struct ", []code{instance})
	body.list.broken = true
	head := join("type "+d.Wrapper, fr.typeParams(w.holder.params), " ", body)
	f.add(w.fn, &decl{doc: decoratorDoc(d), head: head})
}

func (f *file) constructor(d *directive.Decorator, w *wrapper) {
	fr := w.frame()
	names := brackets(fr.typeNames(w.holder.params))
	next := invented("next")
	result := join(f.local(d.Wrapper), names)
	param := parens(join(declare(next), " ", f.local(d.Name), names))
	head := join("func "+d.Constructor(), fr.typeParams(w.holder.params), param, " ", result)
	body := returns(join(result, braces(element(w.holder.field, next))))
	doc := join(d.Constructor()+" returns a decorator of ", next, ".")
	f.add(w.fn, &decl{doc: doc, head: head, stmt: []stmt{body}, fn: true})
}

// passed writes a method that only passes its call on.
func (f *file) passed(fn *directive.Func, h *holder) {
	w := f.newWrapper(fn, h)
	w.added = false
	fr := w.frame()
	head := fr.head(fn.Name, fr.paramList(false), fr.resultList(), w.named)
	called := fr.call("", fr.arguments(nil, nil))
	body := []stmt{{code: called}}
	if fn.Sig.Results().Len() > 0 {
		body = []stmt{returns(called)}
	}
	f.add(fn, &decl{doc: join(fn.Name + " passes the call on."), head: head, stmt: body, fn: true})
}

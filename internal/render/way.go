package render

import (
	"fmt"
	"go/types"
	"maps"
	"slices"
	"strings"

	"github.com/retrygen/retrygen/internal/directive"
)

// turn is a point on the way to values: it asks that something is not nil, then reads what is there and goes on. The root
// asks nothing.
type turn struct {
	local *name // holds the result of a call, if that is what may be nil
	call  code  // that call
	asked code  // what must be so
	text  string
	vars  []stmt // of the root alone: declarations of what is assigned behind other turns
	reads []stmt
	inner []*turn
}

// next returns the turn behind this one that asks for a value. A text identifies the value.
func (t *turn) next(at code, text string, called bool) *turn {
	for _, inner := range t.inner {
		if inner.text == text {
			return inner
		}
	}
	inner := &turn{text: text, asked: at}
	if called {
		inner.local, inner.call = invented(localName(text)), at
		inner.asked = join(inner.local)
	}
	t.inner = append(t.inner, inner)
	return inner
}

// localName is what the result of a call is called: like the function or method.
func localName(call string) string {
	called := strings.TrimSuffix(call, "()")
	return lower(called[strings.LastIndexByte(called, '.')+1:])
}

// stmts writes what is read from a turn on.
func (t *turn) stmts(null *name) []stmt {
	list := append(slices.Clone(t.reads), t.vars...)
	for _, inner := range t.inner {
		list = append(list, inner.guarded(null))
	}
	return list
}

// guarded writes the if statement around what is read behind a turn. Turns that read nothing join the next one.
func (t *turn) guarded(null *name) stmt {
	head := join("if ")
	if t.local != nil {
		head = join(head, declare(t.local), " := ", t.call, "; ")
	}
	asked := []code{join(t.asked, " != ", null)}
	for len(t.reads) == 0 && len(t.inner) == 1 && t.inner[0].local == nil {
		t = t.inner[0]
		asked = append(asked, join(t.asked, " != ", null))
	}
	return block(join(head, operands("&&", asked...)), t.stmts(null)...)
}

// way is the way to a value, as far as it has been followed.
type way struct {
	turn   *turn
	at     code
	text   string
	called bool // at has a call in it
}

// follow goes the way to a value from a root. It returns the last turn and the value there.
func (fr *frame) follow(ref *directive.Ref, root *turn) (*turn, code) {
	w, path := fr.begun(ref, root)
	for i, s := range path {
		if i > 0 || !fr.decorates(ref) || len(path) < len(ref.Path) {
			w.ask(s.From)
		}
		w.through(s.Through)
		w.step(s.Name, s.Called)
		if s.Called {
			fr.holdCall(w, root, ref, len(ref.Path)-len(path)+i+1)
		}
	}
	return w.turn, w.at
}

// begun begins the way to a value, at its latest call whose result is held. It returns what is to be selected from there.
func (fr *frame) begun(ref *directive.Ref, root *turn) (*way, []directive.Selector) {
	for n := len(ref.Path); n >= 0; n-- {
		if held := fr.heldCalls[callOf(ref, n)]; held != nil {
			w := &way{turn: root, at: join(held.local), text: held.text}
			if held.root == root {
				w.turn = held.turn
			}
			return w, ref.Path[n:]
		}
	}
	w := fr.rootOf(ref, root)
	if w.called {
		fr.holdCall(w, root, ref, 0)
	}
	return w, ref.Path
}

// rootOf begins the way to a value at its root.
func (fr *frame) rootOf(ref *directive.Ref, root *turn) *way {
	return &way{turn: root, at: fr.root(ref), text: rootText(ref), called: ref.Called}
}

// rootText identifies the root of a name. It ends like the code, so that locals can be named after it.
func rootText(ref *directive.Ref) string {
	text := fmt.Sprint(ref.Root, ref.Param)
	if ref.Object != nil {
		text = fmt.Sprintf("%p.%s", ref.Object, ref.Object.Name())
	}
	if ref.Called {
		text += "()"
	}
	return text
}

// decorates reports whether a name begins with the interface that is decorated. Its methods are called in any case.
func (fr *frame) decorates(ref *directive.Ref) bool {
	return ref.Root == directive.RootReceiver && fr.holder.field != ""
}

// guarded reports whether something on the way to a value may be nil.
func (fr *frame) guarded(ref *directive.Ref) bool {
	defer fr.forget(maps.Clone(fr.heldCalls))
	root := &turn{}
	last, _ := fr.follow(ref, root)
	return last != root
}

// step selects from what has been reached.
func (w *way) step(name string, called bool) {
	w.at, w.text, w.called = join(w.at, "."+name), w.text+"."+name, w.called || called
	if called {
		w.at, w.text = call(w.at), w.text+"()"
	}
}

// through asks for embedded fields that may be nil and that hold what is selected next. They are named only where one of
// them has been held in a local.
func (w *way) through(embedded []*types.Var) {
	at, text, called := w.at, w.text, w.called
	for _, field := range embedded {
		w.step(field.Name(), false)
		w.ask(field.Type())
	}
	if w.called == called {
		w.at, w.text = at, text
	}
}

// ask makes a turn where what has been reached may be nil. If it takes a call, a local holds it.
func (w *way) ask(t types.Type) {
	if !nilable(t) {
		return
	}
	w.turn = w.turn.next(w.at, w.text, w.called)
	w.at, w.called = w.turn.asked, false
}

// nilable reports whether values of a type can be nil and then have no fields: pointers and interfaces.
func nilable(t types.Type) bool {
	if _, param := types.Unalias(t).(*types.TypeParam); param {
		return false
	}
	switch t.Underlying().(type) {
	case *types.Pointer, *types.Interface:
		return true
	}
	return false
}

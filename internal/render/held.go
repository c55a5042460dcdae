package render

import (
	"go/types"

	"github.com/retrygen/retrygen/internal/directive"
	"github.com/retrygen/retrygen/internal/policy"
	"github.com/retrygen/retrygen/internal/values"
)

// heldCall is the call of a function or method on the way to several values. A local holds its result, so that it is called
// once.
type heldCall struct {
	local *name
	text  string
	root  *turn // of the values that were read together with the call
	turn  *turn // in which the call stands
}

// calling identifies a call without parameters on the way to values.
type calling struct {
	root   directive.Root
	object types.Object
	param  int
	text   string // what is selected from the root
}

// callOf identifies the call behind the first n selectors of a name, which is the call of its root if n is 0. It is the
// zero value if there is no call.
func callOf(ref *directive.Ref, n int) calling {
	if n == 0 && !ref.Called || n > 0 && !ref.Path[n-1].Called {
		return calling{}
	}
	c := calling{ref.Root, ref.Object, ref.Param, "."}
	for _, s := range ref.Path[:n] {
		c.text += s.Name + "."
	}
	return c
}

// resultOf is the type of the call behind the first n selectors of a name.
func resultOf(ref *directive.Ref, n int) types.Type {
	if n < len(ref.Path) {
		return ref.Path[n].From
	}
	return ref.Type
}

// repeated counts how many values each call is on the way to.
func (fr *frame) repeated() map[calling]int {
	counts := map[calling]int{}
	add := func(ref *directive.Ref) {
		if ref == nil {
			return
		}
		for n := range len(ref.Path) + 1 {
			if c := callOf(ref, n); c != (calling{}) {
				counts[c]++
			}
		}
	}
	p, seen := fr.fn.Policy, map[place]bool{}
	for _, o := range p.Operands() {
		if at := (place{o.Entry.Name, o.Name}); !seen[at] {
			seen[at] = true
			add(fr.fn.Number(at.option, at.name))
		}
	}
	if p.Delay.IsSet() && p.Delay.Value.Kind == policy.Slice {
		add(fr.fn.Number("delay", p.Delay.Value.Func.Name))
	}
	if fr.fn.Value != nil {
		add(&fr.fn.Value.Ref)
	}
	if fr.fn.Guard != nil {
		add(&fr.fn.Guard.Ref)
	}
	add(fr.fn.Budget)
	return counts
}

// holdCall holds the result of a call that a way has just made, if other values are behind the call too. Behind something
// that may be nil, the local needs a declaration with its type: where that cannot be written, the call is made again.
func (fr *frame) holdCall(w *way, root *turn, ref *directive.Ref, n int) {
	c := callOf(ref, n)
	if fr.counts == nil {
		fr.counts = fr.repeated()
	}
	if fr.counts[c] < 2 {
		return
	}
	local, t := invented(localName(w.text)), resultOf(ref, n)
	switch {
	case w.turn == root:
		root.reads = append(root.reads, line(declare(local), " := ", w.at))
	case values.CanSpell(t, fr.Types):
		root.vars = append(root.vars, line("var ", declare(local), " ", fr.typeOf(t)))
		w.turn.reads = append(w.turn.reads, line(local, " = ", w.at))
	default:
		return
	}
	if fr.heldCalls == nil {
		fr.heldCalls = map[calling]*heldCall{}
	}
	fr.heldCalls[c] = &heldCall{local, w.text, root, w.turn}
	w.at, w.called = join(local), false
}

// forget takes back which calls are held.
func (fr *frame) forget(earlier map[calling]*heldCall) { fr.heldCalls = earlier }

// plainly writes a value that nothing nil is before, behind the statements that hold calls on the way to it.
func (fr *frame) plainly(ref *directive.Ref) (s []stmt, value code) {
	root := &turn{}
	_, value = fr.follow(ref, root)
	return root.reads, value
}

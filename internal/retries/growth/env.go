package growth

import (
	"go/ast"
	"go/types"
)

// slot is a place that a program has run into. Places are compared and looked up often, slots are cheap to compare.
type slot struct {
	place
	id int        // in the order in which they were run into
	t  types.Type // nil until an expression has read or written the place
}

// slotOf returns the slot of a place.
func (p *program) slotOf(at place) *slot {
	s := p.slots[at]
	if s == nil {
		s = &slot{place: at, id: len(p.slots)}
		p.slots[at] = s
	}
	return s
}

// env holds the numbers in the places that have been written to, by slot.
type env struct{ cells []cell }

type cell struct {
	at *slot
	value
}

// find returns where the cell of a slot is or belongs, and reports whether it is there.
func (e *env) find(s *slot) (int, bool) {
	low, high := 0, len(e.cells)
	for low < high {
		mid := (low + high) / 2
		if e.cells[mid].at.id < s.id {
			low = mid + 1
		} else {
			high = mid
		}
	}
	return low, low < len(e.cells) && e.cells[low].at == s
}

func (e *env) get(s *slot) (value, bool) {
	if at, ok := e.find(s); ok {
		return e.cells[at].value, true
	}
	return value{}, false
}

func (e *env) set(s *slot, v value) {
	at, ok := e.find(s)
	if !ok {
		e.cells = append(e.cells, cell{})
		copy(e.cells[at+1:], e.cells[at:])
	}
	e.cells[at] = cell{s, v}
}

// forget removes what is part of a place, but not the place itself.
func (e *env) forget(p place) {
	kept := e.cells[:0]
	for _, c := range e.cells {
		if c.at.place == p || !c.at.under(p) {
			kept = append(kept, c)
		}
	}
	e.cells = kept
}

// newEnv returns an empty env, one that has been freed if possible.
func (p *program) newEnv() *env {
	last := len(p.freed) - 1
	if last < 0 {
		return &env{}
	}
	e := p.freed[last]
	p.freed = p.freed[:last]
	return e
}

// free takes an env that is not used any more.
func (p *program) free(e *env) {
	if e != nil {
		e.cells = e.cells[:0]
		p.freed = append(p.freed, e)
	}
}

func (p *program) clone(e *env) *env {
	c := p.newEnv()
	c.cells = append(c.cells, e.cells...)
	return c
}

// merge joins what two ways bring with them, and frees b. What only one of them has written, the other has as it was before.
func (m *machine) merge(a, b *env) *env {
	if a == nil {
		return b
	}
	if sameSlots(a, b) { // as nearly always
		for i := range a.cells {
			a.cells[i].value = join(a.cells[i].value, b.cells[i].value)
		}
		m.free(b)
		return a
	}
	merged := m.newEnv()
	x, y := a.cells, b.cells
	for len(x) > 0 || len(y) > 0 {
		switch {
		case len(y) == 0 || len(x) > 0 && x[0].at.id < y[0].at.id:
			merged.cells = append(merged.cells, m.alsoBefore(x[0], false))
			x = x[1:]
		case len(x) == 0 || y[0].at.id < x[0].at.id:
			merged.cells = append(merged.cells, m.alsoBefore(y[0], true))
			y = y[1:]
		default:
			merged.cells = append(merged.cells, cell{x[0].at, join(x[0].value, y[0].value)})
			x, y = x[1:], y[1:]
		}
	}
	m.free(a)
	m.free(b)
	return merged
}

func sameSlots(a, b *env) bool {
	if len(a.cells) != len(b.cells) {
		return false
	}
	for i := range a.cells {
		if a.cells[i].at != b.cells[i].at {
			return false
		}
	}
	return true
}

// alsoBefore joins what one of two ways has written with what the place held before. A variable that the function declares
// has no value before that.
func (m *machine) alsoBefore(c cell, first bool) cell {
	switch {
	case c.at.path == "" && declaredIn(c.at.place, m.fn.body):
	case first:
		c.value = join(m.initial(c.at), c.value)
	default:
		c.value = join(c.value, m.initial(c.at))
	}
	return c
}

// declaredIn reports whether a variable is declared in a body.
func declaredIn(p place, body ast.Node) bool {
	return body.Pos() <= p.root.Pos() && p.root.Pos() < body.End()
}

func equal(a, b *env) bool {
	if !sameSlots(a, b) {
		return false
	}
	for i := range a.cells {
		if !a.cells[i].same(b.cells[i].value) {
			return false
		}
	}
	return true
}

package growth

import (
	"go/ast"
	"go/token"
)

// How far a unit runs.
const (
	enough    = 72      // attempts, if what is waited for has stopped to grow by then
	most      = 1100    // attempts in any case
	earliest  = 3       // what does not fit before that has not grown, but is mistaken for a delay
	tooLong   = 1 << 54 // nanoseconds, half a year: no cap
	stepsEach = 40      // for each node and attempt
)

// track is what becomes of one delay from attempt to attempt.
type track struct {
	sink  sink
	first int     // the attempt at which it may be negative or nothing, -1 for none
	top   float64 // the longest wait before that
	low   float64 // the shortest wait at the attempt before
	last  int     // the attempt at which it grew last
	total float64 // what the waits before add up to, at most
	seen  int     // the attempt at which it was seen last
	count int     // the attempts at which it was seen
	falls bool    // the delay falls back to a minimum at that attempt
}

// tracks follows the delays of a unit.
type tracks struct {
	list []*track
	by   map[ast.Node]*track
	caps map[ast.Node]bool // what grows, and is compared with a maximum
	turn int

	fallen map[ast.Node]*track // see fall; by what grows, where none of the delays is seen before

	patient bool  // there will be delays, later
	assumed *bool // something is not known
}

// show follows a delay. One that does not grow is followed where one that does has been before.
func (t *tracks) show(s sink) {
	at := t.by[s.node]
	if at == nil {
		if s.value.site == nil {
			return
		}
		at = &track{sink: s, first: -1, seen: -1}
		t.by[s.node] = at
		t.list = append(t.list, at)
	}
	switch {
	case at.first >= 0 || !s.value.some() && s.value.wrap == 0:
	case s.value.wrap&(negative|zero) != 0:
		at.first, at.sink.value = t.turn, s.value
	case s.value.some():
		at.wait(s.value, t.turn)
	}
}

// fall notes that what grows at a site has overflowed, and falls back to a minimum.
func (t *tracks) fall(site ast.Node, least value) {
	seen := false
	for _, at := range t.list {
		seen = seen || at.sink.value.site == site
		if at.sink.value.site == site && at.first < 0 {
			at.first, at.falls = t.turn, least.hi > 0
		}
	}
	if !seen && t.fallen[site] == nil {
		t.fallen[site] = &track{first: t.turn, falls: least.hi > 0}
	}
}

// like returns the track of the same delay as another, which may have been the most that is waited for from the beginning.
func (t *tracks) like(other *track) *track {
	if at := t.by[other.sink.node]; at != nil {
		return at
	}
	return t.fallen[other.sink.value.site]
}

// wait adds a wait.
func (at *track) wait(v value, turn int) {
	if v.hi > at.top {
		at.last = turn
	}
	at.top, at.low = max(at.top, v.hi), v.lo
	if at.seen != turn {
		at.seen, at.count = turn, at.count+1
		at.total += v.hi
	}
}

// known reports whether the waits before the attempt that overflows add up to the total. The last of them may have overflowed to
// something huge, which the maximum has cut.
func (at *track) known() bool { return at.count >= at.first-1 && at.total < tooLong }

// done reports whether running on would show nothing new.
func (t *tracks) done() bool {
	if len(t.list) == 0 {
		return t.turn > 8 && !t.patient || t.turn >= enough
	}
	for _, at := range t.list {
		if at.first < 0 && (t.turn < enough || at.last+8 > t.turn) {
			return false
		}
		if at.first >= 0 && t.turn <= at.first+1 {
			return false // what is kept now is returned or waited for at the next attempt
		}
	}
	return true
}

// run runs a unit attempt after attempt.
func (u *unit) run(unknown assumption) *tracks {
	t := &tracks{
		by: map[ast.Node]*track{}, caps: map[ast.Node]bool{}, fallen: map[ast.Node]*track{},
		patient: unknown == typical, assumed: new(bool),
	}
	g := u.f.graph(u.info)
	steps := stepsEach * enough * (u.size(g) + 8)
	m := &machine{
		program: u.program, fn: u.f, unknown: unknown, caps: t.caps, assumed: t.assumed, counted: new(bool),
		steps: &steps, show: t.show, fell: t.fall, outermost: u.loop, before: map[*slot]bool{}, counts: u.f.counts(u.info),
	}
	head := g.blocks[0]
	if u.loop != nil {
		head = u.loop.head
		m.extent[0], m.extent[1] = u.loop.extent()
	} else {
		m.region = u.f.body
	}
	e, before := u.newEnv(), u.newEnv()
	drives := u.driveSlots()
	for t.turn = 0; t.turn < most && steps > 0 && !t.done(); t.turn++ {
		m.turn = float64(t.turn)
		keepDrives(drives, before, e)
		r := m.trip(u.loop, head, e, m.turn)
		e = r.back
		if u.loop == nil {
			e = u.kept(m, r.ends, t)
		} else {
			u.free(r.ends)
		}
		u.release(m, e)
		if e == nil || t.turn > earliest && u.settled(drives, before, e) {
			break
		}
	}
	u.free(e)
	u.free(before)
	return t
}

// driveSlots returns the slots of what the unit grows by.
func (u *unit) driveSlots() []*slot {
	var list []*slot
	for p := range u.drives {
		list = append(list, u.slotOf(p))
	}
	return list
}

// keepDrives sets an env to what a unit grows by.
func keepDrives(drives []*slot, kept, e *env) {
	kept.cells = kept.cells[:0]
	for _, at := range drives {
		if v, held := e.get(at); held {
			kept.set(at, v)
		}
	}
}

// settled reports whether what the unit grows by has stopped to change.
func (u *unit) settled(drives []*slot, before, after *env) bool {
	if len(u.outside.places)+len(u.outside.calls) > 0 || u.remote {
		return false
	}
	for _, at := range drives {
		v, held := after.get(at)
		if w, was := before.get(at); held != was || !v.same(w) {
			return false
		}
	}
	return true
}

// release drops what comparisons have said about the numbers that count elsewhere: they are others at the next attempt.
func (u *unit) release(m *machine, e *env) {
	if e == nil {
		return
	}
	kept := e.cells[:0]
	for _, c := range e.cells {
		if !u.f.driven.places[c.at.place] || m.counts[c.at.place] {
			kept = append(kept, c)
		}
	}
	e.cells = kept
}

// size returns the number of blocks that run.
func (u *unit) size(g *graph) int {
	if u.loop != nil {
		return len(u.loop.body)
	}
	return len(g.blocks)
}

// kept returns what outlives a call of the function, and shows the delays among it.
func (u *unit) kept(m *machine, ends *env, t *tracks) *env {
	if ends == nil {
		return nil
	}
	kept := u.newEnv()
	for _, c := range ends.cells {
		if c.at.path == "" && u.f.declares(c.at.place) {
			continue
		}
		kept.set(c.at, c.value)
		if isDuration(c.at.t) && c.site != nil {
			t.show(sink{keptIn{c.at.place}, stored, c.value})
		}
	}
	u.free(ends)
	return kept
}

// keptIn stands for a place that outlives a call, where tracks are told apart.
type keptIn struct{ place }

// Pos returns where the variable is declared.
func (k keptIn) Pos() token.Pos { return k.root.Pos() }

// End returns where the variable is declared.
func (k keptIn) End() token.Pos { return k.root.Pos() }

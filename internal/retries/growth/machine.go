package growth

import (
	"go/ast"
	"go/token"

	"golang.org/x/tools/go/cfg"
)

// machine runs a function on values. Each trip around a loop is a run of its own, so that the values of a counter and of
// what grows with it stay together; ways that meet within a trip are joined.
type machine struct {
	*program
	fn        *function
	turn      float64                          // what counts the attempts elsewhere stands at this number
	unknown   assumption                       // what is not known
	args      map[*slot]value                  // parameters, in a call that is followed
	counts    map[place]bool                   // places that count what is counted, from call to call
	outermost *loop                            // what runs, nil for a function
	region    ast.Node                         // the same of a function; nil for the trips of a loop
	extent    [2]token.Pos                     // of the loop
	assumed   *bool                            // set once something is used that is not known
	counted   *bool                            // set once turn is asked for
	memos     map[*loop]*memo                  // what inner loops have done
	steps     *int                             // that are left
	caps      map[ast.Node]bool                // what grows, and is compared with a maximum
	fell      func(site ast.Node, least value) // is told what has overflowed and falls back to a minimum
	depth     int                              // calls
	show      func(sink)
	before    map[*slot]bool // the places whose first value is being computed
}

// result is how a trip ends.
type result struct {
	back    *env   // at the head again
	exits   []exit // outside
	ends    *env   // where the function returns
	results []value
}

// exit is a block outside of a loop that a trip gets to.
type exit struct {
	to *cfg.Block
	e  *env
}

// trip runs the blocks of a loop once, from its head; of the whole function if l is nil. What is in e changes.
func (m *machine) trip(l *loop, head *cfg.Block, e *env, number float64) (r result) {
	g := m.fn.graph(m.info)
	todo := m.newPending(g)
	todo.add(head, e)
	for !todo.empty() && *m.steps > 0 {
		b, in := todo.next()
		if inner := g.loops[b]; inner != nil && inner != l {
			for _, x := range m.rounds(inner, in, &r) {
				m.arrive(&r, l, todo, x.to, x.e)
			}
			continue
		}
		for i, out := range m.block(b, in, number, &r) {
			if out != nil {
				m.arrive(&r, l, todo, b.Succs[i], out)
			}
		}
	}
	m.freePending(todo)
	return r
}

// arrive brings an env to a block: to one that will run, to the head, or outside.
func (m *machine) arrive(r *result, l *loop, todo *pending, to *cfg.Block, e *env) {
	switch {
	case l != nil && to == l.head:
		r.back = m.merge(r.back, e)
	case l != nil && l == m.outermost && !l.body[to]:
		m.free(e) // nobody asks
	case l != nil && !l.body[to]:
		r.exits = m.leave(r.exits, to, e)
	case todo.in[to.Index] != nil:
		todo.in[to.Index] = m.merge(todo.in[to.Index], e)
	default:
		todo.add(to, e)
	}
}

// leave adds a way out of a loop to those that are known.
func (m *machine) leave(list []exit, to *cfg.Block, e *env) []exit {
	for i := range list {
		if list[i].to == to {
			list[i].e = m.merge(list[i].e, e)
			return list
		}
	}
	return append(list, exit{to, e})
}

// mostRounds is the number of trips around an inner loop.
const mostRounds = 200

// rounds runs an inner loop to its end, unless it has been run from there, and returns how it is left.
func (m *machine) rounds(l *loop, e *env, outer *result) []exit {
	known := m.memoOf(l)
	switch {
	case known == nil:
		return m.allRounds(l, e, outer)
	case known.knows(m, e):
		return known.again(m, e)
	}
	return known.learn(m, l, e, outer)
}

func (m *machine) allRounds(l *loop, e *env, outer *result) []exit {
	var exits []exit
	for n := range mostRounds {
		start := m.clone(e)
		r := m.trip(l, l.head, e, float64(n))
		for _, x := range r.exits {
			exits = m.leave(exits, x.to, x.e)
		}
		m.end(outer, r.ends, r.results)
		done := r.back == nil || equal(r.back, start) || *m.steps <= 0
		m.free(start)
		if done {
			m.free(r.back)
			break
		}
		e = r.back
	}
	return exits
}

// end adds a return to a result.
func (m *machine) end(r *result, e *env, results []value) {
	if e == nil {
		return
	}
	r.ends = m.merge(r.ends, e)
	for i, v := range results {
		if i < len(r.results) {
			r.results[i] = join(r.results[i], v)
		} else {
			r.results = append(r.results, v)
		}
	}
}

// block runs a block, and returns what it passes on to its successors, nil for those that control does not get to.
func (m *machine) block(b *cfg.Block, e *env, number float64, r *result) (out [2]*env) {
	*m.steps -= 1 + len(b.Nodes) + len(e.cells)/4
	c := m.fn.codeOf(m.program, b)
	for _, s := range c.steps {
		for _, at := range s.forgets {
			if !s.again || m.outermost != nil || m.depth > 0 {
				e.forget(at.place)
			}
		}
		m.node(s.node, e)
		if s, ok := s.node.(*ast.ReturnStmt); ok {
			m.end(r, e, m.returned(s, e))
			return out
		}
	}
	switch {
	case b.Kind == cfg.KindRangeLoop:
		return m.rangeHead(b, e, number)
	case c.decides:
		m.showCondition(c.cond, e)
		m.showFloor(c.cond, b.Succs[0], e)
		return [2]*env{m.assume(c.cond, true, m.clone(e)), m.assume(c.cond, false, e)}
	case len(b.Succs) == 2:
		return [2]*env{e, m.clone(e)}
	case len(b.Succs) == 1:
		out[0] = e
	default:
		m.free(e)
	}
	return out
}

// attempt returns the number at which what counts the attempts elsewhere stands.
func (m *machine) attempt() value {
	*m.counted = true
	return exactly(m.turn)
}

// fewElements is the number of elements that slices, maps and strings are taken to have at most.
const fewElements = 16

// rangeHead decides whether a range statement goes around once more.
func (m *machine) rangeHead(b *cfg.Block, e *env, number float64) (out [2]*env) {
	s := b.Stmt.(*ast.RangeStmt)
	count := m.rangeCount(s, e)
	if number < count.hi {
		body := m.clone(e)
		if s.Key != nil {
			m.store(s.Key, exactly(number), body)
		}
		if s.Value != nil {
			m.store(s.Value, m.ordinary(m.info.TypeOf(s.Value)), body)
		}
		out[0] = body
	}
	if number >= count.lo {
		out[1] = e
	}
	return out
}

package growth

import (
	"container/heap"
	"go/ast"
	"go/token"

	"golang.org/x/tools/go/cfg"
)

// machine runs a function on values. Each trip around a loop is a run of its own, so that the values of a counter and of
// what grows with it stay together; ways that meet within a trip are joined.
type machine struct {
	*program
	fn      *function
	turn    float64           // what counts the attempts elsewhere stands at this number
	unknown assumption        // what is not known
	args    map[place]value   // parameters, in a call that is followed
	counts  map[place]bool    // places that count what is counted, from call to call
	region  ast.Node          // what runs; nil for the trips of a loop
	extent  [2]token.Pos      // of the loop
	assumed *bool             // set once something is used that is not known
	steps   *int              // that are left
	caps    map[ast.Node]bool // what grows, and is compared with a maximum
	depth   int               // calls
	show    func(sink)
	before  map[place]bool // the places whose first value is being computed
}

// result is how a trip ends.
type result struct {
	back    env                // at the head again
	exits   map[*cfg.Block]env // outside
	ends    env                // where the function returns
	results []value
}

// pending are the blocks that are still to run, in the order in which a way goes forward.
type pending struct {
	order []int
	list  []*cfg.Block
	in    map[*cfg.Block]env
}

func (p *pending) Len() int           { return len(p.list) }
func (p *pending) Less(i, j int) bool { return p.order[p.list[i].Index] < p.order[p.list[j].Index] }
func (p *pending) Swap(i, j int)      { p.list[i], p.list[j] = p.list[j], p.list[i] }
func (p *pending) Push(x any)         { p.list = append(p.list, x.(*cfg.Block)) }
func (p *pending) Pop() any {
	last := p.list[len(p.list)-1]
	p.list = p.list[:len(p.list)-1]
	return last
}

// trip runs the blocks of a loop once, from its head; of the whole function if l is nil. What is in e changes.
func (m *machine) trip(l *loop, head *cfg.Block, e env, number float64) *result {
	g := m.fn.graph(m.info)
	r := &result{}
	todo := &pending{order: g.order, in: map[*cfg.Block]env{head: e}, list: []*cfg.Block{head}}
	for todo.Len() > 0 && *m.steps > 0 {
		b := heap.Pop(todo).(*cfg.Block)
		in := todo.in[b]
		delete(todo.in, b)
		if inner := g.loops[b]; inner != nil && inner != l {
			for to, out := range m.rounds(inner, in, r) {
				m.arrive(r, l, todo, to, out)
			}
			continue
		}
		for i, out := range m.block(b, in, number, r) {
			if out != nil {
				m.arrive(r, l, todo, b.Succs[i], out)
			}
		}
	}
	return r
}

// arrive brings an env to a block: to one that will run, to the head, or outside.
func (m *machine) arrive(r *result, l *loop, todo *pending, to *cfg.Block, e env) {
	switch {
	case l != nil && to == l.head:
		r.back = m.merge(r.back, e)
	case l != nil && !l.body[to]:
		if r.exits == nil {
			r.exits = map[*cfg.Block]env{}
		}
		r.exits[to] = m.merge(r.exits[to], e)
	case todo.in[to] != nil:
		todo.in[to] = m.merge(todo.in[to], e)
	default:
		todo.in[to] = e
		heap.Push(todo, to)
	}
}

// mostRounds is the number of trips around an inner loop.
const mostRounds = 200

// rounds runs an inner loop to its end, and returns how it is left.
func (m *machine) rounds(l *loop, e env, outer *result) map[*cfg.Block]env {
	exits := map[*cfg.Block]env{}
	for n := range mostRounds {
		start := e.clone()
		r := m.trip(l, l.head, e, float64(n))
		for to, out := range r.exits {
			exits[to] = m.merge(exits[to], out)
		}
		m.end(outer, r.ends, r.results)
		if r.back == nil || equal(r.back, start) || *m.steps <= 0 {
			break
		}
		e = r.back
	}
	return exits
}

func (e env) clone() env {
	c := make(env, len(e))
	for p, v := range e {
		c[p] = v
	}
	return c
}

// end adds a return to a result.
func (m *machine) end(r *result, e env, results []value) {
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
func (m *machine) block(b *cfg.Block, e env, number float64, r *result) (out [2]env) {
	*m.steps -= 1 + len(b.Nodes) + len(e)/4
	nodes, cond := b.Nodes, m.condition(b)
	if cond != nil {
		nodes = nodes[:len(nodes)-1]
	}
	for _, n := range nodes {
		m.node(n, e)
		if s, ok := n.(*ast.ReturnStmt); ok {
			m.end(r, e, m.returned(s, e))
			return out
		}
	}
	switch {
	case b.Kind == cfg.KindRangeLoop:
		return m.rangeHead(b, e, number)
	case cond != nil:
		m.showCondition(cond, e)
		return [2]env{m.assume(cond, true, e.clone()), m.assume(cond, false, e)}
	case len(b.Succs) == 2:
		return [2]env{e, e.clone()}
	case len(b.Succs) == 1:
		out[0] = e
	}
	return out
}

// condition returns what decides between the two blocks that follow one, nil for nothing that is known.
func (m *machine) condition(b *cfg.Block) ast.Expr {
	if len(b.Succs) != 2 || len(b.Nodes) == 0 {
		return nil
	}
	cond, ok := b.Nodes[len(b.Nodes)-1].(ast.Expr)
	if !ok {
		return nil
	}
	switch b.Succs[0].Kind {
	case cfg.KindIfThen, cfg.KindForBody:
		return cond
	case cfg.KindSwitchCaseBody:
		clause, ok := b.Succs[0].Stmt.(*ast.CaseClause)
		if !ok || b.Kind == cfg.KindRangeLoop || !lists(clause, cond) {
			return nil
		}
		if tag := m.fn.graph(m.info).tags[clause]; tag != nil {
			return &ast.BinaryExpr{X: tag, OpPos: cond.Pos(), Op: token.EQL, Y: cond}
		}
		return cond
	}
	return nil
}

// lists reports whether an expression is one of those of a clause; those of a type switch are types.
func lists(clause *ast.CaseClause, e ast.Expr) bool {
	for _, x := range clause.List {
		if x == e {
			return true
		}
	}
	return false
}

// fewElements is the number of elements that slices, maps and strings are taken to have at most.
const fewElements = 16

// rangeHead decides whether a range statement goes around once more.
func (m *machine) rangeHead(b *cfg.Block, e env, number float64) (out [2]env) {
	s := b.Stmt.(*ast.RangeStmt)
	count := m.rangeCount(s, e)
	if number < count.hi {
		body := e.clone()
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

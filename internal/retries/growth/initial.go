package growth

import (
	"go/ast"
	"go/token"
	"go/types"
	"maps"

	"github.com/retrygen/retrygen/internal/syntax"
)

// day is the longest delay that anybody is taken to configure, in nanoseconds.
const day = 24 * 3600e9

// assumption is what numbers are taken to be of which nothing is known. Delays are positive and at most a day, counts are
// positive, and factors are small: an alarm is about what grows, not about what is configured badly.
type assumption struct{ delay, factor, count value }

var (
	wide    = assumption{between(1, day), between(0, 10), between(1, 1e6)}
	typical = assumption{exactly(1e9), exactly(2), between(1, 1000)}
)

// ordinary returns the values of a number about which nothing is known.
func (m *machine) ordinary(t types.Type) value {
	number, ok := numberOf(t)
	if !ok {
		return nothing
	}
	*m.assumed = true
	switch {
	case isDuration(t):
		return m.unknown.delay
	case number.float:
		return m.unknown.factor
	}
	v := m.unknown.count
	v.hi = min(v.hi, number.limit()-1)
	return v
}

// ordinaryOf returns the values of an expression about which nothing is known.
func (m *machine) ordinaryOf(e *expression) value {
	if !e.isNumber {
		return nothing
	}
	return m.ordinary(e.t)
}

// initial returns what a place holds before the first trip.
func (m *machine) initial(at *slot) value { return m.initialOf(at, nil) }

// initialOf returns what a place of a type holds that nothing in sight has written to on the way here. For a variable
// that is what the function writes elsewhere.
func (m *machine) initialOf(at *slot, t types.Type) value {
	if t == nil {
		t = at.t
	} else {
		at.t = t
	}
	if v, ok := m.args[at]; ok {
		return v
	}
	if m.fn.driven.places[at.place] && !m.counts[at.place] {
		return m.attempt()
	}
	if m.before[at] {
		return nothing
	}
	v, known := m.written(at)
	switch {
	case known:
		return v
	case m.counts[at.place]:
		return exactly(0)
	}
	if v, ok := m.constant(at); ok {
		return v
	}
	return m.ordinary(t)
}

// written joins what is assigned to a variable outside of what runs, and reports whether there is anything.
func (m *machine) written(at *slot) (value, bool) {
	p := at.place
	if p.path != "" {
		return value{}, false
	}
	if init := m.vars[p.root]; init != nil {
		return m.alone(init, at), true
	}
	v, known := nothing, false
	for f := m.fn; f != nil; f = f.outer {
		for _, w := range f.writes[p.root] {
			if m.runs(w.at) || w.op != token.ASSIGN && w.op != token.DEFINE && w.op != token.VAR {
				continue
			}
			q, _ := placeOf(m.info, w.target)
			switch {
			case q != p || w.counted(m.info, p):
			case w.op == token.VAR:
				v, known = join(v, exactly(0)), true
			case w.value == nil:
				v, known = join(v, m.clamped(m.ordinary(p.root.Type()), at, f, w)), true
			default:
				v, known = join(v, m.clamped(m.alone(w.value, at), at, f, w)), true
			}
		}
	}
	return v, known && !v.impossible()
}

// runs reports whether a position is in what runs.
func (m *machine) runs(at token.Pos) bool {
	if m.region != nil {
		return m.region.Pos() <= at && at < m.region.End()
	}
	return m.extent[0] <= at && at < m.extent[1]
}

// alone evaluates what a variable is set to elsewhere.
func (m *machine) alone(e ast.Expr, at *slot) value {
	before := maps.Clone(m.before)
	before[at] = true
	quiet := &machine{
		program: m.program, fn: m.fn, turn: m.turn, unknown: m.unknown, caps: m.caps, assumed: m.assumed, counted: m.counted,
		steps: m.steps, depth: deepest, show: func(sink) {}, fell: func(ast.Node, value) {},
		args: m.args, counts: m.counts, region: m.region, extent: m.extent, before: before,
	}
	in := m.newEnv()
	v := quiet.eval(e, in)
	m.free(in)
	return v
}

// clamped returns what is left of a value that is written to a variable where the function goes on to set the variable to something
// else if that is out of bounds: if n <= 0 || n > 20 { n = 5 }.
func (m *machine) clamped(v value, at *slot, f *function, w write) value {
	for _, guard := range f.guards(m.info)[at.root] {
		if guard.Pos() < w.at || m.runs(guard.Pos()) {
			continue
		}
		in := m.newEnv()
		in.set(at, v)
		if left := m.assume(guard.Cond, false, in); left != nil {
			if within, ok := left.get(at); ok {
				v = within
			}
			m.free(left)
		}
	}
	return v
}

// guards returns the if statements of a function, by the variable that their conditions look at and their blocks set, and that do
// nothing else.
func (f *function) guards(info *types.Info) map[types.Object][]*ast.IfStmt {
	if f.guarding != nil {
		return f.guarding
	}
	f.guarding = map[types.Object][]*ast.IfStmt{}
	ast.Inspect(f.body, func(n ast.Node) bool {
		guard, ok := n.(*ast.IfStmt)
		if !ok || guard.Init != nil || guard.Else != nil || len(guard.Body.List) != 1 {
			return true
		}
		if assign, ok := guard.Body.List[0].(*ast.AssignStmt); ok && assign.Tok == token.ASSIGN && len(assign.Lhs) == 1 {
			if id, ok := assign.Lhs[0].(*ast.Ident); ok && syntax.Mentions(info, guard.Cond, info.Uses[id]) {
				f.guarding[info.Uses[id]] = append(f.guarding[info.Uses[id]], guard)
			}
		}
		return true
	})
	return f.guarding
}

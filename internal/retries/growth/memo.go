package growth

import (
	"go/ast"
	"go/types"

	"golang.org/x/tools/go/cfg"
)

// memo is what an inner loop has done once. It does the same each time that it begins with the same numbers, and each attempt
// may run it.
type memo struct {
	touched map[types.Object]bool // the variables in the loop
	valid   bool                  // the rest is known
	before  []cell                // where it began
	exits   []exit                // what is touched
	shown   []sink
}

// memoOf returns the memo of an inner loop, nil where there is none: the arguments of a call that is followed may change.
func (m *machine) memoOf(l *loop) *memo {
	if m.depth > 0 {
		return nil
	}
	if m.memos == nil {
		m.memos = map[*loop]*memo{}
	}
	k := m.memos[l]
	if k == nil {
		k = &memo{touched: m.touchedIn(l)}
		m.memos[l] = k
	}
	return k
}

// touchedIn returns the variables in the blocks of a loop.
func (m *machine) touchedIn(l *loop) map[types.Object]bool {
	set := map[types.Object]bool{}
	visit := func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			if v, ok := m.info.ObjectOf(id).(*types.Var); ok {
				set[v] = true
			}
		}
		return true
	}
	for b := range l.body {
		for _, n := range b.Nodes {
			ast.Inspect(n, visit)
		}
		if cond := m.fn.codeOf(m.program, b).cond; cond != nil {
			ast.Inspect(cond, visit)
		}
		if s, ok := b.Stmt.(*ast.RangeStmt); ok && b.Kind == cfg.KindRangeLoop {
			for _, e := range []ast.Expr{s.Key, s.Value, s.X} {
				if e != nil {
					ast.Inspect(e, visit)
				}
			}
		}
	}
	return set
}

// touches reports whether a loop may read or change a place. The functions that it calls know the variables of the package.
func (k *memo) touches(m *machine, at *slot) bool {
	return k.touched[at.root] || at.root.Parent() == m.pkg.Scope()
}

// part returns a copy of those cells that the loop touches, or of the others.
func (k *memo) part(m *machine, e *env, touched bool) []cell {
	var list []cell
	for _, c := range e.cells {
		if k.touches(m, c.at) == touched {
			list = append(list, c)
		}
	}
	return list
}

// knows reports whether the loop has begun with the same numbers.
func (k *memo) knows(m *machine, e *env) bool {
	if !k.valid {
		return false
	}
	rest := k.before
	for _, c := range e.cells {
		if !k.touches(m, c.at) {
			continue
		}
		if len(rest) == 0 || rest[0] != c {
			return false
		}
		rest = rest[1:]
	}
	return len(rest) == 0
}

// again does what the loop did. It returns how the loop is left, and uses up the env.
func (k *memo) again(m *machine, e *env) []exit {
	*m.steps -= 1 + len(k.shown)
	for _, s := range k.shown {
		m.show(s)
	}
	var list []exit
	for _, x := range k.exits {
		out := m.newEnv()
		out.cells = append(out.cells, x.e.cells...)
		for _, c := range e.cells {
			if !k.touches(m, c.at) {
				out.set(c.at, c.value)
			}
		}
		list = append(list, exit{x.to, out})
	}
	m.free(e)
	return list
}

// learn runs the loop, and keeps what it does unless that depends on the attempt.
func (k *memo) learn(m *machine, l *loop, e *env, outer *result) []exit {
	k.valid, k.before, k.exits, k.shown = false, k.part(m, e, true), nil, nil
	show, counted := m.show, *m.counted
	m.show = func(s sink) {
		k.shown = append(k.shown, s)
		show(s)
	}
	*m.counted = false
	list := m.allRounds(l, e, outer)
	m.show = show
	k.valid = !*m.counted && *m.steps > 0
	*m.counted = *m.counted || counted
	for _, x := range list {
		k.exits = append(k.exits, exit{x.to, &env{k.part(m, x.e, true)}})
	}
	return list
}

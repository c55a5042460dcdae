package loop

import (
	"go/ast"
	"go/token"
	"slices"
	"strings"

	"github.com/retrygen/retrygen/internal/syntax"
)

// follow returns the successors of a block that are possible after the last attempt has failed.
func (w *walk) follow(b *block, fresh []variable) []*block {
	if b.branch != nil && b.branch.ranges != nil && w.judges(b.branch.ranges.X) {
		return []*block{b.succs[1]} // over nothing
	}
	if b.branch == nil || b.branch.cond == nil {
		return b.succs
	}
	if mentionsAny(w.flow.info, b.branch.cond, fresh) {
		return b.succs
	}
	if way := w.outcome(b.branch.cond); way >= 0 {
		return []*block{b.succs[way]}
	}
	if way := w.judged(b.branch.cond); way >= 0 {
		return []*block{b.succs[way]}
	}
	set := false
	inspectVariables(w.flow.info, b.branch.cond, func(v variable) { set = set || len(w.flow.set[v]) > 0 || w.setLeaving()[v] })
	if !set {
		return b.succs
	}
	kind, fail := w.flow.condition(b.branch.cond, 0)
	if kind == NilError || kind == Truth || kind == Value && (fail >= 0 || w.comparesNil(b.branch.cond)) {
		return []*block{b.succs[fail]}
	}
	if v, ok := variableOf(w.flow.info, b.branch.cond); ok && syntax.IsBool(v.object.Type()) && v.fields == "" {
		return []*block{b.succs[1]} // a flag that a success sets
	}
	return b.succs
}

// setLeaving returns the variables that the loop assigns to when it leaves before its limit: err = nil; break.
func (l *Loop) setLeaving() map[variable]bool {
	if l.leaving != nil {
		return l.leaving
	}
	l.leaving = map[variable]bool{}
	limits := l.limits()
	for _, b := range l.flow.blocks {
		for way, to := range b.succs {
			if t := limits[b]; l.flow.has[to] || t != nil && t.reached == way {
				continue
			}
			l.noteLeaving(to)
		}
	}
	return l.leaving
}

// noteLeaving takes in what the body of the loop assigns to on the ways from a block that leads out of it.
func (l *Loop) noteLeaving(to *block) {
	first := true
	visit([]*block{to}, func(b *block) ([]*block, bool) {
		if l.flow.has[b] || !first && !l.inBody(b) {
			return nil, false
		}
		first = false
		for _, a := range l.flow.assignmentsOf(b) {
			l.leaving[a.to] = l.leaving[a.to] || !a.state
		}
		return b.succs, false
	})
}

// inBody reports whether a block that does anything stands in the body of the loop, or one that does nothing.
func (l *Loop) inBody(b *block) bool {
	return len(b.nodes) == 0 || l.Body != nil && syntax.Contains(l.Body, b.nodes[0].Pos())
}

// judged returns which way of a condition means failure where the loop judges by the same condition, or by its opposite; else -1.
func (w *walk) judged(cond ast.Expr) int {
	for _, j := range w.Judges {
		if j.Cond == nil {
			continue
		}
		switch {
		case sameText(j.Cond, cond):
			return j.fail
		case opposite(j.Cond, cond):
			return 1 - j.fail
		}
	}
	return -1
}

// judges reports whether a variable is among what the loop judges.
func (w *walk) judges(e ast.Expr) bool {
	v, ok := variableOf(w.flow.info, e)
	found := false
	for _, j := range w.Judges {
		inspectVariables(w.flow.info, orNil(j.Cond), func(other variable) { found = found || ok && other == v && len(w.flow.set[v]) > 0 })
	}
	return found
}

func sameText(a, b ast.Expr) bool { return syntax.Text(a) == syntax.Text(b) }

// opposite reports whether one comparison holds where the other does not.
func opposite(a, b ast.Expr) bool {
	x, ok := ast.Unparen(a).(*ast.BinaryExpr)
	y, is := ast.Unparen(b).(*ast.BinaryExpr)
	return ok && is && syntax.Compares(x.Op) && syntax.Opposite(x.Op) == y.Op && sameText(x.X, y.X) && sameText(x.Y, y.Y)
}

func (w *walk) comparesNil(cond ast.Expr) bool {
	e, ok := cond.(*ast.BinaryExpr)
	return ok && (w.flow.info.Types[e.X].IsNil() || w.flow.info.Types[e.Y].IsNil())
}

// triesAgain reports whether a node calls what the loop has tried, other than for what a message says.
func (w *walk) triesAgain(n ast.Node) bool {
	found := false
	ast.Inspect(n, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		found = found || ok && w.callees[calledObject(w.flow.info, call)]
		return !found && !(ok && w.formats(call))
	})
	return found
}

// formats reports whether a call makes a text of its arguments: log.Fatalf("no answer from %s", c.Name()).
func (w *walk) formats(call *ast.CallExpr) bool {
	return len(call.Args) > 1 && slices.ContainsFunc(call.Args, func(arg ast.Expr) bool {
		text, ok := ast.Unparen(arg).(*ast.BasicLit)
		return ok && text.Kind == token.STRING && strings.Contains(text.Value, "%")
	})
}

package loop

import (
	"go/ast"
	"slices"
)

// reachesUnguarded reports whether a failure leads to a wait in the round that a limit ends.
func (l *Loop) reachesUnguarded(w *Wait, t *limit) bool {
	g := &guards{Loop: l, limit: t, wait: w.block, index: w.index, near: l.leadingTo(w.block), derived: l.derived()}
	if !t.moves(l, g.near, w.block) || l.takesBack(w.block, t) {
		return false
	}
	errs := l.JudgesErrors()
	for _, j := range l.Judges {
		if errs && (j.Kind == Truth || j.Kind == Predicate && slices.Contains(j.Operations, j.Cond)) {
			continue // what asks whether to try again is no attempt
		}
		if g.judge = j; g.waitsAtOnce(j) || g.reach(g.afterAttempt(j)) {
			return true
		}
	}
	g.judge = nil
	return slices.ContainsFunc(l.polled, func(b *block) bool { return g.reach(b.succs) }) ||
		slices.ContainsFunc(l.Exits, func(e Exit) bool { return l.searches(e) && g.reach(e.from.succs) })
}

// takesBack reports whether a block takes back what each round counts, so that its round is not one of those that are counted: i--.
func (l *Loop) takesBack(b *block, t *limit) bool {
	return slices.ContainsFunc(l.flow.assignmentsOf(b), func(back *assignment) bool {
		return back.to == t.moved && back.step && slices.ContainsFunc(l.flow.set[t.moved], func(a *assignment) bool {
			return a.step && a.block != b && a.up != back.up
		})
	})
}

// searches reports whether a loop inside leaves this one where it finds what the attempt was for, so that the attempt has failed where
// it does not:
//
//	for _, topic := range topics {
//		if topic == name {
//			return nil
//		}
//	}
func (l *Loop) searches(e Exit) bool {
	return e.Meaning == Succeeded && e.from.loop != l.flow.natural
}

// guards follows the ways from an attempt to a wait in the round that a limit ends.
type guards struct {
	*Loop
	limit   *limit
	wait    *block
	index   int             // of the wait's node in its block
	near    map[*block]bool // what leads to the wait in the same round
	derived map[variable]bool
	judge   *Judge // what has said that the attempt failed, nil where nothing does
}

// reach reports whether the wait is reached from some blocks.
func (g *guards) reach(from []*block) bool {
	return visit(from, func(b *block) ([]*block, bool) {
		switch {
		case b == g.wait:
			return nil, true
		case !g.flow.has[b] || b == g.flow.head:
			return nil, false
		}
		return g.ways(b), false
	})
}

// waitsAtOnce reports whether the wait follows an operation in its block whose result is judged later, whatever that is.
func (g *guards) waitsAtOnce(j *Judge) bool {
	return slices.ContainsFunc(j.Operations, func(op ast.Expr) bool {
		keeps := func(a *assignment) bool { return a.value == op && !a.state }
		if isDuration(g.flow.info.TypeOf(op)) || !slices.ContainsFunc(g.flow.assignmentsOf(g.wait), keeps) {
			return false
		}
		at := slices.IndexFunc(g.wait.nodes, func(n ast.Node) bool { return n.Pos() <= op.Pos() && op.End() <= n.End() })
		return g.flow.sites[op] == g.wait && 0 <= at && at < g.index
	})
}

// afterAttempt returns the blocks that follow the operations of a judgement: where these are judged at once, what follows a
// failure; nothing where the number of attempts is asked for first, as in i < limit && err != nil. What computes a delay is no
// attempt where errors are judged.
func (g *guards) afterAttempt(j *Judge) []*block {
	errs := g.JudgesErrors()
	var list []*block
	for _, op := range j.Operations {
		if errs && isDuration(g.flow.info.TypeOf(op)) {
			continue
		}
		switch b := g.flow.sites[op]; {
		case b == nil || b == j.block:
			list = append(list, j.failure())
		case b == g.wait:
			list = append(list, b.succs...)
		default:
			list = append(list, g.ways(b)...)
		}
	}
	return list
}

// ways returns the successors of a block that are possible in the last round, after the attempt has failed. There is none where a test
// of the number of attempts decides whether the wait is reached, and it is not known how.
func (g *guards) ways(b *block) []*block {
	if len(b.succs) < 2 || b.branch == nil {
		return b.succs
	}
	if g.failsAgain(b) {
		j := g.flow.judge(b)
		if b != g.judge.block && b.dominates(g.judge.block) && !g.leadsTo(j.failure(), g.judge.block) {
			return []*block{j.success()} // what is judged has been done after it
		}
		return []*block{j.failure()}
	}
	if way := g.limit.outcome(g.Loop, b); way >= 0 {
		return []*block{b.succs[way]}
	}
	if g.asksForLimit(b) {
		return nil
	}
	if g.decides(b) && (!g.near[b.succs[0]] || !g.near[b.succs[1]]) {
		return nil
	}
	return b.succs
}

// failsAgain reports whether a branch asks once more whether the attempt has returned an error.
func (g *guards) failsAgain(b *block) bool {
	if g.judge == nil || g.judge.Kind != NilError {
		return false
	}
	j := g.flow.judge(b)
	return j != nil && j.Kind == NilError && slices.Equal(j.Operations, g.judge.Operations)
}

// decides reports whether a branch asks for what the limit is about.
func (g *guards) decides(b *block) bool {
	return g.limits()[b] != nil || b.branch.cond != nil && g.mentions(b.branch.cond, g.derived)
}

// asksForLimit reports whether a branch asks for the limit itself, as in limit <= 0 || n+1 < limit: there may be none.
func (g *guards) asksForLimit(b *block) bool {
	return b.branch.cond != nil && g.mentions(b.branch.cond, map[variable]bool{g.limit.last.of: true})
}

// leadingTo returns the blocks from which a block is reached in the same round.
func (l *Loop) leadingTo(to *block) map[*block]bool {
	set := map[*block]bool{}
	visit([]*block{to}, func(b *block) ([]*block, bool) {
		if !l.flow.has[b] {
			return nil, false
		}
		set[b] = true
		if b == l.flow.head {
			return nil, false
		}
		return b.preds, false
	})
	return set
}

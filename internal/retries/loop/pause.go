package loop

import (
	"go/ast"
	"go/constant"
	"go/types"
	"slices"
	"time"

	"github.com/retrygen/retrygen/internal/syntax"
)

// Brief is a last wait that no caller would notice.
const Brief = 150 * time.Millisecond

// pause says that a function may wait when its work is done: nothing follows the wait but the end of the function, as in
//
//	if resp.StatusCode == http.StatusTooManyRequests {
//		time.Sleep(retryAfter(resp))
//		return false, nil
//	}
//
// It says also what the function returns then, in bits that stand for results.
type pause struct {
	True, False uint64 // results that are these constants
	Fails       bool   // the last result is an error
}

// pauseOf returns the pause of a function, nil if it has none. Waits in its loops are those of its own retries.
func pauseOf(m *Model, signature *types.Signature, body *ast.BlockStmt) *pause {
	g := newGraph(m.pass.TypesInfo, body, nil)
	g.loops()
	s := m.waiter(body, g.parent)
	p := &pause{True: ^uint64(0), False: ^uint64(0), Fails: true}
	found := false
	for _, b := range g.blocks {
		for i, n := range b.nodes {
			for _, w := range s.in(n) {
				if b.loop == nil && !s.isBrief(w) && !hears(s.info, w) && !s.isAnswer(w) && s.endsAfter(b, i, p) {
					found = true
				}
			}
		}
	}
	if !found {
		return nil
	}
	return p
}

// isBrief reports whether a wait is known to be so short that no caller would notice.
func (s *waiter) isBrief(w *Wait) bool {
	if w.Delay == nil {
		return false
	}
	d, ok := syntax.ConstantDuration(s.info, w.Delay)
	return ok && d <= Brief
}

// endsAfter reports whether nothing that may fail follows a node, and notes what is returned then.
func (s *waiter) endsAfter(b *block, at int, p *pause) bool {
	works := func(b *block, from int) bool {
		return slices.ContainsFunc(b.nodes[from:], func(n ast.Node) bool { return s.worksIn(n) })
	}
	if works(b, at+1) {
		return false
	}
	var ends []*block
	if visit([]*block{b}, func(next *block) ([]*block, bool) {
		if len(next.succs) == 0 {
			ends = append(ends, next)
		}
		return next.succs, next != b && works(next, 0)
	}) {
		return false
	}
	for _, end := range ends {
		s.noteReturn(end, p)
	}
	return true
}

// worksIn reports whether a node calls something that may fail, other than to clean up.
func (s *waiter) worksIn(n ast.Node) bool {
	found := false
	syntax.InspectOwn(n, func(n ast.Node) {
		call, ok := n.(*ast.CallExpr)
		if !ok || !syntax.ReturnsError(s.info, call) || computes(s.info, call) {
			return
		}
		found = found || !harmless.MatchString(called(call)) && s.call(call) == nil
	})
	return found
}

// noteReturn notes what the return statement at the end of a block returns.
func (s *waiter) noteReturn(b *block, p *pause) {
	var ret *ast.ReturnStmt
	if len(b.nodes) > 0 {
		ret, _ = b.nodes[len(b.nodes)-1].(*ast.ReturnStmt)
	}
	if ret == nil || len(ret.Results) == 0 {
		*p = pause{}
		return
	}
	for i := range min(len(ret.Results), 64) {
		value := s.info.Types[ret.Results[i]].Value
		is := value != nil && value.Kind() == constant.Bool && constant.BoolVal(value)
		isNot := value != nil && value.Kind() == constant.Bool && !is
		if !is {
			p.True &^= 1 << i
		}
		if !isNot {
			p.False &^= 1 << i
		}
	}
	last := ret.Results[len(ret.Results)-1]
	p.Fails = p.Fails && syntax.IsError(s.info.TypeOf(last)) && !s.info.Types[last].IsNil()
}

// findPauses finds the calls in a block of functions that wait when their work is done.
func (s *finder) findPauses(b *block) {
	for i, n := range b.nodes {
		ast.Inspect(n, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncLit, *ast.GoStmt, *ast.DeferStmt:
				return false
			case *ast.CallExpr:
				fn := syntax.Callee(s.info, n)
				if fn != nil && s.summary(fn).Pause != nil && !s.isWait(n) {
					s.loop.Pauses = append(s.loop.Pauses, &Wait{Node: n, Helper: fn, block: b, index: i})
				}
			}
			return true
		})
	}
}

// PausesAfterLast reports whether a call pauses after the last attempt: it is the attempt, and does so where it fails, or it is made
// after a failure alone.
func (l *Loop) PausesAfterLast(w *Wait) bool {
	if l.knowsLimit(w) {
		return false
	}
	for _, j := range l.Judges {
		if slices.Contains(j.Operations, ast.Expr(w.Node.(*ast.CallExpr))) {
			if l.failsBy(j, w) && l.endsFrom(j.failure(), w) {
				return true
			}
			continue
		}
		if l.region(j.failure())[w.block] && !l.region(j.success())[w.block] && l.WaitsAfterLast(w) {
			return true
		}
	}
	return false
}

// failsBy reports whether a judgement says that an attempt has failed which has paused.
func (l *Loop) failsBy(j *Judge, w *Wait) bool {
	p := l.flow.summary(w.Helper).Pause
	if j.Kind == NilError {
		return p.Fails
	}
	index := 0
	if v, ok := variableOf(l.flow.info, orNil(j.Cond)); ok {
		for _, a := range l.flow.set[v] {
			if a.value == w.Node {
				index = max(a.index, 0)
			}
		}
	} else if ast.Unparen(orNil(j.Cond)) != w.Node {
		return false
	}
	if j.fail == 0 {
		return p.True&(1<<index) != 0
	}
	return p.False&(1<<index) != 0
}

// endsFrom reports whether a limit ends the loop on a way from a block, without another attempt, and the function gives up then.
func (l *Loop) endsFrom(from *block, w *Wait) bool {
	return slices.ContainsFunc(l.limitsFrom([]*block{from}, nil), func(t *limit) bool { return l.givesUpAt(t) && l.unasked(w, t) })
}

// unasked reports whether nothing asks for the number of attempts between an attempt and a limit.
func (l *Loop) unasked(w *Wait, t *limit) bool {
	g := &guards{Loop: l, limit: t, wait: t.test, near: l.leadingTo(t.test), derived: l.derived()}
	return g.reach(l.afterPause(w)) && t.moves(l, l.leadingTo(w.block), w.block)
}

// afterPause returns where the judgements of an attempt lead that say that it has failed.
func (l *Loop) afterPause(w *Wait) []*block {
	var list []*block
	for _, j := range l.Judges {
		if slices.Contains(j.Operations, ast.Expr(w.Node.(*ast.CallExpr))) && l.failsBy(j, w) {
			list = append(list, j.failure())
		}
	}
	return list
}

package loop

import (
	"go/ast"
	"maps"
	"slices"

	"github.com/retrygen/retrygen/internal/syntax"
)

// finder decides whether a loop of the control flow tries something again.
type finder struct {
	*flow
	loop   *Loop
	judges map[*block]*Judge
	waits  map[*block][]*Wait
	stays  map[*block]bool // blocks from which another round may follow though every operation succeeds
	counts map[variable]*counter
	paced  bool // it ranges over a ticker
}

// newFinder returns a finder for a loop of the control flow, nil if the source has no statement for it.
func (f *function) newFinder(l *natural) *finder {
	s := &finder{flow: newFlow(f, l), loop: newLoop(f, l), judges: map[*block]*Judge{}, waits: map[*block][]*Wait{}}
	if s.loop == nil {
		return nil
	}
	s.loop.flow = s.flow
	s.counters()
	s.findBounds()
	s.findWaits()
	return s
}

// find returns the retry loop that the loop of the control flow is, nil if it is none.
func (s *finder) find() *Loop {
	candidates := s.candidates()
	s.stays = s.staying()
	for _, j := range candidates {
		s.accept(j)
	}
	if s.waitsSomewhere() && s.awaits() {
		for _, b := range s.blocks {
			s.loop.Polling = append(s.loop.Polling, s.waits[b]...)
		}
	} else {
		s.loop.Late = s.endsLate()
	}
	if len(s.loop.Judges) == 0 {
		return nil
	}
	s.finish()
	return s.loop
}

// newLoop describes the statement of a loop, nil if the source has none.
func newLoop(f *function, l *natural) *Loop {
	loop := &Loop{Function: f.node, bounds: map[*block]int{}}
	switch stmt := l.head.stmt.(type) {
	case *ast.ForStmt:
		loop.Stmt, loop.Body = stmt, stmt.Body
	case *ast.RangeStmt:
		loop.Stmt, loop.Body = stmt, stmt.Body
	case *ast.LabeledStmt:
		loop.Stmt = stmt
	case *ast.BlockStmt: // of a function that calls itself
		loop.Stmt, loop.Body = stmt, stmt
	default:
		return nil
	}
	return loop
}

// findWaits finds the waits of the loop's blocks. Those of a loop inside belong to that, unless it only counts the time down. A
// select is one wait, whichever of its timers begins another round.
func (s *finder) findWaits() {
	selects := map[ast.Node]bool{}
	for _, b := range s.blocks {
		if b.loop != s.natural {
			s.findTicks(b)
			continue
		}
		s.findPauses(b)
		nodes := b.nodes
		if b.branch != nil && b.branch.cond != nil {
			nodes = append(slices.Clip(nodes), b.branch.cond) // if !sleep(ctx, d) { return }
		}
		for i, n := range nodes {
			for _, w := range s.waiter.in(n) {
				if _, ok := w.Node.(*ast.SelectStmt); ok && selects[w.Node] {
					continue
				}
				selects[w.Node] = true
				w.block, w.index = b, i
				s.waits[b] = append(s.waits[b], w)
			}
		}
		if r := b.branch; r != nil && r.ranges != nil && b == s.head && syntax.DeliversTimes(s.info.TypeOf(r.ranges.X)) {
			s.paced = true // for range ticker.C
			w := &Wait{Stmt: r.ranges, Node: r.ranges.X, Delay: s.after(r.ranges.X), block: b, index: len(nodes)}
			w.Sleeps = !isLibrarysTicker(s.info, r.ranges.X) && !takesContext(s.info, r.ranges.X)
			s.waits[b] = append(s.waits[b], w)
		}
	}
}

// candidates returns the conditions that judge an operation, where failure leads to another round.
func (s *finder) candidates() []*Judge {
	var list []*Judge
	for _, b := range s.blocks {
		if b.branch == nil || s.counting(b) || b.branch.cond != nil && s.loop.asksTime(b.branch.cond) {
			continue
		}
		j := s.judge(b)
		if j == nil {
			continue
		}
		s.judges[b] = j
		if j.Kind != ContextEnd && (s.own(b, b.succs[0]) || s.own(b, b.succs[1]) || s.nested(j)) {
			list = append(list, j)
		}
	}
	return list
}

// counting reports whether a block compares what counts the rounds.
func (s *finder) counting(b *block) bool {
	if _, ok := s.loop.bounds[b]; ok || b.branch.cond == nil {
		return ok
	}
	if call, ok := ast.Unparen(b.branch.cond).(*ast.CallExpr); ok {
		return s.askedAbout(call).object != nil
	}
	e, ok := ast.Unparen(b.branch.cond).(*ast.BinaryExpr)
	return ok && (s.counterIn(e.X) != nil || s.counterIn(e.Y) != nil)
}

// nested reports whether a judgement of a loop inside is one of an attempt, such as one at any of several servers: its success ends
// this loop too, which says that it counts attempts, or waits and then goes through the same servers again.
func (s *finder) nested(j *Judge) bool {
	return j.Kind == NilError && j.block.loop != s.natural && (s.namesAttempts() || s.goesThroughAgain(j.block.loop)) &&
		s.has[j.failure()] && !s.reaches(j.success())
}

// goesThroughAgain reports whether a loop inside ranges over what the rounds do not change, and there is a wait between them.
func (s *finder) goesThroughAgain(inner *natural) bool {
	if inner == nil {
		return false
	}
	r, ok := inner.head.stmt.(*ast.RangeStmt)
	return ok && inner.outer == s.natural && !isInteger(s.info.TypeOf(r.X)) && s.lasts(r.X) && s.waitsSomewhere()
}

// reaches reports whether another round may follow on a way from a block.
func (s *finder) reaches(from *block) bool {
	for b := range s.region(from) {
		for _, to := range b.succs {
			if to == s.head {
				return true
			}
		}
	}
	return false
}

// own reports whether an edge is the loop's, and not that of a loop inside.
func (s *finder) own(from, to *block) bool {
	return s.has[to] && (from.loop == s.natural || to.loop == s.natural)
}

// finish fills in what the checks ask.
func (s *finder) finish() {
	l := s.loop
	l.Operation = l.Judges[0].Operations[0]
	for _, b := range s.blocks {
		if !l.GoesOn || s.afterFailure(b, true) {
			l.Waits = append(l.Waits, s.waits[b]...)
		}
	}
	for _, b := range s.blocks {
		if l.GoesOn && len(l.Waits) == 0 && s.afterFailure(b, false) {
			l.Waits = append(l.Waits, s.waits[b]...)
		}
	}
	for _, b := range s.blocks {
		l.all += len(s.waits[b])
	}
	l.Exits = s.exits()
	if !l.GoesOn {
		return
	}
	after := s.afterSearches()
	for _, b := range s.blocks {
		if after[b] && !s.afterFailure(b, true) {
			l.Waits = append(l.Waits, s.waits[b]...)
		}
	}
}

// afterSearches returns the blocks that run after a loop inside has not found what the attempt was for.
func (s *finder) afterSearches() map[*block]bool {
	set := map[*block]bool{}
	for _, e := range s.loop.Exits {
		if s.loop.searches(e) {
			maps.Copy(set, s.region(e.from))
		}
	}
	return set
}

// afterFailure reports whether a block of a loop that goes on runs after a failure and, where that is asked, not after a
// success.
func (s *finder) afterFailure(b *block, alone bool) bool {
	for _, j := range s.loop.Judges {
		if s.region(j.failure())[b] && !(alone && s.region(j.success())[b]) {
			return true
		}
	}
	return false
}

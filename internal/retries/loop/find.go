package loop

import (
	"go/ast"
	"go/types"
	"slices"
	"strings"

	"github.com/retrygen/retrygen/internal/syntax"
)

// finder decides whether a loop of the control flow tries something again.
type finder struct {
	*flow
	loop   *Loop
	judges map[*block]*Judge
	waits  map[*block][]*Wait
	stays  map[*block]bool // blocks from which another round may follow though every operation succeeds
	counts map[types.Object]*counter
	paced  bool // it ranges over a ticker
}

// find returns the retry loop that a loop of the control flow is, nil if it is none.
func (f *function) find(l *natural) *Loop {
	s := &finder{flow: newFlow(f, l), loop: newLoop(f, l), judges: map[*block]*Judge{}, waits: map[*block][]*Wait{}}
	if s.loop == nil {
		return nil
	}
	s.loop.flow = s.flow
	s.counters()
	s.findBounds()
	s.findWaits()
	candidates := s.candidates()
	if len(candidates) == 0 {
		return nil
	}
	s.stays = s.staying()
	for _, j := range candidates {
		s.accept(j)
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
	default:
		return nil
	}
	return loop
}

// findWaits finds the waits of the loop's blocks. Those of a loop inside belong to that.
func (s *finder) findWaits() {
	for _, b := range s.blocks {
		if b.loop != s.natural {
			continue
		}
		nodes := b.nodes
		if b.branch != nil && b.branch.cond != nil {
			nodes = append(slices.Clip(nodes), b.branch.cond) // if !sleep(ctx, d) { return }
		}
		for i, n := range nodes {
			for _, w := range s.waiter.in(n) {
				w.block, w.index = b, i
				s.waits[b] = append(s.waits[b], w)
			}
		}
		if r := b.branch; r != nil && r.ranges != nil && b == s.head && isTimes(s.info.TypeOf(r.ranges.X)) {
			s.paced = true // for range ticker.C
		}
	}
}

// candidates returns the conditions that judge an operation, where failure leads to another round.
func (s *finder) candidates() []*Judge {
	var list []*Judge
	for _, b := range s.blocks {
		if b.branch == nil || s.counting(b) {
			continue
		}
		j := s.judge(b)
		if j == nil {
			continue
		}
		s.judges[b] = j
		if j.Kind != ContextEnd && (s.own(b, b.succs[0]) || s.own(b, b.succs[1])) {
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
	e, ok := ast.Unparen(b.branch.cond).(*ast.BinaryExpr)
	return ok && (s.counterIn(e.X) != nil || s.counterIn(e.Y) != nil)
}

// own reports whether an edge is the loop's, and not that of a loop inside.
func (s *finder) own(from, to *block) bool {
	return s.has[to] && (from.loop == s.natural || to.loop == s.natural)
}

// staying returns the blocks from which another round may follow though every operation succeeds.
func (s *finder) staying() map[*block]bool {
	stays := map[*block]bool{}
	target := func(b *block) bool { return b == s.head || stays[b] }
	work := []*block{s.head}
	for len(work) > 0 {
		b := work[len(work)-1]
		work = work[:len(work)-1]
		for _, p := range b.preds {
			if !s.has[p] || stays[p] || !s.mayStay(p, target) {
				continue
			}
			stays[p] = true
			if p != s.head {
				work = append(work, p)
			}
		}
	}
	return stays
}

// mayStay decides staying for one block, by its successors.
func (s *finder) mayStay(b *block, target func(*block) bool) bool {
	if s.endsByFlag(b) {
		return false
	}
	j := s.judges[b]
	switch {
	case j == nil:
		return true // one of the successors stays
	case j.fail < 0:
		return target(b.succs[0]) && target(b.succs[1])
	}
	return target(j.success())
}

// endsByFlag reports whether a block sets a variable to a constant that ends the loop: done = true in for !done.
func (s *finder) endsByFlag(b *block) bool {
	for _, a := range s.assignmentsOf(b) {
		if a.value == nil || s.info.Types[a.value].Value == nil || !isBool(s.info.TypeOf(a.value)) {
			continue
		}
		way := 1
		if s.info.Types[a.value].Value.ExactString() == "true" {
			way = 0
		}
		for _, test := range s.flagTests[a.to] {
			if s.has[test] && !s.has[test.succs[way]] {
				return true
			}
		}
	}
	return false
}

// leaves reports whether the loop ends on every way that begins with an edge to a block, if all operations succeed.
func (s *finder) leaves(to *block) bool { return !s.has[to] || to != s.head && !s.stays[to] }

// accept adds a judgement to those of the loop if its failure leads to another attempt at the same subject.
func (s *finder) accept(j *Judge) {
	ways := []int{j.fail}
	if j.fail < 0 {
		ways = []int{0, 1}
	}
	for _, way := range ways {
		again, other := j.block.succs[way], j.block.succs[1-way]
		if !s.own(j.block, again) {
			continue
		}
		failing := s.region(again)
		leaves := s.leaves(other)
		if !leaves && !s.waitsAlone(failing, other) {
			continue
		}
		if leaves && !s.evident(j) || !s.sameSubject(j, failing) {
			continue
		}
		j.fail = way
		s.loop.GoesOn = !leaves && (s.loop.GoesOn || len(s.loop.Judges) == 0)
		s.loop.Judges = append(s.loop.Judges, j)
		return
	}
}

// region returns the blocks that can be reached from a block of the loop within one round.
func (s *finder) region(from *block) map[*block]bool {
	seen := map[*block]bool{}
	if !s.has[from] || from == s.head {
		return seen
	}
	seen[from] = true
	work := []*block{from}
	for len(work) > 0 {
		b := work[len(work)-1]
		work = work[:len(work)-1]
		for _, to := range b.succs {
			if s.has[to] && to != s.head && !seen[to] {
				seen[to] = true
				work = append(work, to)
			}
		}
	}
	return seen
}

// waitsAlone reports whether the loop waits after a failure where it does not after a success, or waits longer.
func (s *finder) waitsAlone(failing map[*block]bool, success *block) bool {
	common := s.region(success)
	for b := range failing {
		if !common[b] && (len(s.waits[b]) > 0 || s.setsDelay(b)) {
			return true
		}
	}
	return false
}

// setsDelay reports whether a block sets what a wait of the loop takes as its delay.
func (s *finder) setsDelay(b *block) bool {
	found := false
	for _, list := range s.waits {
		for _, w := range list {
			if w.Delay == nil {
				continue
			}
			inspectVariables(s.info, w.Delay, func(v variable) {
				for _, a := range s.assignmentsOf(b) {
					found = found || a.to == v
				}
			})
		}
	}
	return found
}

// evident reports whether a loop that leaves after a success is more than a search: it waits, or it counts what is called
// an attempt, or says in other words that it tries again.
func (s *finder) evident(j *Judge) bool {
	if s.waitsSomewhere() {
		return true
	}
	if j.fail < 0 {
		return false
	}
	if s.namesAttempts() {
		return true
	}
	for _, b := range s.blocks {
		for _, n := range b.nodes {
			if callsNamed(s.info, n) {
				return true
			}
		}
	}
	return false
}

// namesAttempts reports whether the label or the counter of the loop says that it tries again.
func (s *finder) namesAttempts() bool {
	if label, ok := s.loop.Stmt.(*ast.LabeledStmt); ok {
		name := label.Label.Name
		if attemptName.MatchString(name) || strings.EqualFold(name, "again") {
			return true
		}
	}
	if b := s.loop.Bound; b.Counter != nil && attemptName.MatchString(b.Counter.Name()) ||
		b.Limit != nil && attemptName.MatchString(syntax.Identifiers(b.Limit)) {
		return true
	}
	for _, c := range s.counts {
		if attemptName.MatchString(c.object.Name()) {
			return true
		}
	}
	return false
}

// callsNamed reports whether code calls what is named like a wait.
func callsNamed(info *types.Info, root ast.Node) bool {
	found := false
	ast.Inspect(root, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			if fn := syntax.Callee(info, call); fn != nil && helperPattern.MatchString(fn.Name()) {
				found = true
			}
		}
		return !found
	})
	return found
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
	l.Exits = s.exits()
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

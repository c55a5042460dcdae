package loop

import (
	"go/ast"
	"slices"

	"github.com/retrygen/retrygen/internal/syntax"
)

// exits returns the ways out of the loop.
func (s *finder) exits() []Exit {
	succeeded, failed := map[*block]bool{}, map[*block]bool{}
	for _, j := range s.loop.Judges {
		for b := range s.region(j.success()) {
			succeeded[b] = true
		}
		if j.Kind != NilError {
			continue
		}
		for b := range s.region(j.failure()) {
			failed[b] = true
		}
	}
	var list []Exit
	for _, b := range s.blocks {
		for way, to := range b.succs {
			if !s.has[to] && !to.blocks() {
				list = append(list, Exit{s.meaning(b, way, succeeded, failed), s.position(b), b, to})
			}
		}
	}
	return list
}

// meaning says what it means to leave the loop by an edge. Failed holds the blocks that follow an error.
func (s *finder) meaning(b *block, way int, succeeded, failed map[*block]bool) Meaning {
	if reached, ok := s.loop.bounds[b]; ok && reached == way {
		return Exhausted
	}
	j := s.judges[b]
	switch {
	case j != nil && j.Kind == ContextEnd && j.fail == way:
		return Cancelled
	case j != nil && slices.Contains(s.loop.Judges, j):
		if j.fail == way || j.Kind != NilError && failed[b] {
			return Failed // such as one that a predicate does not call temporary
		}
		return Succeeded
	case s.bounding(b):
		return Exhausted
	}
	if succeeded[b] && !failed[b] {
		return Succeeded
	}
	if len(b.preds) == 1 && b.branch == nil {
		return s.meaning(b.preds[0], wayTo(b.preds[0], b), succeeded, failed)
	}
	if succeeded[b] {
		return Succeeded
	}
	return Failed
}

// bounding reports whether a block follows the end of a bound: the second term of i < limit || limit == 0.
func (s *finder) bounding(b *block) bool {
	if len(b.preds) != 1 {
		return false
	}
	reached, ok := s.loop.bounds[b.preds[0]]
	return ok && b.preds[0].succs[reached] == b
}

func wayTo(from, to *block) int {
	if len(from.succs) > 1 && from.succs[1] == to {
		return 1
	}
	return 0
}

// LeavesAlike reports whether a success leaves the loop for the same place as the last of several failures, outside of the loop. What
// stands in its body is none: there the function looks at the attempt, or returns what it has returned.
func (l *Loop) LeavesAlike() bool {
	if l.knowsNumber() {
		return false
	}
	succeeded := map[*block]bool{}
	for _, e := range l.Exits {
		if e.Meaning == Succeeded {
			succeeded[l.pastBody(e.to)] = true
		}
	}
	for b, reached := range l.bounds {
		to := pastEmpty(b.succs[reached])
		if l.failsTo(b) && succeeded[to] && !l.returnsAt(to) && !l.asksInBody(to) {
			return true
		}
	}
	return false
}

// asksInBody reports whether a block ends with a condition in the body of the loop.
func (l *Loop) asksInBody(b *block) bool {
	return b.branch != nil && b.branch.cond != nil && l.Body != nil && syntax.Contains(l.Body, b.branch.cond.Pos())
}

// returnsAt reports whether a block has a return statement in the body of the loop.
func (l *Loop) returnsAt(b *block) bool {
	return slices.ContainsFunc(b.nodes, func(n ast.Node) bool {
		_, returns := n.(*ast.ReturnStmt)
		return returns && l.Body != nil && syntax.Contains(l.Body, n.Pos())
	})
}

// pastEmpty returns the first block on the only way from a block that does anything.
func pastEmpty(b *block) *block {
	return past(b, func(b *block) bool { return len(b.nodes) == 0 })
}

// pastBody returns the first block on the only way from a block that returns, or that stands outside of the body of the loop:
//
//	if err == nil {
//		log.Print("connected")
//		break
//	}
func (l *Loop) pastBody(b *block) *block {
	return past(b, func(b *block) bool { return l.inBody(b) && !l.returnsAt(b) })
}

// past returns the first block on the only way from a block that is not skipped.
func past(b *block, skip func(*block) bool) *block {
	for n := 0; n < farthest && skip(b) && b.branch == nil && len(b.succs) == 1; n++ {
		b = b.succs[0]
	}
	return b
}

// flagged reports whether a variable that is true or false decides at the end of a block, such as again.
func (l *Loop) flagged(b *block) bool {
	if b.branch == nil || b.branch.cond == nil {
		return false
	}
	v, ok := variableOf(l.flow.info, b.branch.cond)
	return ok && syntax.IsBool(v.object.Type())
}

// endsByTime reports whether the time decides at the end of a block: for time.Now().Before(deadline).
func (l *Loop) endsByTime(b *block) bool {
	return b.branch != nil && b.branch.cond != nil && l.asksTime(b.branch.cond)
}

// Interrupted returns how the function ends when a context has ended the loop.
func (l *Loop) Interrupted() []Ending {
	var list []Ending
	for _, e := range l.Exits {
		if e.Meaning == Cancelled {
			list = append(list, l.endings(e.to)...)
		}
	}
	return list
}

package loop

import "slices"

// failsTo reports whether a failure leads to a test of the number of attempts in the round that this ends, and to no other test before.
// What is judged only where another attempt follows, as behind
//
//	if attempt == most {
//		return err
//	}
//
// is not judged in that round.
func (l *Loop) failsTo(test *block) bool {
	u := &usingUp{Loop: l, test: test, limit: l.limits()[test], derived: l.derived(), known: map[*block]*block{}}
	for _, j := range l.Judges {
		if l.knowsOutcome(j) {
			u.known[j.block] = j.success()
		}
	}
	judged := u.comesTo()
	var failures []*block
	for _, j := range l.Judges {
		if judged[j.block] && u.known[j.block] == nil {
			failures = append(failures, j.failure())
		}
	}
	return visit(failures, func(b *block) ([]*block, bool) {
		switch {
		case b == test:
			return nil, true
		case !l.flow.has[b]:
			return nil, false
		}
		return u.ways(b, l.keepsFrom), false
	})
}

// knowsOutcome reports whether a judgement asks once more for an error that has been looked at before, and has led elsewhere if it was
// there.
func (l *Loop) knowsOutcome(j *Judge) bool {
	return j.Kind == NilError && slices.ContainsFunc(l.Judges, func(first *Judge) bool {
		return first.Kind == NilError && first.block != j.block && slices.Equal(first.Operations, j.Operations) &&
			first.block.dominates(j.block) && !l.leadsTo(first.failure(), j.block)
	})
}

// usingUp follows the ways of the round that a test of the number of attempts ends.
type usingUp struct {
	*Loop
	test    *block
	limit   *limit
	derived map[variable]bool
	known   map[*block]*block // the only way from a block that asks for what is known there
}

// comesTo returns the blocks that the round may come to.
func (u *usingUp) comesTo() map[*block]bool {
	set := map[*block]bool{}
	visit([]*block{u.flow.head}, func(b *block) ([]*block, bool) {
		if !u.flow.has[b] {
			return nil, false
		}
		set[b] = true
		return u.ways(b, u.leavesEarly), false
	})
	return set
}

// ways returns the successors of a block that are possible in the round. There is none where the number of attempts decides about what
// follows, and it is not known how.
func (u *usingUp) ways(b *block, decides func(b, test *block, derived map[variable]bool) bool) []*block {
	if b == u.flow.head || b == u.test || len(b.succs) < 2 {
		return b.succs
	}
	if to := u.known[b]; to != nil {
		return []*block{to}
	}
	if way := u.limit.outcome(u.Loop, b); way >= 0 {
		return b.succs[way : way+1]
	}
	if decides(b, u.test, u.derived) {
		return nil
	}
	return b.succs
}

// leavesEarly reports whether a block decides by the number of attempts whether the loop is left before a test of it.
func (l *Loop) leavesEarly(b, test *block, derived map[variable]bool) bool {
	if b.branch == nil || b.branch.cond == nil || !l.mentions(b.branch.cond, derived) {
		return false
	}
	stays := func(from *block) bool {
		return visit([]*block{from}, func(b *block) ([]*block, bool) {
			if !l.flow.has[b] {
				return nil, false
			}
			return b.succs, b == test || b == l.flow.head
		})
	}
	return stays(b.succs[0]) != stays(b.succs[1])
}

// keepsFrom reports whether a block decides by the number of attempts whether a test of it follows.
func (l *Loop) keepsFrom(b, test *block, derived map[variable]bool) bool {
	if b.branch == nil || b.branch.cond == nil || !l.mentions(b.branch.cond, derived) {
		return false
	}
	return !l.comesTo(b.succs[0], test) || !l.comesTo(b.succs[1], test)
}

// comesTo reports whether the loop gets from a block to another before it makes another attempt.
func (l *Loop) comesTo(from, to *block) bool {
	tries := l.tries()
	return visit([]*block{from}, func(b *block) ([]*block, bool) {
		switch {
		case b == to:
			return nil, true
		case !l.flow.has[b] || tries.after(b, -1):
			return nil, false
		}
		return b.succs, false
	})
}

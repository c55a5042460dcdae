package loop

import (
	"go/ast"
	"go/types"
	"slices"

	"github.com/retrygen/retrygen/internal/syntax"
)

// failsTo reports whether a failure leads to a test of the number of attempts in the round that this ends, and to no other test before.
// What is judged only where another attempt follows, as behind
//
//	if attempt == most {
//		return err
//	}
//
// is not judged in that round.
func (l *Loop) failsTo(test *block) bool { return l.usingUp(test).failsBy(l.Judges) }

// Unnoticed reports whether an error uses up the attempts, and leaves each of some variables as it is after a success.
func (l *Loop) Unnoticed(variables []*types.Var) bool {
	for test := range l.bounds {
		u := l.usingUp(test)
		for _, j := range l.Judges {
			tells := func(v *types.Var) bool { return l.tells(v, j) }
			if j.Kind == NilError && !l.local(j) && u.failsBy([]*Judge{j}) && !slices.ContainsFunc(variables, tells) {
				return true
			}
		}
	}
	return false
}

// tells reports whether a variable may differ after a failure and after a success: the operation or what follows it sets the variable,
// or the operation works on what it holds.
func (l *Loop) tells(v *types.Var, j *Judge) bool {
	of := variable{object: v}
	if l.setLeaving()[of] {
		return true
	}
	failed, succeeded := l.region(j.failure()), l.region(j.success())
	_, plain := v.Type().Underlying().(*types.Basic)
	return slices.ContainsFunc(l.asked(j), func(op ast.Expr) bool {
		return !plain && syntax.Mentions(l.flow.info, op, v) || slices.ContainsFunc(l.flow.set[of], func(a *assignment) bool {
			return a.value == op || a.pos > op.Pos() || failed[a.block] || succeeded[a.block]
		})
	})
}

// asked returns the calls whose error a judgement looks at, also where these work on results of the operation.
func (l *Loop) asked(j *Judge) []ast.Expr {
	err, ok := variableOf(l.flow.info, errorTested(l.flow.info, orNil(j.Cond)))
	if !ok {
		return j.Operations
	}
	var list []ast.Expr
	for _, a := range l.flow.reaching(err, j.block, j.Pos) {
		if a.value == nil {
			return j.Operations
		}
		list = append(list, a.value)
	}
	if len(list) == 0 {
		return j.Operations
	}
	return list
}

// knownOutcomes returns the only way from each judgement that asks once more for an error that has been looked at before, and has led
// elsewhere if it was there, or if it was not.
func (l *Loop) knownOutcomes() map[*block]*block {
	type question struct {
		judge *Judge
		calls []ast.Expr
	}
	known, asked := map[*block]*block{}, map[ast.Expr][]question{}
	for _, b := range l.flow.blocks {
		j := l.flow.judge(b)
		if j == nil || j.Kind != NilError {
			continue
		}
		calls := l.asked(j)
		if len(calls) == 0 {
			continue
		}
		for _, first := range asked[calls[0]] {
			if !slices.Equal(first.calls, calls) || !first.judge.block.dominates(j.block) {
				continue
			}
			switch {
			case !l.leadsTo(first.judge.failure(), j.block):
				known[j.block] = j.success()
			case !l.leadsTo(first.judge.success(), j.block):
				known[j.block] = j.failure()
			}
		}
		asked[calls[0]] = append(asked[calls[0]], question{j, calls})
	}
	return known
}

// usingUp follows the ways of the round that a test of the number of attempts ends.
type usingUp struct {
	*Loop
	test    *block
	limit   *limit
	derived map[variable]bool
	judged  map[*block]bool // the blocks that the round may come to
}

// usingUp returns what follows the ways of the round that a test ends.
func (l *Loop) usingUp(test *block) *usingUp {
	if u := l.usedUp[test]; u != nil {
		return u
	}
	if l.usedUp == nil {
		l.usedUp, l.known = map[*block]*usingUp{}, l.knownOutcomes()
	}
	u := &usingUp{Loop: l, test: test, limit: l.limits()[test], derived: l.derived()}
	u.judged = u.comesTo()
	l.usedUp[test] = u
	return u
}

// failsBy reports whether the failure that one of some judgements finds leads to the test.
func (u *usingUp) failsBy(judges []*Judge) bool {
	var failures []*block
	for _, j := range judges {
		if u.judged[j.block] && u.known[j.block] == nil {
			failures = append(failures, j.failure())
		}
	}
	return visit(failures, func(b *block) ([]*block, bool) {
		switch {
		case b == u.test:
			return nil, true
		case !u.flow.has[b]:
			return nil, false
		}
		return u.ways(b, u.keepsFrom), false
	})
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

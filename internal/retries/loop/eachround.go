package loop

import (
	"go/ast"
	"go/token"
	"slices"

	"github.com/retrygen/retrygen/internal/syntax"
)

// sleepsEachRound reports whether there is no way through a round without a wait that only time ends, but for the first round or the
// last: if attempt < most { time.Sleep(delay) }.
func (s *finder) sleepsEachRound() bool {
	return !visit([]*block{s.head}, func(b *block) ([]*block, bool) {
		if !s.has[b] || s.sleepsIn(b) {
			return nil, false
		}
		if s.comparesCounter(b) && slices.ContainsFunc(b.succs, s.sleepsIn) {
			return nil, false
		}
		return b.succs, slices.Contains(b.succs, s.head)
	})
}

// sleepsIn reports whether a block has a wait that only time ends.
func (s *finder) sleepsIn(b *block) bool {
	return slices.ContainsFunc(s.waits[b], func(w *Wait) bool { return w.Sleeps })
}

// comparesCounter reports whether a block ends with a comparison of what counts the rounds.
func (s *finder) comparesCounter(b *block) bool {
	if b.branch == nil {
		return false
	}
	test, ok := ast.Unparen(orNil(b.branch.cond)).(*ast.BinaryExpr)
	if !ok || !syntax.Compares(test.Op) {
		return false
	}
	found, pace := false, false
	ast.Inspect(test, func(n ast.Node) bool {
		e, ok := n.(*ast.BinaryExpr)
		pace = pace || ok && e.Op == token.REM // in each tenth round
		return true
	})
	inspectVariables(s.info, test, func(v variable) { found = found || s.counts[v] != nil })
	return found && !pace
}

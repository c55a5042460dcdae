package loop

import (
	"go/ast"
	"go/token"
	"go/types"
	"regexp"
	"strings"

	"github.com/retrygen/retrygen/internal/syntax"
)

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
		if a.value == nil || s.info.Types[a.value].Value == nil || !syntax.IsBool(s.info.TypeOf(a.value)) {
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
		if !s.own(j.block, again) && !s.nested(j) {
			continue
		}
		failing := s.region(again)
		leaves := s.leaves(other)
		if !leaves && (j.Kind == Value && j.fail < 0 && !s.asksForNothing(j.Cond) || !s.waitsAlone(failing, other)) {
			continue // where the loop goes on, a value that is neither good nor bad tells nothing
		}
		if j.Kind == Value && j.fail < 0 && s.has[other] && !s.waitsAlone(failing, other) {
			continue // it decides about something else in the round
		}
		if leaves && (!s.evident(j) || j.fail < 0 && s.fails(other)) || !s.sameSubject(j, failing) {
			continue
		}
		if j.Kind == Value && s.asksForNothing(j.Cond) && s.collects(j, failing) {
			continue // it goes on as long as there is something
		}
		j.fail = way
		s.loop.GoesOn = !leaves && (s.loop.GoesOn || len(s.loop.Judges) == 0)
		s.loop.Judges = append(s.loop.Judges, j)
		return
	}
}

// asksForNothing reports whether a condition asks whether nothing has come: n == 0, len(list) == 0.
func (s *finder) asksForNothing(cond ast.Expr) bool {
	e, ok := ast.Unparen(cond).(*ast.BinaryExpr)
	if !ok || e.Op != token.EQL && e.Op != token.NEQ && e.Op != token.GTR {
		return false
	}
	zero, known := syntax.ConstantInt(s.info, e.Y)
	return known && zero == 0 && !syntax.IsNamed(s.info.TypeOf(e.X), "time", "Duration")
}

// fails reports whether to leave the loop by a block means failure: errors are made and returned there, and nothing else is done.
func (s *finder) fails(from *block) bool {
	made := false
	seen := map[*block]bool{}
	for work := []*block{from}; len(work) > 0; {
		b := work[len(work)-1]
		work = work[:len(work)-1]
		if seen[b] {
			continue
		}
		if len(seen) > farthest || s.has[b] && (b == s.head || s.stays[b]) {
			return false
		}
		seen[b] = true
		work = append(work, b.succs...)
		for _, n := range b.nodes {
			if ret, ok := n.(*ast.ReturnStmt); ok {
				fails, makes := s.returnsFailure(ret)
				if !fails {
					return false
				}
				made = made || makes
			} else if s.goesOn(n) {
				return false
			}
		}
		if len(b.succs) == 0 && len(b.nodes) == 0 {
			return false
		}
	}
	return made
}

// returnsFailure reports whether a return statement returns an error that is not nil as far as can be seen, and whether it makes it.
func (s *finder) returnsFailure(ret *ast.ReturnStmt) (fails, makes bool) {
	if len(ret.Results) == 0 {
		return false, false
	}
	last := ret.Results[len(ret.Results)-1]
	if t := s.info.TypeOf(last); t == nil || s.info.Types[last].IsNil() || !syntax.IsError(t) {
		return false, false
	}
	call, isCall := ast.Unparen(last).(*ast.CallExpr)
	return !isCall || computes(s.info, call) || s.makesError(call), isCall
}

// cleansUp matches the names of what is done after a failure.
var cleansUp = regexp.MustCompile(`(?i)log|print|warn|debug|info|error|fatal|metric|observe|record|cancel|close|stop|drain|flush|` +
	`rollback|abort|release|unlock|remove|delete|clean`)

// goesOn reports whether a node does more than to tell of a failure and to clean up.
func (s *finder) goesOn(n ast.Node) bool {
	for _, call := range s.called(n) {
		if syntax.ReturnsError(s.info, call) && !s.makesError(call) && !cleansUp.MatchString(called(call)) {
			return true
		}
	}
	return false
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
// an attempt, or says in other words that it tries again, or the text of an error alone leads back.
func (s *finder) evident(j *Judge) bool {
	if s.waitsSomewhere() {
		return true
	}
	if j.fail < 0 {
		return false
	}
	if s.namesAttempts() || j.asksAgain() || j.Kind == ErrorKind && j.fail == 0 && s.looksAtText(j.Cond) {
		return true
	}
	if j.Kind == NilError && s.countsAlone() {
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

// looksAtText reports whether a condition looks at the text of an error.
func (s *finder) looksAtText(cond ast.Expr) bool {
	if s.texts == nil {
		s.texts = newTexts(s.info, s.node)
	}
	return cond != nil && len(s.texts.tests(cond)) > 0
}

// saysAgain matches texts, as of a log, that say that something is tried again.
var saysAgain = regexp.MustCompile(`(?i)\b(will|going to) retry|\bretrying\b|try(ing)? again`)

// namesAttempts reports whether the label or the counter of the loop says that it tries again.
func (s *finder) namesAttempts() bool {
	if label, ok := s.loop.Stmt.(*ast.LabeledStmt); ok {
		name := label.Label.Name
		if attemptName.MatchString(name) || strings.EqualFold(name, "again") {
			return true
		}
	}
	if s.loop.CountsAttempts() {
		return true
	}
	for _, c := range s.counts {
		if attemptName.MatchString(c.v.name()) {
			return true
		}
	}
	return false
}

// callsNamed reports whether code calls what is named like a wait, or says in a text that it tries again.
func callsNamed(info *types.Info, root ast.Node) bool {
	found := false
	ast.Inspect(root, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			fn := syntax.Callee(info, n)
			found = found || fn != nil && helperPattern.MatchString(fn.Name())
		case *ast.BasicLit:
			found = found || n.Kind == token.STRING && saysAgain.MatchString(n.Value)
		}
		return !found
	})
	return found
}

package loop

import (
	"go/ast"
	"slices"

	"github.com/retrygen/retrygen/internal/syntax"
)

// periodic reports whether the loop does the same work after each sleep, for as long as nothing tells it to stop:
//
//	for !s.stopped {
//		s.sweep(ctx)
//		time.Sleep(s.interval)
//	}
//
// Neither a time ends it nor what the work has returned, other than a failure. The function uses a context, and not only to log. If
// something counts the rounds, the work is passed a context, and does not depend on the number.
func (s *finder) periodic() bool {
	calls := s.calls()
	if s.goesThrough() || s.takes() || len(calls) == 0 || s.loop.Bound.Known() && !s.samples() {
		return false
	}
	if !s.sleepsOften() || !s.worksOnTheSame() || s.endsByResults() {
		return false
	}
	return s.usesContext() || slices.ContainsFunc(calls, func(call *ast.CallExpr) bool { return len(s.loop.ofParameters(call)) > 0 })
}

// usesContext reports whether the function passes a context to what does more than to log, or asks one whether it is done.
func (f *function) usesContext() bool {
	if f.contextUsed == nil {
		_, body := syntax.FuncParts(f.node)
		used := false
		ast.Inspect(body, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || used {
				return !used
			}
			asked, _ := syntax.AskedContext(f.info, call)
			passed := syntax.ContextArg(f.info, call) != nil && !computes(f.info, call) && !logs.MatchString(called(call))
			used = asked != nil || passed
			return !used
		})
		f.contextUsed = &used
	}
	return *f.contextUsed
}

// samples reports whether the loop makes the same calls in each round, and passes a context to one that returns an error.
func (s *finder) samples() bool {
	v := &subject{finder: s, failing: s.has, seen: map[variable]bool{}}
	counted := slices.ContainsFunc(s.fallible(), func(call *ast.CallExpr) bool {
		return slices.ContainsFunc(call.Args, v.mentionsCounter)
	})
	return !counted && slices.ContainsFunc(s.fallible(), func(call *ast.CallExpr) bool {
		ctx := syntax.ContextArg(s.info, call)
		return ctx != nil && s.lasts(ctx)
	})
}

// sleepsOften reports whether there is no way through a round without a sleep, but for one that the number of the round decides about:
// if i < n-1 { time.Sleep(delay) }.
func (s *finder) sleepsOften() bool {
	return !visit([]*block{s.head}, func(b *block) ([]*block, bool) {
		if !s.has[b] || slices.ContainsFunc(s.waits[b], sleepsAlone) {
			return nil, false
		}
		if sleeps := s.counted(b); sleeps != nil {
			return []*block{sleeps}, false
		}
		return b.succs, slices.Contains(b.succs, s.head)
	})
}

// sleepsAlone reports whether a wait is a sleep, or a helper whose name says so. Others may work in a loop of their own.
func sleepsAlone(w *Wait) bool {
	return w.Sleeps && (w.Helper == nil || waitingName.MatchString(w.Helper.Name()))
}

// counted returns the way from a block that compares the number of the round with a constant or a limit on which the loop sleeps at
// once, nil if there is none.
func (s *finder) counted(b *block) *block {
	if b.branch == nil || b.branch.cond == nil || !s.counting(b) {
		return nil
	}
	for _, to := range b.succs {
		if s.has[to] && slices.ContainsFunc(s.waits[to], sleepsAlone) {
			return to
		}
	}
	return nil
}

// endsByResults reports whether the loop ends when the time for it is over, or when its work has returned something other than an
// error: where there is nothing more to do.
func (s *finder) endsByResults() bool {
	for _, b := range s.blocks {
		if b.branch == nil || b.branch.cond == nil {
			continue
		}
		for way, to := range b.succs {
			if !s.has[to] && !to.blocks() && s.endsBy(b, way) {
				return true
			}
		}
	}
	return false
}

// endsBy reports whether a way out of the loop is that of a time that is over or of a result.
func (s *finder) endsBy(b *block, way int) bool {
	cond := b.branch.cond
	j := s.flow.judge(b)
	switch {
	case asksClock(s.info, cond):
		return true
	case j != nil && (j.Kind == ContextEnd || j.Kind == NilError && j.fail == way), s.fails(b.succs[way]):
		return endOfInput.MatchString(syntax.Identifiers(cond))
	}
	return len(s.results(cond, b)) > 0 && !goingOn.MatchString(syntax.Identifiers(cond))
}

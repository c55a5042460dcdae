package loops

import (
	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/retries/loop"
)

var _ = Checks.Add("RL408", eachLoop(rl408))

// rl408 finds loops without a bound, and waits that do not spread callers. What polls for a state may ask often. What a test waits
// for troubles nobody else, but helpers of tests may do so for many.
func rl408(p *check.Pass, l *loop.Loop) {
	pos, end := l.Head()
	at := check.Finding{Pos: pos, End: end}
	name, _ := p.ContextVar(l.Stmt.Pos())
	waits, retries := l.RetriesErrors()
	switch {
	case p.InTestFile(pos):
		return
	case !retries && !l.AtOnce():
		return
	case !l.GoesOn && name == "" && !l.GivesUp() && !l.LooksAtContext():
		at.Message = "nothing bounds this loop: neither a number of attempts nor a context"
	case l.AtOnce():
		at.Message = "the loop tries again at once: whatever failed is hit again while it is down"
	case areConstant(p, waits) && !l.WaitsAnyway():
		at.Message = "the loop waits equally long each time: callers that fail together retry together; let the wait grow, and add jitter"
	default:
		return
	}
	p.Report(at)
}

// areConstant reports whether all of several waits are constants.
func areConstant(p *check.Pass, waits []*loop.Wait) bool {
	for _, w := range waits {
		if w.Delay == nil || p.TypesInfo.Types[w.Delay].Value == nil {
			return false
		}
	}
	return len(waits) > 0
}

package loops

import (
	"fmt"

	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/retries/loop"
)

var _ = Checks.Add("RL407", eachLoop(rl407))

// rl407 finds loops that try again after any error, that of the caller's context too.
func rl407(p *check.Pass, l *loop.Loop) {
	if p.InTest(l.Stmt.Pos()) || l.RangesOverList() && !l.CountsAttempts() || l.GoesOn && l.IsStopped() {
		return
	}
	name, ctx := callersContext(p, l)
	if name == "" || ctx != nil && (l.Replaces(ctx) || !uses(p, l, ctx)) || !l.IgnoresContext() {
		return
	}
	pos, end := l.Head()
	p.Report(check.Finding{Pos: pos, End: end, Message: fmt.Sprintf(
		"the loop tries again although %s may be done; look at %s.Err() before each attempt", name, name)})
}

package loops

import (
	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/retries/loop"
)

var _ = Checks.Add("RL406", eachLoop(rl406))

// rl406 finds defer statements after which the loop may go on.
func rl406(p *check.Pass, l *loop.Loop) {
	for _, n := range l.Defers() {
		p.Reportf(n, "this runs when the function ends, not the attempt: what all attempts open stays open until then; "+
			"close it before the next attempt")
	}
}

package directives

import (
	"time"

	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/directive"
	"github.com/retrygen/retrygen/internal/policy"
)

var _ = Checks.Add("RL113", check.EachTask(rl113))

// rl113 finds waits of remote tasks that the server of an engine does not keep.
func rl113(p *check.Pass, fn *directive.Func) {
	delay := fn.Policy.Delay
	if n, known := fn.Policy.MaxRetries(); fn.Remote == nil || !delay.IsSet() || known && n == 0 || fn.Open("delay") {
		return
	}
	for i, d := range delay.Value.Delays {
		if wait, known := d.Known(); known && 0 < wait && wait < time.Second {
			p.Option(delay.Pos, nil, "%s waits %v before %s, which an engine may make up to 1s longer: "+
				"its server counts in seconds; wait 1s or longer", fn.Name, wait, which(delay.Value.Kind, i))
			return
		}
	}
}

// which says which retry the entry of a schedule is for.
func which(kind policy.DelayKind, i int) string {
	switch {
	case kind == policy.Fixed:
		return "each retry"
	case i == 0:
		return "its first retry"
	}
	return "some of its retries"
}

package directives

import (
	"time"

	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/advice"
)

var maxWait = check.Param[time.Duration]{Name: "max-wait", Default: advice.UsualWait, Usage: "the longest wait that RL106 accepts"}

// RL106 finds waits that grow beyond all use.
var _ = Checks.Add("RL106", advised("RL106", "retries", "delay", "jitter", "cap")).With(maxWait)

package directives

import (
	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/advice"
)

var maxRetries = check.Param[int]{Name: "max-retries", Default: advice.UsualRetries, Usage: "the most retries that RL109 accepts"}

// RL109 finds more retries than a limit.
var _ = Checks.Add("RL109", advised("RL109", "retries")).With(maxRetries)

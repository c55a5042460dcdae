package calls

import (
	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/retries"
)

var _ = Checks.Add("RL301", rl301)

// rl301 finds retries around a policy that retries already: the attempts multiply.
func rl301(p *check.Pass) { p.Nested(retries.OwnPolicy, anySite, "retries inside retries") }

func anySite(*retries.Site) bool { return true }

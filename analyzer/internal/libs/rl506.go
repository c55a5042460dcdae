package libs

import (
	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/retries"
	"github.com/retrygen/retrygen/internal/retries/chain"
)

var _ = Checks.Add("RL506", rl506)

// rl506 finds retries around a client that retries by itself.
func rl506(p *check.Pass) {
	clientsOnly := func(links []chain.Link) bool { return !retries.OwnPolicy(links) }
	p.Nested(clientsOnly, "what this retries, retries by itself already")
}

package funcs

import (
	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/stale"
)

var _ = Checks.Add("RL207", rl207)

// staleness says what is wrong with a generated file.
var staleness = map[stale.Kind]string{
	stale.Missing:  " has not been generated; run go generate",
	stale.Differs:  " is not what the directives ask for: it is stale, or was edited by hand; run go generate",
	stale.Orphan:   " is left over: no directive asks for it; run go generate, which removes it",
	stale.InTheWay: " is in the way: retrygen did not write it",
}

// rl207 finds generated files that are not what the directives ask for. Where directives have mistakes nothing can be
// generated, and RL102 and RL103 report those.
func rl207(p *check.Pass) {
	if len(p.Problems) > 0 {
		return
	}
	list, err := p.Source.Stale(p.Found)
	if err != nil {
		p.Fail(err)
		return
	}
	for _, s := range list {
		p.Report(check.Finding{Pos: s.Pos, Message: s.Name + staleness[s.Kind], Generated: true})
	}
}

package directives

import (
	"go/token"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/directive"
)

var _ = Checks.Add("RL103", rl103)

// rl103 finds what the generator refuses, in its words and at its positions, and constant texts that the program cannot parse
// as policies.
func rl103(p *check.Pass) {
	for _, problem := range p.Problems {
		if !problem.Unattached && !problem.Unsure {
			p.Report(check.Finding{Pos: problem.Pos, Message: problem.Message, Fix: respell(p, problem)})
		}
	}
	for _, t := range policyTexts.Of(p) {
		t.reportMistakes(p)
	}
}

// respell returns a fix that replaces a misspelled word, nil if nothing is misspelled.
func respell(p *check.Pass, problem directive.Problem) *analysis.SuggestedFix {
	if problem.Written == "" {
		return nil
	}
	at := strings.Index(p.RestOfLine(problem.Pos), problem.Written)
	if at < 0 {
		return nil
	}
	begin := problem.Pos + token.Pos(at)
	return check.Replace("Write "+problem.Right, begin, begin+token.Pos(len(problem.Written)), problem.Right)
}

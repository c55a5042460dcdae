package directives

import (
	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/directive"
)

var _ = Checks.Add("RL101", rl101)

// rl101 finds comments that were meant as directives, but are prose to Go. The generator warns of them in the same words.
func rl101(p *check.Pass) {
	for _, file := range p.Files {
		for _, meant := range directive.AllMeant(file) {
			begin, end := meant.Comment.Pos(), meant.Comment.End()
			p.Report(check.Finding{
				Pos: begin, End: end, Message: meant.Message(),
				Fix: check.Replace("Write the directive as Go reads it", begin, end, meant.Right),
			})
		}
	}
}

package directives

import (
	"fmt"
	"path/filepath"

	"golang.org/x/tools/go/analysis"

	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/retries/meaning"
)

var _ = Checks.Add("RL112", rl112)

// rl112 finds fields, variables and constants that are a number of attempts in one place and of retries in another, or a
// duration that is multiplied by a unit of time.
func rl112(p *check.Pass) {
	for _, c := range meaning.Of(p.Pass).Conflicts() {
		pos, end := c.Range()
		f := check.Finding{Pos: pos, End: end}
		second, first := "here", ""
		switch {
		case c.First != nil:
			at := p.Fset.Position(c.First.Pos)
			first = fmt.Sprintf("at %s:%d:%d", filepath.Base(at.Filename), at.Line, at.Column)
			f.Related = []analysis.RelatedInformation{{Pos: c.First.Pos, End: c.First.End, Message: c.Name + " " + does[c.First.Means] + " here"}}
		case c.Use == nil:
			second = elsewhere(c.After)
			fallthrough
		default:
			first = elsewhere(c.Before)
		}
		now, before := c.Meanings()
		f.Message = fmt.Sprintf("%s %s %s, and %s %s; %s", c.Name, does[now], second, does[before], first, consequence(now))
		p.Report(f)
	}
}

// does says what a number is there for.
var does = map[meaning.Meaning]string{
	meaning.Attempts: "counts all attempts", meaning.Retries: "counts retries after the first attempt",
	meaning.Duration: "is a duration", meaning.Units: "is multiplied by a unit of time",
}

func elsewhere(u *meaning.Elsewhere) string { return fmt.Sprintf("in %s (%s)", u.Package, u.Position) }

// consequence says what follows from two meanings.
func consequence(m meaning.Meaning) string {
	if m == meaning.Attempts || m == meaning.Retries {
		return "count the same in both places"
	}
	return "it cannot be both"
}

package directives

import (
	"fmt"
	"strings"

	"github.com/retrygen/retrygen/analyzer/internal/check"
)

var _ = Checks.Add("RL001", rl001).Last()

// rl001 finds ignore comments that silence nothing, or do not say why.
func rl001(p *check.Pass) {
	for _, i := range p.Ignores() {
		f := check.Finding{Pos: i.Pos, End: i.End, Fix: check.Replace("Delete the comment", i.Pos, i.End, "")}
		switch {
		case !wellFormed(p, i.IDs):
			f.Message = "want //retry:ignore RL301 and the reason, with the identifiers of checks"
		case i.Reason == "":
			f.Message = fmt.Sprintf("say why %s is ignored here: //retry:ignore %s the reason",
				strings.Join(i.IDs, " and "), strings.Join(i.IDs, ","))
			f.Fix = nil
		case !p.Silenced(i) && allEnabled(p, i.IDs):
			f.Message = fmt.Sprintf("nothing to ignore: %s is not found on this line or the next", strings.Join(i.IDs, " or "))
		default:
			continue
		}
		p.Report(f)
	}
}

// wellFormed reports whether identifiers name checks.
func wellFormed(p *check.Pass, ids []string) bool {
	for _, id := range ids {
		if _, known := p.Enabled(id); !known || !check.IsID(id) {
			return false
		}
	}
	return true
}

// allEnabled reports whether checks are switched on. A check that is off finds nothing that a comment could silence.
func allEnabled(p *check.Pass, ids []string) bool {
	for _, id := range ids {
		if on, _ := p.Enabled(id); !on {
			return false
		}
	}
	return true
}

package loops

import (
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/retries/loop"
	"github.com/retrygen/retrygen/internal/syntax"
)

var _ = Checks.Add("RL408", eachLoop(rl408))

// rl408 finds loops without a bound, and waits that do not spread callers. What polls for a state may ask often, and what a test
// waits for troubles nobody else.
func rl408(p *check.Pass, l *loop.Loop) {
	pos, end := l.Head()
	at := check.Finding{Pos: pos, End: end}
	name, _ := p.ContextVar(l.Stmt.Pos())
	waits, retries := l.RetriesErrors()
	switch {
	case p.InTestFile(pos):
		return
	case !retries && !l.AtOnce():
		return
	case !l.GoesOn && name == "" && !l.GivesUp() && !l.LooksAtContext():
		at.Message = "nothing bounds this loop: neither a number of attempts nor a context"
	case l.AtOnce() || areConstant(p, waits) && longest(p, waits) < least:
		at.Message = "the loop tries again at once: whatever failed is hit again while it is down"
	case areConstant(p, waits) && !l.WaitsAnyway() && manyCall(p, l):
		at.Message = "the loop waits equally long each time: callers that fail together retry together; " +
			"let the wait grow, and add jitter"
	default:
		return
	}
	p.Report(at)
}

// manyCall reports whether many callers may be in a loop at once, after a failure of what they share: the loop makes a bounded number
// of remote attempts, more than two. The loops of a main package, of tests and of servers run once.
func manyCall(p *check.Pass, l *loop.Loop) bool {
	pos := l.Stmt.Pos()
	file := filepath.Base(p.Fset.Position(pos).Filename)
	return l.Bound.Known() && l.Bound.Attempts != 2 && !l.GoesOn && p.Pkg.Name() != "main" && !p.InTest(pos) &&
		!forTests.MatchString(p.Pkg.Path()+"/"+strings.TrimSuffix(file, ".go")) && l.Remote()
}

// forTests matches the paths of packages that help tests.
var forTests = regexp.MustCompile(`(?i)(^|/)(\w*test\w*|e2e|mocks?|fakes?|examples?|integration|bench\w*)(/|$)`)

// least is a wait below which a loop does not wait at all, but takes a number for one of milliseconds or seconds.
const least = time.Microsecond

// longest returns the longest of waits that are constants.
func longest(p *check.Pass, waits []*loop.Wait) time.Duration {
	var most time.Duration
	for _, w := range waits {
		d, _ := syntax.ConstantDuration(p.TypesInfo, w.Delay)
		most = max(most, d)
	}
	return most
}

// areConstant reports whether all of several waits are constants.
func areConstant(p *check.Pass, waits []*loop.Wait) bool {
	for _, w := range waits {
		if w.Delay == nil || p.TypesInfo.Types[w.Delay].Value == nil {
			return false
		}
	}
	return len(waits) > 0
}

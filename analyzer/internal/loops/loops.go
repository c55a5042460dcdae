// Package loops checks loops that retry by hand.
//
// A check is called for the retry loops of a package, one after the other:
//
//	var _ = Checks.Add("RL406", eachLoop(rl406))
//
//	// rl406 finds defer statements in retry loops.
//	func rl406(p *check.Pass, l *loop.Loop) { … }
package loops

import (
	"embed"
	"slices"

	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/retries/loop"
)

//go:embed *.txtar
var pages embed.FS

// Checks are the checks of this package. Each is in the file that is named by its identifier.
var Checks = check.NewList(pages)

// retryLoops are the retry loops of a package, except those in generated files.
var retryLoops = check.Share(func(p *check.Pass) []*loop.Loop {
	return written(p, p.ResultOf[loop.Analyzer].(*loop.Model).Loops)
})

// polls are the other loops of a package that look for something several times.
var polls = check.Share(func(p *check.Pass) []*loop.Loop {
	return written(p, p.ResultOf[loop.Analyzer].(*loop.Model).Polls)
})

// recursions are the functions of a package that try again by calling themselves.
var recursions = check.Share(func(p *check.Pass) []*loop.Loop {
	return written(p, p.ResultOf[loop.Analyzer].(*loop.Model).Recursions)
})

// awaitingLoops are the loops of a package that poll and do not retry, except those in generated files.
var awaitingLoops = check.Share(func(p *check.Pass) []*loop.Loop {
	return written(p, p.ResultOf[loop.Analyzer].(*loop.Model).Awaits)
})

// endingLoops are the loops of a package that a context is to end, except those in generated files.
var endingLoops = check.Share(func(p *check.Pass) []*loop.Loop {
	return written(p, p.ResultOf[loop.Analyzer].(*loop.Model).Endings)
})

// written returns the loops that are not in generated files.
func written(p *check.Pass, all []*loop.Loop) []*loop.Loop {
	return slices.DeleteFunc(slices.Clone(all), func(l *loop.Loop) bool { return p.Generated[p.FileOf(l.Stmt.Pos())] })
}

// eachLoop returns a check that looks at each retry loop.
func eachLoop(look func(*check.Pass, *loop.Loop)) func(*check.Pass) {
	return func(p *check.Pass) {
		for _, l := range retryLoops.Of(p) {
			look(p, l)
		}
	}
}

package golangci

import (
	"cmp"
	"go/types"
	"slices"
	"strings"
	"sync"

	"golang.org/x/tools/go/analysis"
)

// merge returns one analyzer that reports what several find. golangci-lint keeps one finding of a line unless it is told
// otherwise, and shows related positions as findings of their own. So all that is found at a line is one finding, without
// related positions: the messages name what these show.
func merge(analyzers []*analysis.Analyzer) *analysis.Analyzer {
	m := &merger{found: map[*types.Package][]analysis.Diagnostic{}}
	for _, a := range analyzers {
		run := a.Run
		a.Run = func(pass *analysis.Pass) (any, error) {
			own := *pass
			own.Report = func(d analysis.Diagnostic) { m.add(pass.Pkg, d) }
			return run(&own)
		}
	}
	return &analysis.Analyzer{
		Name: "retrylint", Doc: "check retries: directives, generated wrappers, and loops and libraries",
		URL: "https://github.com/retrygen/retrygen", Requires: analyzers, Run: m.report,
	}
}

// merger holds what is found until all analyzers have run on a package.
type merger struct {
	lock  sync.Mutex
	found map[*types.Package][]analysis.Diagnostic
}

func (m *merger) add(pkg *types.Package, d analysis.Diagnostic) {
	m.lock.Lock()
	defer m.lock.Unlock()
	m.found[pkg] = append(m.found[pkg], d)
}

func (m *merger) take(pkg *types.Package) []analysis.Diagnostic {
	m.lock.Lock()
	defer m.lock.Unlock()
	list := m.found[pkg]
	delete(m.found, pkg)
	return list
}

// report reports what was found in a package, one finding for each line.
func (m *merger) report(pass *analysis.Pass) (any, error) {
	list := m.take(pass.Pkg)
	slices.SortStableFunc(list, func(a, b analysis.Diagnostic) int {
		return cmp.Or(cmp.Compare(a.Pos, b.Pos), strings.Compare(a.Message, b.Message))
	})
	var merged []analysis.Diagnostic
	for _, d := range list {
		d.Related = nil
		last := len(merged) - 1
		if last < 0 || !sameLine(pass, merged[last], d) {
			merged = append(merged, d)
			continue
		}
		merged[last].Message += "; " + d.Message
		if len(merged[last].SuggestedFixes) == 0 {
			merged[last].SuggestedFixes = d.SuggestedFixes
		}
	}
	for _, d := range merged {
		pass.Report(d)
	}
	return nil, nil
}

func sameLine(pass *analysis.Pass, a, b analysis.Diagnostic) bool {
	x, y := pass.Fset.Position(a.Pos), pass.Fset.Position(b.Pos)
	return x.Filename == y.Filename && x.Line == y.Line
}

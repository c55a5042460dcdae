// Package meaning knows what fields, variables and constants mean where retries take their numbers from them: attempts or
// retries, a duration or a number of seconds. The same field of a configuration must not mean both. With
//
//	//retry:task attempts=.cfg.Max
//	func (c *Client) Get(ctx context.Context) error { … }
//
//	for i := 0; i <= cfg.Max; i++ { … } // one attempt more
//
// [Meanings.Conflicts] returns one conflict, at the loop, with the directive as what is said first.
//
// Directives, loops that retry by hand, and the options of retry libraries are looked at. What packages say of the fields of
// others is a fact, so that a conflict between two packages is found in the one that imports the other, or in the first one
// that imports both.
package meaning

import (
	"go/ast"
	"go/token"
	"go/types"
	"reflect"
	"slices"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/inspect"

	"github.com/retrygen/retrygen/internal/retries"
	"github.com/retrygen/retrygen/internal/retries/loop"
)

// Analyzer gathers meanings. Its result is a [*Meanings].
var Analyzer = &analysis.Analyzer{
	Name: "retrymeanings", Doc: "gather what fields mean where retries take numbers from them",
	Requires:   []*analysis.Analyzer{inspect.Analyzer, retries.Analyzer, loop.Analyzer},
	Run:        func(pass *analysis.Pass) (any, error) { return gather(pass), nil },
	ResultType: reflect.TypeFor[*Meanings](), FactTypes: []analysis.Fact{new(Said)},
}

// Meaning is what a number means.
type Meaning string

// The meanings. They exclude each other within the first two and within the others.
const (
	Attempts Meaning = "attempts"
	Retries  Meaning = "retries"
	Duration Meaning = "a duration"
	Units    Meaning = "a number of units"
)

// against reports whether two meanings exclude each other.
func (m Meaning) against(other Meaning) bool { return m != other && m.counts() == other.counts() }

func (m Meaning) counts() bool { return m == Attempts || m == Retries }

// Use is where a number is used.
type Use struct {
	Name     string // of the number: "Config.MaxRetries"
	Means    Meaning
	Pos, End token.Pos

	object types.Object
	key    string // that tells the object from others in all packages, "" if no other package can name it
}

// Elsewhere is a use in another package.
type Elsewhere struct {
	Name     string
	Means    Meaning
	Package  string // import path
	Position string // file:line:column, without a folder
	Key      string
}

// Meanings are what is known in a package.
type Meanings struct {
	Uses   []Use            // in this package, in the order of the source
	others map[string]*Said // by import path
	pass   *analysis.Pass
}

// Of returns the meanings for the package of a pass, whose analyzer requires [Analyzer].
func Of(pass *analysis.Pass) *Meanings { return pass.ResultOf[Analyzer].(*Meanings) }

func gather(pass *analysis.Pass) *Meanings {
	m := &Meanings{others: map[string]*Said{}, pass: pass}
	for _, f := range pass.AllPackageFacts() {
		if said, ok := f.Fact.(*Said); ok && f.Package != pass.Pkg {
			m.others[f.Package.Path()] = said
		}
	}
	r := &reader{pass: pass}
	r.directives()
	r.loops()
	r.code()
	graph := pass.ResultOf[retries.Analyzer].(*retries.Graph)
	m.Uses = slices.DeleteFunc(r.uses, func(u Use) bool {
		return slices.ContainsFunc(pass.Files, func(f *ast.File) bool { return graph.Generated[f] && f.FileStart <= u.Pos && u.Pos <= f.FileEnd })
	})
	slices.SortStableFunc(m.Uses, func(a, b Use) int { return int(a.Pos - b.Pos) })
	m.Uses = slices.CompactFunc(m.Uses, func(a, b Use) bool { return a.Pos == b.Pos && a.object == b.object && a.Means == b.Means })
	m.export()
	return m
}

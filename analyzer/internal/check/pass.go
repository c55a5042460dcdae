package check

import (
	"flag"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/inspect"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/retrygen/retrygen/internal/directive"
	"github.com/retrygen/retrygen/internal/retries"
	"github.com/retrygen/retrygen/internal/retries/growth"
	"github.com/retrygen/retrygen/internal/syntax"
)

// Pass is what a check works with: a package, what is known about its retries, and the way to report.
type Pass struct {
	*analysis.Pass
	*retries.Graph
	check *Check
	run   *run
}

// run is one run of an analyzer over a package.
type run struct {
	found    []Finding
	reported map[occurrence]bool // a policy that functions share has its faults once
	claimed  map[claim]bool
	shared   map[any]any
	silenced map[*Ignore]bool
	err      error
}

// outcome is the result of an analyzer: the comments that have silenced one of its findings.
type outcome struct{ silenced map[*Ignore]bool }

// runChecks runs those checks that are switched on, in their order, and reports what they find in the order of the source.
func runChecks(pass *analysis.Pass, checks []*Check) (any, error) {
	r := &run{reported: map[occurrence]bool{}, claimed: map[claim]bool{}, shared: map[any]any{}, silenced: map[*Ignore]bool{}}
	for _, c := range checks {
		p := &Pass{Pass: pass, Graph: pass.ResultOf[retries.Analyzer].(*retries.Graph), check: c, run: r}
		if on, _ := p.Enabled(c.ID); on {
			c.run(p)
		}
	}
	slices.SortStableFunc(r.found, func(a, b Finding) int { return int(a.Pos - b.Pos) })
	for _, f := range r.found {
		pass.Report(f.diagnostic())
	}
	return &outcome{r.silenced}, r.err
}

// Fail makes the run of the analyzer end with an error, when all checks have run.
func (p *Pass) Fail(err error) { p.run.err = err }

// Enabled reports whether a check is switched on, in this analyzer or one that has run before, and whether there is such a
// check among them.
func (p *Pass) Enabled(id string) (on, known bool) {
	for _, a := range append([]*analysis.Analyzer{p.Analyzer}, p.Analyzer.Requires...) {
		if f := a.Flags.Lookup(id); f != nil {
			on, known = f.Value.(flag.Getter).Get().(bool)
			return on, known
		}
	}
	return false, false
}

// Inspector returns the inspector of the package's files.
func (p *Pass) Inspector() *inspector.Inspector {
	return p.ResultOf[inspect.Analyzer].(*inspector.Inspector)
}

// Growing returns the delays of the package that grow from attempt to attempt.
func (p *Pass) Growing() []*growth.Delay { return p.ResultOf[growth.Analyzer].([]*growth.Delay) }

// Functions goes through the functions that have a body, in files that are not generated.
func (p *Pass) Functions(yield func(*ast.FuncDecl) bool) {
	for _, file := range p.Files {
		if p.Generated[file] {
			continue
		}
		for _, decl := range file.Decls {
			if decl, ok := decl.(*ast.FuncDecl); ok && decl.Body != nil && !yield(decl) {
				return
			}
		}
	}
}

// Func returns the object of a function declaration.
func (p *Pass) Func(decl *ast.FuncDecl) *types.Func {
	fn, _ := p.TypesInfo.Defs[decl.Name].(*types.Func)
	return fn
}

// EachTask returns a check that looks at each function and each interface method with a directive.
func EachTask(look func(*Pass, *directive.Func)) func(*Pass) {
	return func(p *Pass) {
		for _, fn := range p.All() {
			look(p, fn)
		}
	}
}

// EachDecl returns a check that looks at each function that has a body, in files that are not generated.
func EachDecl(look func(*Pass, *ast.FuncDecl)) func(*Pass) {
	return func(p *Pass) {
		for decl := range p.Functions {
			look(p, decl)
		}
	}
}

// WrapperCalls goes through the calls of generated wrappers, of this package or another, outside generated files.
func (p *Pass) WrapperCalls(visit func(*ast.FuncDecl, *ast.CallExpr, *types.Func)) {
	if !p.Followed() {
		return
	}
	for decl := range p.Functions {
		ast.Inspect(decl, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok {
				callee := syntax.Callee(p.TypesInfo, call)
				if _, ok := p.Wrapped(callee); ok {
					visit(decl, call, callee)
				}
			}
			return true
		})
	}
}

// Called is what messages call a wrapper: the method of a function type by its type, since all of them are called alike.
func (p *Pass) Called(callee *types.Func) string {
	if wrapped, ok := p.Wrapped(callee); ok && wrapped.Block {
		return syntax.Qualified(callee)
	}
	return callee.Name()
}

// FileOf returns the file of a position, nil for one that is not in this package.
func (p *Pass) FileOf(pos token.Pos) *ast.File {
	for _, file := range p.Files {
		if file.FileStart <= pos && pos <= file.FileEnd {
			return file
		}
	}
	return nil
}

// InTest reports whether a position lies in a test file, or in one that helps tests: it imports what only tests use.
func (p *Pass) InTest(pos token.Pos) bool {
	if p.InTestFile(pos) {
		return true
	}
	file := p.FileOf(pos)
	return file != nil && slices.ContainsFunc(file.Imports, func(spec *ast.ImportSpec) bool {
		return testOnly[strings.Trim(spec.Path.Value, `"`)]
	})
}

// InTestFile reports whether a position lies in a file that only go test compiles.
func (p *Pass) InTestFile(pos token.Pos) bool {
	return strings.HasSuffix(p.Fset.Position(pos).Filename, "_test.go")
}

// testOnly are the packages that only tests use.
var testOnly = syntax.NameSet("testing", "github.com/stretchr/testify/require", "github.com/stretchr/testify/assert",
	"github.com/onsi/gomega", "github.com/onsi/ginkgo", "github.com/onsi/ginkgo/v2")

package analyzer

import (
	"go/ast"
	"go/token"
	"go/types"
	"reflect"

	"golang.org/x/tools/go/analysis"

	"github.com/retrygen/retrygen/generator"
	"github.com/retrygen/retrygen/internal/chain"
	"github.com/retrygen/retrygen/internal/directive"
)

// modeler reads what all checks need of a package, once, and carries what wrappers do across packages. A check names one
// chain, the worst.
var modeler = newModeler("retrymodel", depth{limit: 1})

// depth says how much is kept of the chains that begin in a function.
type depth struct {
	limit  int  // so many, the worst
	places bool // with the places of their links, by which loops are told apart
}

func newModeler(name string, d depth) *analysis.Analyzer {
	return &analysis.Analyzer{
		Name: name, Doc: "read retry directives, and follow retries across packages",
		Run:        func(pass *analysis.Pass) (any, error) { return modelOf(pass, d), nil },
		ResultType: reflect.TypeFor[*model](), FactTypes: []analysis.Fact{new(Chains), new(Wrapped), new(Annotated)},
	}
}

// model is what checks know about a package.
type model struct {
	pass      *analysis.Pass
	depth     depth
	fset      *token.FileSet
	files     []*ast.File
	generated map[*ast.File]bool

	pkg      *generator.Package
	found    *directive.Found // never nil
	problems []directive.Problem

	// The directives by what they are about: annotated functions and interface methods, and what is generated.
	annotated map[*types.Func]*directive.Func
	wrappers  map[*types.Func]*directive.Func

	bodies map[*types.Func]*ast.FuncDecl
	sites  map[*types.Func][]*site   // where retries may begin, for functions with a body
	chains map[*types.Func]chain.Set // of functions of this package

	ignores     []*ignore
	ignoreLines map[line]bool
	silent      map[line][]*ignore
}

func modelOf(pass *analysis.Pass, d depth) *model {
	m := &model{
		pass: pass, depth: d, fset: pass.Fset, files: pass.Files, generated: map[*ast.File]bool{}, found: &directive.Found{},
		annotated: map[*types.Func]*directive.Func{}, wrappers: map[*types.Func]*directive.Func{},
		chains: map[*types.Func]chain.Set{}, ignoreLines: map[line]bool{}, silent: map[line][]*ignore{},
	}
	directives := false
	for _, file := range pass.Files {
		m.generated[file] = ast.IsGenerated(file)
		for _, d := range directive.All(file) {
			directives = true
			if d.Name == "ignore" {
				m.ignoreLines[m.lineOf(d.Slash)] = true
			}
		}
		// A package whose last directive is gone may still hold what was generated for it.
		directives = directives || m.generated[file] && generator.Own(pass.Fset, file)
	}
	m.pkg = &generator.Package{Fset: pass.Fset, Files: pass.Files, Types: pass.Pkg, Info: pass.TypesInfo}
	if directives {
		for _, file := range pass.Files {
			m.readIgnores(file)
		}
		m.found, m.problems = m.pkg.Find()
		m.index()
	}
	if directives || m.retriesAround() {
		m.follow()
	}
	return m
}

// index finds the objects of what is annotated and of what is generated.
func (m *model) index() {
	for _, fn := range m.found.Funcs {
		m.annotated[fn.Object] = fn
		var wrapper types.Object
		if fn.Receiver == nil {
			wrapper = m.pass.Pkg.Scope().Lookup(fn.Wrapper)
		} else {
			wrapper, _, _ = types.LookupFieldOrMethod(fn.Sig.Recv().Type(), true, m.pass.Pkg, fn.Wrapper)
		}
		if wrapper, ok := wrapper.(*types.Func); ok {
			m.wrappers[wrapper.Origin()] = fn
		}
	}
	for _, d := range m.found.Decorators {
		for _, fn := range d.Methods {
			m.annotated[fn.Object] = fn
		}
		object := m.pass.Pkg.Scope().Lookup(d.Wrapper)
		if object == nil {
			continue
		}
		for _, fn := range d.Methods {
			method, _, _ := types.LookupFieldOrMethod(object.Type(), true, m.pass.Pkg, fn.Object.Name())
			if method, ok := method.(*types.Func); ok && method.Origin() != fn.Object.Origin() {
				m.wrappers[method.Origin()] = fn
			}
		}
	}
}

// wrapped gives the annotated function behind a wrapper, of this package or another.
func (m *model) wrapped(fn *types.Func) (*Wrapped, bool) {
	if fn == nil {
		return nil, false
	}
	fn = fn.Origin()
	if own, ok := m.wrappers[fn]; ok {
		return wrappedOf(own), true
	}
	var fact Wrapped
	if fn.Pkg() != m.pass.Pkg && m.pass.ImportObjectFact(fn, &fact) {
		return &fact, true
	}
	return nil, false
}

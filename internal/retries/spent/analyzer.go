package spent

import (
	"fmt"
	"go/ast"
	"go/types"
	"reflect"
	"sync"

	"golang.org/x/tools/go/analysis"

	"github.com/retrygen/retrygen/internal/syntax"
)

// Analyzer finds what the functions of a package use up.
var Analyzer = &analysis.Analyzer{
	Name: "retryspent", Doc: "find what functions use up, such as readers and requests",
	Run:        func(pass *analysis.Pass) (any, error) { return find(pass), nil },
	ResultType: reflect.TypeFor[*Package](), FactTypes: []analysis.Fact{new(Spends)},
}

// Spends is a fact about a function, in bits: the receiver, if there is one, and the parameters.
type Spends struct {
	Used, Sent, Kept, Reset uint64
	Bodied                  bool
}

// AFact marks Spends as a fact.
func (*Spends) AFact() {}

// String describes the fact, for debugging.
func (s *Spends) String() string {
	return fmt.Sprintf("used %b, sent %b, kept %b, reset %b, bodied %t", s.Used, s.Sent, s.Kept, s.Reset, s.Bodied)
}

// Package knows what the calls in a package use up.
type Package struct {
	lock     sync.Mutex
	pass     *analysis.Pass
	carriers carriers
	decls    map[*types.Func]*ast.FuncDecl // that have an operand which can be used up, or that return a request
	done     map[*types.Func]summary
	busy     map[*types.Func]bool
	assigned map[ast.Node]map[*types.Var][]ast.Expr
	sources  map[ast.Node]*Sources
	literals map[*types.Var]*ast.FuncLit // nil until they are asked for
	open     map[*ast.FuncLit]bool       // literals that are being looked at
}

// find summarizes the functions of a package. Those that other packages may call have facts.
func find(pass *analysis.Pass) *Package {
	p := &Package{
		pass: pass, carriers: carriers{}, decls: map[*types.Func]*ast.FuncDecl{}, done: map[*types.Func]summary{}, busy: map[*types.Func]bool{},
		assigned: map[ast.Node]map[*types.Var][]ast.Expr{}, sources: map[ast.Node]*Sources{},
		open: map[*ast.FuncLit]bool{},
	}
	var order []*types.Func
	for _, file := range pass.Files {
		for _, decl := range file.Decls {
			decl, ok := decl.(*ast.FuncDecl)
			if !ok || decl.Body == nil {
				continue
			}
			if fn, ok := pass.TypesInfo.Defs[decl.Name].(*types.Func); ok && p.concerns(fn) {
				p.decls[fn] = decl
				order = append(order, fn)
			}
		}
	}
	for _, fn := range order {
		s := p.summaryOf(fn)
		if fact := (Spends{s.used, s.sent, s.kept, s.reset, s.surely}); fn.Exported() && fact != (Spends{}) {
			pass.ExportObjectFact(fn, &fact)
		}
	}
	return p
}

// concerns reports whether a function has an operand that can be used up, or returns a request.
func (p *Package) concerns(fn *types.Func) bool {
	for _, v := range operandsOf(fn) {
		if p.carriers.carries(v.Type()) {
			return true
		}
	}
	for v := range fn.Signature().Results().Variables() {
		if IsRequest(v.Type()) {
			return true
		}
	}
	return false
}

// operandsOf returns the receiver and the parameters of a function.
func operandsOf(fn *types.Func) []*types.Var {
	var list []*types.Var
	if recv := fn.Signature().Recv(); recv != nil {
		list = append(list, recv)
	}
	for v := range fn.Signature().Params().Variables() {
		list = append(list, v)
	}
	return list
}

// summaryOf returns what is known of a function, of this package or another.
func (p *Package) summaryOf(fn *types.Func) summary {
	fn = fn.Origin()
	if s, ok := p.done[fn]; ok {
		return s
	}
	if p.busy[fn] {
		return summary{} // it calls itself
	}
	p.busy[fn] = true
	s := p.look(fn)
	p.done[fn] = s
	return s
}

func (p *Package) look(fn *types.Func) summary {
	if fn.Pkg() == nil {
		return summary{}
	}
	if s, ok := known[fn.Pkg().Path()+"."+syntax.Qualified(fn)]; ok {
		return s
	}
	if decl, ok := p.decls[fn]; ok {
		return p.summarize(fn, decl)
	}
	var fact Spends
	if fn.Pkg() != p.pass.Pkg && p.pass.ImportObjectFact(fn, &fact) {
		return summary{fact.Used, fact.Sent, fact.Kept, fact.Reset, fact.Bodied, fact.Bodied}
	}
	s := summary{}
	if isAbstract(fn) {
		s = guess(fn.Name(), fn.Signature(), 1)
	}
	if fn.Pkg() != p.pass.Pkg || isAbstract(fn) {
		s.takesInput(fn)
	}
	return s
}

// isAbstract reports whether a function is the method of an interface.
func isAbstract(fn *types.Func) bool {
	recv := fn.Signature().Recv()
	return recv != nil && types.IsInterface(recv.Type())
}

// Of returns what is known about the package of a pass, whose analyzer requires [Analyzer].
func Of(pass *analysis.Pass) *Package { return pass.ResultOf[Analyzer].(*Package) }

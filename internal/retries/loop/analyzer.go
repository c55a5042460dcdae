package loop

import (
	"go/ast"
	"go/types"
	"reflect"

	"golang.org/x/tools/go/analysis"

	"github.com/retrygen/retrygen/internal/directive"
	"github.com/retrygen/retrygen/internal/syntax"
)

// Analyzer finds the retry loops of a package. Its result is a [*Model].
var Analyzer = &analysis.Analyzer{
	Name: "retryloops", Doc: "find loops that retry by hand, and summarize functions that they call",
	Run:        func(pass *analysis.Pass) (any, error) { return New(pass), nil },
	ResultType: reflect.TypeFor[*Model](), FactTypes: []analysis.Fact{new(Summary), new(Retrier)},
}

// Model is what is known of the loops of a package.
type Model struct {
	Loops  []*Loop // that retry, in the order of the source, the loops in a loop before it
	Polls  []*Loop // other loops that look for something several times and wait; they have no judgements
	Awaits []*Loop // other loops that wait until something has come about, or end late; they have no judgements either

	// Recursions are the functions that try again by calling themselves, which are loops over their bodies.
	Recursions []*Loop

	// Endings are the loops that look at a context, whatever else they do. Those that go through elements, or take their work
	// from a channel, are none.
	Endings []*Loop

	pass      *analysis.Pass
	bodies    map[*types.Func]*ast.FuncDecl
	methods   map[string][]*types.Func // the methods among these by their names, as far as that has been asked for
	summaries map[*types.Func]*Summary
	literals  map[*types.Var]*ast.FuncLit
	contexts  map[*types.Func]string  // the fields that lead from the receivers of methods to contexts
	pausing   map[*types.Func]bool    // the functions of this package that wait for a time, as far as that has been asked for
	retriers  map[*types.Func]Retrier // of the functions of this package
	again     map[ast.Stmt]*Loop      // the loops that call something again, for a number of attempts or until it works
	counted   map[ast.Stmt]int        // how often loops try again after errors
}

// New finds the loops of a package by the facts about the packages that it imports, and exports the facts about its own
// functions.
func New(pass *analysis.Pass) *Model {
	m := &Model{
		pass: pass, bodies: map[*types.Func]*ast.FuncDecl{}, summaries: map[*types.Func]*Summary{}, literals: map[*types.Var]*ast.FuncLit{},
		contexts: map[*types.Func]string{}, pausing: map[*types.Func]bool{},
		retriers: map[*types.Func]Retrier{}, again: map[ast.Stmt]*Loop{}, counted: map[ast.Stmt]int{},
	}
	var list []ast.Node
	for _, file := range pass.Files {
		for _, decl := range file.Decls {
			if fn, ok := decl.(*ast.FuncDecl); ok && fn.Body != nil {
				if object, ok := pass.TypesInfo.Defs[fn.Name].(*types.Func); ok {
					m.bodies[object] = fn
				}
			}
		}
		if !directive.IsOwn(file) { // a directive says how often these loops try
			list = m.functions(file, list)
		}
	}
	for fn := range m.bodies {
		if s := m.Summary(fn); s != (Summary{}) && fn.Pkg() == pass.Pkg {
			pass.ExportObjectFact(fn, &s)
		}
	}
	m.exportAbstract()
	searched := map[ast.Node]bool{}
	for _, fn := range list {
		if !searched[fn] {
			searched[fn] = true
			m.search(fn)
		}
	}
	for _, file := range pass.Files {
		for _, decl := range file.Decls {
			if fn, ok := decl.(*ast.FuncDecl); ok && fn.Body != nil && !directive.IsOwn(file) {
				m.recursion(fn)
			}
		}
	}
	m.exportRetriers()
	return m
}

// functions adds the functions and function literals of a file that hold a loop or a label of their own, and records the
// literals that are assigned to variables.
func (m *Model) functions(file *ast.File, list []ast.Node) []ast.Node {
	var around []ast.Node
	var stack []ast.Node
	ast.Inspect(file, func(n ast.Node) bool {
		if n == nil {
			switch stack[len(stack)-1].(type) {
			case *ast.FuncDecl, *ast.FuncLit:
				around = around[:len(around)-1]
			}
			stack = stack[:len(stack)-1]
			return true
		}
		stack = append(stack, n)
		switch n := n.(type) {
		case *ast.FuncDecl, *ast.FuncLit:
			around = append(around, n)
		case *ast.ForStmt, *ast.RangeStmt, *ast.LabeledStmt:
			if len(around) > 0 && (len(list) == 0 || list[len(list)-1] != around[len(around)-1]) {
				list = append(list, around[len(around)-1])
			}
		case *ast.AssignStmt:
			m.assigned(n)
		}
		return true
	})
	return list
}

// assigned records the function literals that an assignment gives names.
func (m *Model) assigned(n *ast.AssignStmt) {
	if len(n.Lhs) != len(n.Rhs) {
		return
	}
	for i, e := range n.Rhs {
		id, ok := n.Lhs[i].(*ast.Ident)
		if !ok {
			continue
		}
		v, ok := m.pass.TypesInfo.ObjectOf(id).(*types.Var)
		if !ok {
			continue
		}
		lit, ok := e.(*ast.FuncLit)
		if _, twice := m.literals[v]; twice {
			lit = nil
		}
		if ok || m.literals[v] != nil {
			m.literals[v] = lit
		}
	}
}

// search adds the retry loops of a function.
func (m *Model) search(fn ast.Node) {
	_, body := syntax.FuncParts(fn)
	f := m.newFunction(fn, newGraph(m.pass.TypesInfo, body, nil))
	for _, l := range f.graph.loops() {
		s := f.newFinder(l)
		if s == nil {
			continue
		}
		if s.endsWith() {
			m.Endings = append(m.Endings, s.loop)
		}
		if loop := s.find(); loop != nil {
			m.Loops = append(m.Loops, loop)
			continue
		}
		if len(s.loop.Polling) > 0 || len(s.loop.Late) > 0 {
			awaits := *s.loop
			m.Awaits = append(m.Awaits, &awaits)
		}
		if loop := s.poll(); loop != nil {
			m.Polls = append(m.Polls, loop)
		}
	}
}

// Summary returns the summary of a function, of this package or another.
func (m *Model) Summary(fn *types.Func) Summary {
	fn = fn.Origin()
	if known := m.summaries[fn]; known != nil {
		return *known
	}
	sum := &Summary{}
	m.summaries[fn] = sum // a function that calls itself knows nothing
	if decl := m.bodies[fn]; decl != nil {
		var mixed bool
		if *sum, mixed = summarize(m.waiter(decl.Body, nil), fn.Name(), fn.Signature(), decl.Body); mixed {
			sum.Pause = pauseOf(m, fn.Signature(), decl.Body)
		}
	} else if fn.Pkg() != nil && fn.Pkg() != m.pass.Pkg {
		m.pass.ImportObjectFact(fn, sum)
	} else {
		*sum = m.abstract(fn)
	}
	return *sum
}

// literal returns the summary of the function literal that a variable holds.
func (m *Model) literal(v *types.Var) Summary {
	lit := m.literals[v]
	signature, ok := v.Type().Underlying().(*types.Signature)
	if lit == nil || !ok {
		return Summary{}
	}
	m.literals[v] = nil // while it is looked at
	sum, _ := summarize(m.waiter(lit.Body, nil), v.Name(), signature, lit.Body)
	m.literals[v] = lit
	return sum
}

// Waits returns the waits of a function or a function literal that are in none of its loops and in no literal inside.
func (m *Model) Waits(fn ast.Node) []*Wait {
	_, body := syntax.FuncParts(fn)
	waits, _ := m.waiter(body, clausesOf(body)).inBody(body)
	return waits
}

// WaitsInLoops returns the waits of a function that are in its loops and in no literal inside.
func (m *Model) WaitsInLoops(fn ast.Node) []*Wait {
	_, body := syntax.FuncParts(fn)
	var s *waiter
	var list []*Wait
	syntax.InspectOwn(body, func(n ast.Node) {
		var round *ast.BlockStmt
		switch n := n.(type) {
		case *ast.ForStmt:
			round = n.Body
		case *ast.RangeStmt:
			round = n.Body
		default:
			return
		}
		if s == nil {
			s = m.waiter(body, clausesOf(body))
		}
		waits, _ := s.inBody(round)
		list = append(list, waits...)
	})
	return list
}

func (m *Model) waiter(body *ast.BlockStmt, parent map[ast.Node]ast.Stmt) *waiter {
	return &waiter{info: m.pass.TypesInfo, body: body, parent: parent, summary: m.Summary, literal: m.literal}
}

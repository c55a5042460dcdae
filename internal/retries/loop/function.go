package loop

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/retrygen/retrygen/internal/syntax"
)

// function is a function whose loops are looked at.
type function struct {
	*waiter
	node       ast.Node
	graph      *graph
	implicit   map[types.Object]ast.Expr // the variables of type switches, and what is switched on
	flagTests  map[variable][]*block     // the branches on a variable alone
	known      map[*block][]*assignment
	setting    map[types.Object][]*block // see setters; nil until it is asked for
	waiting    map[ast.Expr]bool         // whether a call is a wait
	made       map[variable]bool         // what calls with a context have returned; nil until it is asked for
	byLiterals map[types.Object]bool     // see setByLiteral; nil until it is asked for

	contextUsed *bool // see usesContext; nil until it is asked for

	receiverContext func(*types.Func) string
	pauses          func(*types.Func) bool
	bodies          map[*types.Func]*ast.FuncDecl // of this package
	texts           *texts                        // of errors; nil until it is asked for
}

// newFunction describes a function whose control flow is known.
func (m *Model) newFunction(node ast.Node, graph *graph) *function {
	f := &function{
		node: node, graph: graph, implicit: map[types.Object]ast.Expr{},
		flagTests: map[variable][]*block{}, known: map[*block][]*assignment{}, waiting: map[ast.Expr]bool{},
		receiverContext: m.receiverContext, pauses: m.pauses, bodies: m.bodies,
	}
	_, body := syntax.FuncParts(node)
	f.waiter = m.waiter(body, f.graph.parent)
	for clause, stmt := range f.graph.parent {
		if s, ok := stmt.(*ast.TypeSwitchStmt); ok && f.info.Implicits[clause] != nil {
			f.implicit[f.info.Implicits[clause]] = switched(s)
		}
	}
	for _, b := range f.graph.blocks {
		if b.branch == nil || b.branch.cond == nil {
			continue
		}
		if v, ok := variableOf(f.info, b.branch.cond); ok {
			f.flagTests[v] = append(f.flagTests[v], b)
		}
	}
	return f
}

// assignmentsOf returns what a block assigns.
func (f *function) assignmentsOf(b *block) []*assignment {
	list, ok := f.known[b]
	if !ok {
		list = assignments(f.info, b)
		f.known[b] = list
	}
	return list
}

// setters returns the blocks that declare a variable or assign to it or to its fields, in their order.
func (f *function) setters(object types.Object) []*block {
	if f.setting == nil {
		f.setting = map[types.Object][]*block{}
		for _, b := range f.graph.blocks {
			for _, a := range f.assignmentsOf(b) {
				f.sets(a.to.object, b)
			}
			for _, n := range b.nodes {
				if spec, ok := n.(*ast.ValueSpec); ok {
					for _, id := range spec.Names {
						f.sets(f.info.Defs[id], b)
					}
				}
			}
		}
	}
	return f.setting[object]
}

func (f *function) sets(object types.Object, b *block) {
	if list := f.setting[object]; len(list) == 0 || list[len(list)-1] != b {
		f.setting[object] = append(list, b)
	}
}

// isWait reports whether an operation is a wait.
func (f *function) isWait(op ast.Expr) bool {
	call, ok := op.(*ast.CallExpr)
	if !ok {
		return false
	}
	is, known := f.waiting[op]
	if !known {
		is = f.call(call) != nil
		f.waiting[op] = is
	}
	return is
}

// position returns where a block ends.
func (f *function) position(b *block) token.Pos {
	switch {
	case b.branch != nil && b.branch.cond != nil:
		return b.branch.cond.Pos()
	case b.branch != nil && b.branch.clause != nil:
		return b.branch.clause.Pos()
	case len(b.nodes) > 0:
		return b.nodes[len(b.nodes)-1].Pos()
	}
	return token.NoPos
}

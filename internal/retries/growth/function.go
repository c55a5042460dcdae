package growth

import (
	"go/ast"
	"go/token"
	"go/types"
)

// function is a declared function or a function literal.
type function struct {
	node     ast.Node // *ast.FuncDecl or *ast.FuncLit
	sig      *types.Signature
	kind     *ast.FuncType
	body     *ast.BlockStmt
	object   *types.Func // nil for a literal
	outer    *function   // the function around a literal
	writes   map[types.Object][]write
	lazy     *graph
	known    map[ast.Expr]*expression
	checked  map[string]bool              // operations that are known to fit; nil until it is asked
	products map[ast.Expr]*ast.BinaryExpr // by their factors; nil until it is asked
	sites    []site

	guarding map[types.Object][]*ast.IfStmt // see guards; nil until it is asked for
	holding  map[*ast.BinaryExpr]ast.Expr   // see held; nil until it is asked for

	deadlines map[place][]token.Pos // see deadlinesOf; nil until it is asked for

	driven   driven
	counters map[place]bool
	delays   bool // it has to do with delays
	computes bool // it computes a number for one that does, and has nothing to do with delays itself
	called   int  // how often this package calls it by its name
	loose    bool // it is used as a value, so that nobody knows who calls it
}

// write is an assignment to a variable or part of it.
type write struct {
	target ast.Expr
	value  ast.Expr // nil if a call with several results makes it
	op     token.Token
	at     token.Pos
}

// driven is what counts the attempts where that happens elsewhere: parameters, fields, results of calls.
type driven struct {
	places map[place]bool
	calls  map[ast.Expr]bool
}

func (f *function) graph(info *types.Info) *graph {
	if f.lazy == nil {
		f.lazy = newGraph(info, f.body)
	}
	return f.lazy
}

// outermost returns the function declaration that a literal is in.
func (f *function) outermost() *function {
	for f.outer != nil {
		f = f.outer
	}
	return f
}

// forget drops what running the function needs.
func (f *function) forget() { f.lazy, f.known = nil, nil }

// collectWrites lists the assignments in a function, those of literals in it included.
func collectWrites(info *types.Info, body ast.Node) map[types.Object][]write {
	writes := map[types.Object][]write{}
	add := func(target, value ast.Expr, op token.Token) {
		if p, ok := placeOf(info, target); ok && p.root != nil {
			writes[p.root] = append(writes[p.root], write{target, value, op, target.Pos()})
		}
	}
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for i, target := range n.Lhs {
				if len(n.Rhs) == len(n.Lhs) {
					add(target, n.Rhs[i], n.Tok)
				} else {
					add(target, nil, n.Tok)
				}
			}
		case *ast.IncDecStmt:
			add(n.X, nil, n.Tok)
		case *ast.ValueSpec:
			for i, name := range n.Names {
				switch {
				case len(n.Values) == len(n.Names):
					add(name, n.Values[i], token.DEFINE)
				case len(n.Values) > 0:
					add(name, nil, token.DEFINE)
				default:
					add(name, nil, token.VAR)
				}
			}
		case *ast.RangeStmt:
			for _, target := range []ast.Expr{n.Key, n.Value} {
				if target != nil {
					add(target, nil, token.RANGE)
				}
			}
		}
		return true
	})
	return writes
}

// counted reports whether a write changes a number by what it was: n++, n += 2, d *= 2, d = d * 2.
func (w write) counted(info *types.Info, p place) bool {
	switch w.op {
	case token.ASSIGN, token.DEFINE:
		return w.value != nil && mentions(info, w.value, p)
	case token.VAR, token.RANGE:
		return false
	}
	return true
}

// mentions reports whether an expression reads a place.
func mentions(info *types.Info, e ast.Node, p place) bool {
	found := false
	ast.Inspect(e, func(n ast.Node) bool {
		if x, ok := n.(ast.Expr); ok && !found {
			q, ok := placeOf(info, x)
			found = ok && q == p
		}
		return !found
	})
	return found
}

// steps reports whether a write counts: n++, n += 2, n = n + 1.
func (w write) steps(info *types.Info, p place) bool {
	switch w.op {
	case token.INC, token.DEC:
		return true
	case token.ADD_ASSIGN, token.SUB_ASSIGN:
		return w.value != nil && !mentions(info, w.value, p)
	case token.ASSIGN:
		b, ok := w.value.(*ast.BinaryExpr)
		return ok && (b.Op == token.ADD || b.Op == token.SUB) && mentions(info, b.X, p) && !mentions(info, b.Y, p)
	}
	return false
}

package loop

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/cfg"

	"github.com/retrygen/retrygen/internal/syntax"
)

// recursion is a function that calls itself when its work is done, as in
//
//	func (c *client) get(url string, retries int) error {
//		if retries == 0 {
//			return errTooOften
//		}
//		err := c.try(url)
//		if err != nil {
//			time.Sleep(c.delay)
//			return c.get(url, retries-1)
//		}
//		return nil
//	}
//
// It is a loop over its body: the call sets the parameters and leads back to the beginning.
type recursion struct {
	info *types.Info
	fn   *types.Func
	decl *ast.FuncDecl
}

// newRecursion returns the recursion that a function is, nil if it does not call itself, or not with numbers.
func newRecursion(info *types.Info, decl *ast.FuncDecl) *recursion {
	fn, ok := info.Defs[decl.Name].(*types.Func)
	if !ok || fn.Signature().Variadic() {
		return nil
	}
	r := &recursion{info, fn, decl}
	found := false
	syntax.InspectOwn(decl.Body, func(n ast.Node) {
		call, ok := n.(*ast.CallExpr)
		found = found || ok && r.isOwn(call)
	})
	if !found {
		return nil
	}
	return r
}

// isOwn reports whether a call is one of the function itself, for the same receiver.
func (r *recursion) isOwn(call *ast.CallExpr) bool {
	if fn := syntax.Callee(r.info, call); fn == nil || fn.Origin() != r.fn || len(call.Args) != r.fn.Signature().Params().Len() {
		return false
	}
	recv := r.fn.Signature().Recv()
	if recv == nil {
		return true
	}
	id, ok := ast.Unparen(orNil(receiver(call))).(*ast.Ident)
	return ok && r.info.Uses[id] == recv
}

// callIn returns the call of the function itself that a statement makes: it returns the results, sets variables to them, or
// drops them. It is nil if there is none.
func (r *recursion) callIn(n ast.Node) *ast.CallExpr {
	var list []ast.Expr
	switch n := n.(type) {
	case *ast.ReturnStmt:
		list = n.Results
	case *ast.AssignStmt:
		list = n.Rhs
	case *ast.ExprStmt:
		list = []ast.Expr{n.X}
	}
	for _, e := range list {
		call, ok := ast.Unparen(e).(*ast.CallExpr)
		if ok && !r.isOwn(call) && computes(r.info, call) && len(call.Args) > 0 {
			call, ok = ast.Unparen(call.Args[0]).(*ast.CallExpr) // return fmt.Errorf("…", try(n-1))
		}
		if ok && r.isOwn(call) {
			return call
		}
	}
	return nil
}

// parameters returns assignments of the arguments of a call to the parameters, but for those that stay what they are.
func (r *recursion) parameters(call *ast.CallExpr) []ast.Node {
	var list []ast.Node
	i := 0
	for _, field := range r.decl.Type.Params.List {
		for _, name := range field.Names {
			id, isName := ast.Unparen(call.Args[i]).(*ast.Ident)
			if name.Name != "_" && !(isName && r.info.Uses[id] == r.info.Defs[name]) {
				list = append(list, &ast.AssignStmt{Lhs: []ast.Expr{name}, TokPos: call.Pos(), Tok: token.ASSIGN, Rhs: call.Args[i : i+1]})
			}
			i++
		}
		i += max(0, 1-len(field.Names))
	}
	return list
}

// again returns the nodes of a block that the function goes through before it begins again, and reports whether it does: the
// block calls the function itself, and nothing else is done after that.
func (r *recursion) again(b *cfg.Block) ([]ast.Node, bool) {
	for i, n := range b.Nodes {
		call := r.callIn(n)
		if call == nil || !r.last(b, i) {
			continue
		}
		return append(append([]ast.Node(nil), b.Nodes[:i]...), r.parameters(call)...), true
	}
	return nil, false
}

// last reports whether a function does nothing behind a node of a block but to return.
func (r *recursion) last(b *cfg.Block, at int) bool {
	seen := map[*cfg.Block]bool{}
	nodes := b.Nodes[at+1:]
	for !seen[b] {
		seen[b] = true
		for _, n := range nodes {
			ret, ok := n.(*ast.ReturnStmt)
			if !ok || r.calls(ret) {
				return false
			}
		}
		if len(b.Succs) == 0 {
			return true
		}
		if len(b.Succs) > 1 {
			return false
		}
		b = b.Succs[0]
		nodes = b.Nodes
	}
	return false
}

// calls reports whether a return statement calls anything.
func (r *recursion) calls(ret *ast.ReturnStmt) bool {
	found := false
	ast.Inspect(ret, func(n ast.Node) bool {
		_, ok := n.(*ast.CallExpr)
		found = found || ok
		return !found
	})
	return found
}

// recursion adds the loop that a function is which calls itself again after a failure.
func (m *Model) recursion(decl *ast.FuncDecl) {
	r := newRecursion(m.pass.TypesInfo, decl)
	if r == nil {
		return
	}
	f := m.newFunction(decl, newGraph(m.pass.TypesInfo, decl.Body, r.again))
	for _, l := range f.graph.loops() {
		if l.head != f.graph.blocks[0] {
			continue
		}
		if s := f.newFinder(l); s != nil {
			if loop := s.find(); loop != nil && !loop.GoesOn {
				m.Recursions = append(m.Recursions, loop)
			}
		}
	}
}

package spent

import (
	"go/ast"
	"go/types"
	"maps"
	"strings"

	"github.com/retrygen/retrygen/internal/syntax"
)

// summarize finds what a function does with its operands.
func (p *Package) summarize(fn *types.Func, decl *ast.FuncDecl) summary {
	index := map[*types.Var]int{}
	for i, v := range operandsOf(fn) {
		if p.carriers.carries(v.Type()) && !(i == 0 && fn.Signature().Recv() != nil && !single(v.Type())) {
			index[v] = i
		}
	}
	sources := p.sourcesIn(decl.Body)
	var s summary
	mark := func(e ast.Expr, bits *uint64) {
		for source := range sources.of(e) {
			if i, ok := index[source.Var]; ok {
				*bits |= bit(i)
			}
		}
	}
	ast.Inspect(decl.Body, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			for _, use := range p.uses(call) {
				mark(use.Expr, &s.used)
				if use.Sent {
					mark(use.Expr, &s.sent)
				}
			}
		}
		for source := range sources.restored(n) {
			if i, ok := index[source.Var]; ok {
				s.reset |= bit(i)
			}
		}
		return true
	})
	syntax.InspectOwn(decl.Body, func(n ast.Node) {
		if ret, ok := n.(*ast.ReturnStmt); ok {
			p.returned(fn, ret, func(e ast.Expr) { mark(e, &s.kept) })
			s.bodied = s.bodied || p.returnsBody(fn, decl, ret)
		}
	})
	s.surely = s.bodied && !p.mayStayNil(decl)
	s.used &^= s.reset
	s.sent &^= s.reset
	s.kept &^= s.used | s.reset
	return s
}

// mayStayNil reports whether a function declares a reader without a value, which it may assign later: then not every request
// has a body.
func (p *Package) mayStayNil(decl *ast.FuncDecl) bool {
	found := false
	ast.Inspect(decl.Body, func(n ast.Node) bool {
		if spec, ok := n.(*ast.ValueSpec); ok && len(spec.Values) == 0 {
			t := p.pass.TypesInfo.TypeOf(spec.Names[0])
			found = found || IsReader(t) && types.IsInterface(t)
		}
		return !found
	})
	return found
}

// returned visits what a return statement returns and can be used up.
func (p *Package) returned(fn *types.Func, ret *ast.ReturnStmt, visit func(ast.Expr)) {
	for _, e := range ret.Results {
		t := p.pass.TypesInfo.TypeOf(e)
		if tuple, ok := t.(*types.Tuple); ok && tuple.Len() > 0 {
			t = tuple.At(0).Type()
		}
		if p.carriers.carries(t) {
			visit(e)
		}
	}
}

// restored returns what a node brings back to its beginning: by a method such as Seek, by a new body for a request, or by a
// look at whether it can seek.
func (s *Sources) restored(n ast.Node) map[Source]bool {
	info := s.p.pass.TypesInfo
	found := map[Source]bool{}
	switch n := n.(type) {
	case *ast.SelectorExpr:
		if restoring[strings.ToLower(n.Sel.Name)] && s.p.carriers.carries(info.TypeOf(n.X)) {
			s.gather(n.X, found)
		}
	case *ast.TypeAssertExpr:
		if n.Type != nil && syntax.HasMethod(info.TypeOf(n.Type), "Seek") {
			s.gather(n.X, found)
		}
	case *ast.AssignStmt:
		for i, left := range n.Lhs {
			s.refilled(left, n.Rhs[min(i, len(n.Rhs)-1)], found)
		}
	case *ast.CallExpr:
		s.reset(n, found)
		s.byClosure(n, found)
	}
	return found
}

// reset adds what a call brings back to its beginning.
func (s *Sources) reset(call *ast.CallExpr, found map[Source]bool) {
	summary, operands := s.p.call(call)
	for i, e := range operands {
		if summary.reset&bit(i) != 0 {
			s.gather(e, found)
		}
	}
}

// byClosure adds what the call of a variable brings back that holds a function made for it: rewind := rewinder(req).
func (s *Sources) byClosure(call *ast.CallExpr, found map[Source]bool) {
	id, ok := ast.Unparen(call.Fun).(*ast.Ident)
	if !ok {
		return
	}
	v, ok := s.p.pass.TypesInfo.Uses[id].(*types.Var)
	if !ok {
		return
	}
	for _, value := range s.p.assignedIn(s.body)[v] {
		if maker, ok := ast.Unparen(value).(*ast.CallExpr); ok {
			s.reset(maker, found)
		}
	}
}

// refilled adds what is given something new to read from: a request with a new body.
func (s *Sources) refilled(left, right ast.Expr, found map[Source]bool) {
	sel, ok := ast.Unparen(left).(*ast.SelectorExpr)
	if !ok || !single(s.p.pass.TypesInfo.TypeOf(sel)) {
		return
	}
	of, from := s.of(sel.X), s.of(right)
	if v, ok := s.p.pass.TypesInfo.ObjectOf(syntax.Root(sel.X)).(*types.Var); ok && !from[Source{Var: v}] {
		found[Source{Var: v}] = true
	}
	for source := range of {
		if from[source] {
			return // it reads from the same as before
		}
	}
	maps.Copy(found, of)
}

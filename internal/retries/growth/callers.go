package growth

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/retrygen/retrygen/internal/syntax"
)

// countCalls counts who calls the functions in which delays grow, and notes those that are used as values.
func (p *program) countCalls() {
	if len(p.grows) == 0 {
		return
	}
	called := map[*ast.Ident]bool{}
	for _, file := range p.pass.Files {
		ast.Inspect(file, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok {
				if fn := syntax.Callee(p.info, call); fn != nil && p.grows[fn.Origin()] {
					called[nameOf(call)] = true
					p.funcs[fn.Origin()].called++
				}
			}
			return true
		})
	}
	for id, object := range p.info.Uses {
		if fn, ok := object.(*types.Func); ok && p.grows[fn.Origin()] && !called[id] {
			p.funcs[fn.Origin()].loose = true
		}
	}
}

// nameOf returns the name of the function that a call calls.
func nameOf(call *ast.CallExpr) *ast.Ident {
	fun := ast.Unparen(call.Fun)
	switch x := fun.(type) {
	case *ast.IndexExpr:
		fun = x.X
	case *ast.IndexListExpr:
		fun = x.X
	}
	switch x := fun.(type) {
	case *ast.Ident:
		return x
	case *ast.SelectorExpr:
		return x.Sel
	}
	return nil
}

// callersKnown reports whether a function is called for attempts that its callers in this package count, and they are
// looked at: it takes the number, or keeps it in a receiver.
func (u *unit) callersKnown() bool {
	f := u.f
	return f.object != nil && f.called > 0 && !f.loose && len(f.driven.calls) == 0 && u.byParameters() && !u.countsItself()
}

// countsItself reports whether a function calls itself with the next number of an attempt: retry(attempt+1).
func (u *unit) countsItself() bool {
	for _, call := range u.assignments().calls[u.f.object] {
		if call.Pos() < u.f.body.Pos() || u.f.body.End() <= call.Pos() {
			continue
		}
		for i, param := range u.f.params(u.info) {
			if param == nil || i >= len(call.Args) || !u.f.driven.places[place{root: param}] {
				continue
			}
			sum, ok := ast.Unparen(call.Args[i]).(*ast.BinaryExpr)
			if ok && sum.Op == token.ADD && mentions(u.info, sum, place{root: param}) && !u.f.fewer(u.info, call, place{root: param}) {
				return true
			}
		}
	}
	return false
}

// fewer reports whether a function compares a number with a constant before it makes a call.
func (f *function) fewer(info *types.Info, call *ast.CallExpr, number place) bool {
	found := false
	ast.Inspect(f.body, func(n ast.Node) bool {
		s, ok := n.(*ast.IfStmt)
		if !ok || !syntax.Contains(s.Body, call.Pos()) {
			return !found
		}
		syntax.InspectOwn(s.Cond, func(n ast.Node) {
			b, ok := n.(*ast.BinaryExpr)
			found = found || ok && syntax.Compares(b.Op) && (mentions(info, b.X, number) && info.Types[b.Y].Value != nil ||
				mentions(info, b.Y, number) && info.Types[b.X].Value != nil)
		})
		return !found
	})
	return found
}

// byParameters reports whether everything that counts the attempts is a parameter.
func (u *unit) byParameters() bool {
	if len(u.f.driven.places) == 0 {
		return false
	}
	for p := range u.f.driven.places {
		if p.path != "" || !u.f.declares(p) {
			return false
		}
	}
	for _, s := range u.sites {
		if s.state && !u.f.localState(u.info, s) {
			return false
		}
	}
	return true
}

// localState reports whether what a site grows by is a variable of the function.
func (f *function) localState(info *types.Info, s site) bool {
	p, ok := placeOf(info, s.drives[0])
	return ok && p.path == "" && f.declares(p)
}

// countsIn reports whether an expression reads a counter that the function changes.
func (u *unit) countsIn(e ast.Expr) bool {
	if number, ok := numberOf(u.info.TypeOf(e)); !ok || number.float || isDuration(u.info.TypeOf(e)) {
		return false
	}
	found := false
	ast.Inspect(e, func(n ast.Node) bool {
		if x, ok := n.(ast.Expr); ok && !found {
			if p, ok := placeOf(u.info, x); ok && p.root != nil {
				for _, w := range u.f.writes[p.root] {
					q, _ := placeOf(u.info, w.target)
					found = found || p == q && w.counted(u.info, p)
				}
			}
		}
		return !found
	})
	return found
}

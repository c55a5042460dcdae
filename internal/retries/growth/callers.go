package growth

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/cfg"

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
	return f.object != nil && f.called > 0 && !f.loose && len(f.driven.calls) == 0 && u.byParameters()
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

// endless reports whether nothing limits the rounds of a loop: no number is compared with a counter, and no time with
// the clock or a deadline.
func (u *unit) endless() bool {
	if u.loop == nil {
		return false
	}
	if s, ok := u.loop.head.Stmt.(*ast.RangeStmt); ok {
		if _, channel := u.info.TypeOf(s.X).Underlying().(*types.Chan); !channel {
			return false
		}
	}
	limited := false
	for b := range u.loop.body {
		limited = limited || u.givesUpAt(b)
		for _, n := range b.Nodes {
			syntax.InspectOwn(n, func(n ast.Node) {
				limited = limited || u.limits(n)
			})
		}
	}
	return !limited
}

// givesUpAt reports whether a block leaves the loop where an error is not nil: whoever made that has decided, by a number or a
// time of its own.
func (u *unit) givesUpAt(b *cfg.Block) bool {
	if len(b.Nodes) == 0 || len(b.Succs) != 2 {
		return false
	}
	cond, ok := b.Nodes[len(b.Nodes)-1].(ast.Expr)
	if !ok {
		return false
	}
	return syntax.ErrorTest(u.info, cond, token.NEQ) != nil && !u.loop.body[b.Succs[0]] ||
		syntax.ErrorTest(u.info, cond, token.EQL) != nil && !u.loop.body[b.Succs[1]]
}

var clocks = syntax.NameSet("time.Now", "time.Since", "time.Until", "time.Time.Sub", "time.Time.Before", "time.Time.After",
	"context.Context.Deadline", "context.Context.Done", "context.Context.Err")

// limits reports whether a node compares a number that the loop changes, or asks a clock or a context.
func (u *unit) limits(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.CallExpr:
		ctx := syntax.ContextArg(u.info, n)
		return clocks[syntax.FullName(u.info, n)] || ctx != nil && !syntax.IsFreshContext(u.info, ctx)
	case *ast.BinaryExpr:
		return syntax.Compares(n.Op) && (u.countsIn(n.X) || u.countsIn(n.Y))
	}
	return false
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

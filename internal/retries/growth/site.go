package growth

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"

	"github.com/retrygen/retrygen/internal/syntax"
)

// site is where a delay grows.
type site struct {
	node   ast.Node
	drives []ast.Expr  // what it grows by: the exponent, the state that is doubled, the arguments of a call
	state  bool        // it grows by what it was
	callee *types.Func // it grows in this function, which is called here
	held   *function   // the same for a function that a variable holds
}

// findSites finds what grows in a function, but for the literals in it.
func (p *program) findSites(f *function) {
	syntax.InspectOwn(f.body, func(n ast.Node) {
		switch n := n.(type) {
		case *ast.AssignStmt:
			p.assigned(f, n)
		case *ast.BinaryExpr:
			if n.Op == token.SHL && p.varies(n) && p.varies(n.Y) && !f.fitsShift(n) {
				p.addSite(f, site{node: n, drives: []ast.Expr{n.Y}})
			}
		case *ast.CallExpr:
			switch syntax.FullName(p.info, n) {
			case "math.Pow", "math.Ldexp":
				if p.varies(n.Args[1]) {
					p.addSite(f, site{node: n, drives: n.Args[1:]})
				}
			case "math.Exp2", "math.Exp":
				if p.varies(n.Args[0]) {
					p.addSite(f, site{node: n, drives: n.Args})
				}
			}
		}
	})
}

func (p *program) addSite(f *function, s site) {
	f.sites = append(f.sites, s)
	if s.callee == nil && s.held == nil {
		p.sites[s.node] = true
	}
}

func (p *program) varies(e ast.Expr) bool { return p.info.Types[e].Value == nil }

// assigned adds the growth of d *= 2, d = d * 2, d += d, and next := d * 2 where d is set to next elsewhere.
func (p *program) assigned(f *function, s *ast.AssignStmt) {
	for i, target := range s.Lhs {
		to, ok := placeOf(p.info, target)
		if _, number := numberOf(p.info.TypeOf(target)); !ok || !number || to.root == nil || len(s.Rhs) != len(s.Lhs) {
			continue
		}
		switch s.Tok {
		case token.MUL_ASSIGN, token.SHL_ASSIGN:
			if s.Tok == token.SHL_ASSIGN || p.isFactor(s.Rhs[i]) && !f.fits(token.MUL, target, s.Rhs[i]) {
				p.addSite(f, site{node: s, drives: []ast.Expr{target}, state: true})
			}
		case token.ADD_ASSIGN:
			if mentions(p.info, s.Rhs[i], to) && !f.fits(token.ADD, target, s.Rhs[i]) {
				p.addSite(f, site{node: s, drives: []ast.Expr{target}, state: true})
			}
		case token.ASSIGN, token.DEFINE:
			p.multiplied(f, target, to, s.Rhs[i])
		}
	}
}

// multiplied adds the products in what a place is set to, where a factor goes back to the place.
func (p *program) multiplied(f *function, target ast.Expr, to place, value ast.Expr) {
	syntax.InspectOwn(value, func(n ast.Node) {
		if call, ok := n.(*ast.CallExpr); ok && p.multipliedIn(f, call, to) {
			p.addSite(f, site{node: call, drives: []ast.Expr{target}, state: true})
		}
		b, ok := n.(*ast.BinaryExpr)
		if !ok || !p.varies(b) || f.fits(b.Op, b.X, b.Y) {
			return
		}
		switch {
		case b.Op == token.MUL && (p.feeds(f, b.X, to) && p.isFactor(b.Y) || p.feeds(f, b.Y, to) && p.isFactor(b.X)),
			b.Op == token.SHL && p.feeds(f, b.X, to),
			b.Op == token.ADD && p.feeds(f, b.X, to) && p.feeds(f, b.Y, to):
			p.addSite(f, site{node: b, drives: []ast.Expr{target, b.X, b.Y}, state: true})
		}
	})
}

// feeds reports whether an expression reads a place, or a variable that is set to what the place holds.
func (p *program) feeds(f *function, e ast.Expr, to place) bool {
	if mentions(p.info, e, to) {
		return true
	}
	found := false
	ast.Inspect(e, func(n ast.Node) bool {
		x, ok := n.(ast.Expr)
		if !ok || found {
			return !found
		}
		if from, ok := placeOf(p.info, x); ok && from.root != nil {
			for _, w := range f.writes[from.root] {
				q, _ := placeOf(p.info, w.target)
				found = found || q == from && w.value != nil && (w.op == token.ASSIGN || w.op == token.DEFINE) && mentions(p.info, w.value, to)
			}
		}
		return !found
	})
	return found
}

// mostFactor is the largest constant that is a factor of growth. Larger ones change the unit.
const mostFactor = 100

// isFactor reports whether something multiplies a delay: a constant above 1, or anything that varies.
func (p *program) isFactor(e ast.Expr) bool {
	v := p.info.Types[e].Value
	if v == nil {
		return true
	}
	n, _ := constant.Float64Val(constant.ToFloat(v))
	return n > 1 && n <= mostFactor
}

// findCalls adds the calls of functions in which delays grow: those of other packages only where the caller has to do with delays itself.
func (p *program) findCalls(f *function) {
	syntax.InspectOwn(f.body, func(n ast.Node) {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return
		}
		callee := syntax.Callee(p.info, call)
		if callee == nil {
			p.findHeldCalls(f, call)
			return
		}
		if callee.Pkg() == nil {
			return
		}
		callee = callee.Origin()
		if p.grows[callee] || f.delays && callee.Pkg() != p.pkg && p.pass.ImportObjectFact(callee, new(Backoff)) {
			p.addSite(f, site{node: call, drives: call.Args, callee: callee})
		}
	})
}

// propagate finds the sites of all functions, and then the calls of those that return or wait for a delay that grows.
func (p *program) propagate() {
	for _, f := range p.list {
		if f.delays {
			p.findSites(f)
		}
	}
	p.findPowers()
	calls := map[*function]bool{}
	for range deepest {
		var found []*function
		for _, f := range p.list {
			if f.object != nil && len(f.sites) > 0 && !p.grows[f.object] && (f.passesOn() || p.takesNumber(f)) {
				p.grows[f.object] = true
				found = append(found, f)
			}
		}
		for _, f := range p.list {
			if (f.delays || len(p.grows) > 0) && !calls[f] {
				before := len(f.sites)
				p.findCalls(f)
				calls[f] = len(f.sites) > before
				if calls[f] {
					p.takeIn(f)
				}
			}
		}
		if len(found) == 0 {
			return
		}
	}
}

// takeIn takes a function for one that has to do with delays: for n := 0; ; n++ { …; waitFor(n) } says nothing of them itself.
func (p *program) takeIn(f *function) {
	if !f.delays {
		f.delays, f.writes = true, collectWrites(p.info, f.body)
	}
}

// passesOn reports whether a function passes a delay on: it returns a number, or is named like one that waits.
func (f *function) passesOn() bool { return returnsNumbers(f.sig) || soundsLikeDelay(f.object.Name()) }

// takesNumber reports whether what grows in a function grows by a whole number that it takes: its callers count the attempts.
func (p *program) takesNumber(f *function) bool {
	for _, s := range f.sites {
		for _, param := range f.params(p.info) {
			if param == nil || s.state || isDuration(param.Type()) {
				continue
			}
			number, ok := numberOf(param.Type())
			for _, e := range s.drives {
				if ok && !number.float && mentions(p.info, e, place{root: param}) {
					return true
				}
			}
		}
	}
	return false
}

package growth

import (
	"go/ast"
	"go/token"
	"go/types"
	"regexp"

	"github.com/retrygen/retrygen/internal/syntax"
)

// What grows in a function that only computes, such as a power of whole numbers,
//
//	func pow(x, n int) int {
//		result := 1
//		for range n {
//			result *= x
//		}
//		return result
//	}
//
// grows where it is called for a delay.

// findPowers takes what grows in functions that only compute to where those are called.
func (p *program) findPowers() {
	powers := map[*function]bool{}
	for _, f := range p.list {
		if f.computes && len(f.sites) > 0 {
			powers[f] = true
			for _, s := range f.sites {
				delete(p.sites, s.node)
			}
			f.sites = nil
		}
	}
	for _, f := range p.list {
		if !f.delays || f.computes {
			continue
		}
		syntax.InspectOwn(f.body, func(n ast.Node) {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return
			}
			fn := syntax.Callee(p.info, call)
			if fn != nil && powers[p.funcs[fn.Origin()]] || p.isPower(fn) && p.varies(call.Args[1]) {
				p.addSite(f, site{node: call, drives: call.Args})
			}
		})
	}
}

var powerName = regexp.MustCompile(`(?i)^(int|i)?(pow|power)(u?int(32|64)?|i|ints)?$`)

// isPower reports whether a function is a power of whole numbers by its name and its type, such as powInt(2, n).
func (p *program) isPower(fn *types.Func) bool {
	if fn == nil || !powerName.MatchString(fn.Name()) || fn.FullName() == "math.Pow" {
		return false
	}
	sig := fn.Signature()
	if sig.Params().Len() != 2 || sig.Results().Len() != 1 {
		return false
	}
	for _, v := range []*types.Var{sig.Params().At(0), sig.Params().At(1), sig.Results().At(0)} {
		if _, number := numberOf(v.Type()); !number {
			return false
		}
	}
	return true
}

// base returns what is raised to a power. A whole number of which nothing is known is a factor there.
func (m *machine) base(v value) value {
	if v.lo == m.unknown.count.lo && m.unknowns(v.hi) {
		return m.unknown.factor.from(v)
	}
	return v
}

// powerOf is a power of whole numbers.
func (n number) powerOf(x, y value) value {
	v := power(x, y)
	if n.float || v.hi < n.limit() {
		return v
	}
	return n.fit(v, negative|zero|huge)
}

// multipliedIn reports whether a call passes what a place holds to a function of the package that returns a multiple of it.
func (p *program) multipliedIn(f *function, call *ast.CallExpr, to place) bool {
	fn := syntax.Callee(p.info, call)
	if fn == nil || p.funcs[fn.Origin()] == nil || fn.Signature().Results().Len() != 1 {
		return false
	}
	g := p.funcs[fn.Origin()]
	for i, param := range g.params(p.info) {
		if param != nil && i < len(call.Args) && p.feeds(f, call.Args[i], to) && p.returnsMultiple(g, place{root: param}) {
			return true
		}
	}
	return false
}

// returnsMultiple reports whether a function returns a multiple of a parameter.
func (p *program) returnsMultiple(f *function, param place) bool {
	found := false
	syntax.InspectOwn(f.body, func(n ast.Node) {
		s, ok := n.(*ast.ReturnStmt)
		if !ok {
			return
		}
		for _, e := range s.Results {
			syntax.InspectOwn(e, func(n ast.Node) {
				b, ok := n.(*ast.BinaryExpr)
				found = found || ok && p.varies(b) && (b.Op == token.SHL && mentions(p.info, b.X, param) ||
					b.Op == token.MUL && (mentions(p.info, b.X, param) && p.isFactor(b.Y) || mentions(p.info, b.Y, param) && p.isFactor(b.X)))
			})
		}
	})
	return found
}

// multiple returns what a function computes that makes a delay grow.
func (m *machine) multiple(callee *types.Func, x *ast.CallExpr, args []value, in *env) []value {
	var list []value
	switch f := m.funcs[callee]; {
	case m.isPower(callee) && len(args) == 2:
		list = []value{m.about(x).number.powerOf(m.base(args[0]), args[1])}
	case f != nil && m.depth < deepest:
		list = m.inside(f, x, args, in)
	default:
		list = []value{m.ordinaryOf(m.about(x))}
	}
	for i := range list {
		list[i].site = x
	}
	return list
}

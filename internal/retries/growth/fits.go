package growth

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/retrygen/retrygen/internal/syntax"
)

// fits reports whether a function looks first whether a product or a sum fits, as in
//
//	if wait > longest/factor {
//		return longest
//	}
//	wait *= factor
//
// for the operation op on x and y. Such a wait never overflows, whatever the factor is.
func (f *function) fits(op token.Token, x, y ast.Expr) bool {
	f.readChecks()
	return f.checked[checkKey(op, x, y)] || f.checked[checkKey(op, y, x)]
}

// fitsShift is fits for a power of two that multiplies something. Who compares with what is left of all bits for the exponent looks, too:
//
//	if bits < 63-n {
//		wait = time.Duration(1<<n) * first
//	}
func (f *function) fitsShift(shift *ast.BinaryExpr) bool {
	f.readChecks()
	if f.checked[checkKey(token.SHL, bits, shift.Y)] {
		return true
	}
	product := f.products[shift]
	return product != nil && f.fits(token.MUL, product.X, product.Y)
}

// bits stands for the bits of an integer.
var bits = ast.NewIdent("bits")

// readChecks reads the body of a function, once.
func (f *function) readChecks() {
	if f.checked != nil {
		return
	}
	f.checked, f.products = map[string]bool{}, map[ast.Expr]*ast.BinaryExpr{}
	syntax.InspectOwn(f.body, func(n ast.Node) {
		e, ok := n.(*ast.BinaryExpr)
		switch {
		case !ok:
		case syntax.Compares(e.Op):
			f.addChecked(e)
		case e.Op == token.MUL:
			f.products[bare(e.X)], f.products[bare(e.Y)] = e, e
		}
	})
}

// addChecked adds a comparison of something with what is left of a limit for it.
func (f *function) addChecked(c *ast.BinaryExpr) {
	for _, side := range [][2]ast.Expr{{c.X, c.Y}, {c.Y, c.X}} {
		rest, ok := ast.Unparen(side[1]).(*ast.BinaryExpr)
		if !ok {
			continue
		}
		switch rest.Op {
		case token.QUO:
			f.checked[checkKey(token.MUL, side[0], rest.Y)] = true
		case token.SUB:
			f.checked[checkKey(token.ADD, side[0], rest.Y)] = true
			if lit, ok := rest.X.(*ast.BasicLit); ok && allBits[lit.Value] {
				f.checked[checkKey(token.SHL, bits, rest.Y)] = true
			}
		}
	}
}

// allBits are how far an integer can be shifted.
var allBits = syntax.NameSet("30", "31", "32", "62", "63", "64")

func checkKey(op token.Token, x, y ast.Expr) string {
	return types.ExprString(bare(x)) + op.String() + types.ExprString(bare(y))
}

// converts are the types that durations and counts are converted to and from.
var converts = syntax.NameSet("int", "int64", "uint64", "time.Duration")

// bare returns what an expression converts: d for d.Nanoseconds() and int64(d).
func bare(e ast.Expr) ast.Expr {
	e = ast.Unparen(e)
	call, ok := e.(*ast.CallExpr)
	if !ok {
		return e
	}
	sel, method := call.Fun.(*ast.SelectorExpr)
	switch {
	case len(call.Args) == 1 && converts[types.ExprString(call.Fun)]:
		return bare(call.Args[0])
	case len(call.Args) == 0 && method && sel.Sel.Name == "Nanoseconds":
		return bare(sel.X)
	}
	return e
}

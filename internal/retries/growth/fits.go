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
	if f.checked == nil {
		f.checked = map[string]bool{}
		syntax.InspectOwn(f.body, f.addChecked)
	}
	return f.checked[checkKey(op, x, y)] || f.checked[checkKey(op, y, x)]
}

// addChecked adds a comparison of something with what is left of a limit for it.
func (f *function) addChecked(n ast.Node) {
	c, ok := n.(*ast.BinaryExpr)
	if !ok || !syntax.Compares(c.Op) {
		return
	}
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
		}
	}
}

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

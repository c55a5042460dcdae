package spent

import (
	"go/ast"
	"go/types"

	"github.com/retrygen/retrygen/internal/syntax"
)

// Use is an operand of a call that the call uses up.
type Use struct {
	Call  *ast.CallExpr
	Expr  ast.Expr // the operand
	Sent  bool     // as a request, or as its body
	Piece bool     // the call reads one value of a stream
}

// uses returns what a call uses up.
func (p *Package) uses(call *ast.CallExpr) []Use {
	s, operands := p.call(call)
	if s.used == 0 {
		return nil
	}
	piece := piecewise[syntax.FullName(p.pass.TypesInfo, call)]
	var list []Use
	for i, e := range operands {
		if s.used&bit(i) != 0 {
			list = append(list, Use{call, e, s.sent&bit(i) != 0, piece})
		}
	}
	return list
}

// call returns what is known about a call, and its operands in their order.
func (p *Package) call(call *ast.CallExpr) (summary, []ast.Expr) {
	info := p.pass.TypesInfo
	if tv := info.Types[call.Fun]; tv.IsType() || tv.IsBuiltin() {
		return summary{}, nil
	}
	callee := syntax.Callee(info, call)
	if callee == nil {
		sig, ok := syntax.Underlying(info.TypeOf(call.Fun)).(*types.Signature)
		if !ok {
			return summary{}, nil
		}
		if lit := p.literalIn(call.Fun); lit != nil {
			return p.literal(lit, sig), fold(sig, call.Args, 0)
		}
		name := ""
		switch fun := ast.Unparen(call.Fun).(type) {
		case *ast.Ident:
			name = fun.Name
		case *ast.SelectorExpr:
			name = fun.Sel.Name
		}
		return guess(name, sig, 0), fold(sig, call.Args, 0)
	}
	operands, first := call.Args, 0
	if callee.Signature().Recv() != nil {
		first = 1
		if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok && !info.Types[sel.X].IsType() {
			operands = append([]ast.Expr{sel.X}, call.Args...)
		}
	}
	return p.summaryOf(callee), fold(callee.Signature(), operands, first)
}

// fold leaves out the variadic arguments behind the first, which no bit stands for.
func fold(sig *types.Signature, operands []ast.Expr, first int) []ast.Expr {
	if n := first + sig.Params().Len(); sig.Variadic() && len(operands) > n {
		return operands[:n]
	}
	return operands
}

// usedUp returns the parameters that a call of a function uses up.
func (p *Package) usedUp(fn *types.Func) []*types.Var {
	s := p.summaryOf(fn)
	var list []*types.Var
	for i, v := range operandsOf(fn) {
		if s.used&bit(i) != 0 {
			list = append(list, v)
		}
	}
	return list
}

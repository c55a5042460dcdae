package flows

import (
	"go/ast"
	"go/token"
	"go/types"
	"time"

	"golang.org/x/tools/go/types/typeutil"

	"github.com/retrygen/retrygen/internal/syntax"
)

// in returns why the value of an expression varies from one attempt to the next, nil if that cannot be seen.
func (v *variation) in(e ast.Expr) *source {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident, *ast.SelectorExpr:
		return v.marked(e)
	case *ast.CallExpr:
		return v.inCall(e)
	case *ast.BinaryExpr:
		if syntax.Compares(e.Op) && (v.isLong(e.X) || v.isLong(e.Y)) {
			return nil // whether a day has gone by is the same in the next attempt, in all likelihood
		}
		if seconds, ok := syntax.ConstantInt(v.TypesInfo, e.Y); ok && e.Op == token.QUO && seconds >= 3600 {
			return nil // the hour or the day, as a number
		}
		return v.inAny(e.X, e.Y)
	case *ast.UnaryExpr:
		return v.in(e.X)
	case *ast.StarExpr:
		return v.in(e.X)
	case *ast.SliceExpr:
		return v.in(e.X)
	case *ast.IndexExpr:
		if from := v.marked(e); from != nil {
			return from
		}
		if object, _ := v.root(e); object != nil {
			return v.in(e.Index)
		}
		return v.inAny(e.X, e.Index)
	case *ast.TypeAssertExpr:
		return v.in(e.X)
	case *ast.KeyValueExpr:
		return v.in(e.Value)
	case *ast.CompositeLit:
		return v.inAny(e.Elts...)
	}
	return nil
}

// isLong reports whether an expression is a constant of an hour or more.
func (v *variation) isLong(e ast.Expr) bool {
	d, ok := syntax.ConstantDuration(v.TypesInfo, e)
	return ok && d >= time.Hour && syntax.IsNamed(v.TypesInfo.TypeOf(e), "time", "Duration")
}

func (v *variation) inAny(list ...ast.Expr) *source {
	for _, e := range list {
		if from := v.in(e); from != nil {
			return from
		}
	}
	return nil
}

// inCall follows values through functions that compute a value from their arguments. What other functions do with them is
// not known.
func (v *variation) inCall(call *ast.CallExpr) *source {
	if v.TypesInfo.Types[call.Fun].IsType() {
		return v.inAny(call.Args...)
	}
	if builtin, ok := typeutil.Callee(v.TypesInfo, call).(*types.Builtin); ok {
		switch builtin.Name() {
		case "append", "min", "max":
			return v.inAny(call.Args...)
		}
		return nil
	}
	fn := syntax.Callee(v.TypesInfo, call)
	if fn == nil || fn.Pkg() == nil {
		return nil
	}
	if varies, process := sourceOf(fn); varies {
		return &source{text: syntax.Text(call.Fun) + "()", process: process}
	}
	if !passesOn(fn) || coarse(v.TypesInfo, call, fn) {
		return nil
	}
	if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok && fn.Signature().Recv() != nil {
		if from := v.in(sel.X); from != nil {
			return from
		}
	}
	return v.inAny(call.Args...)
}

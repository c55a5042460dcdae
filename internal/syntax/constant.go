package syntax

import (
	"go/ast"
	"go/constant"
	"go/types"
	"time"
)

func ConstantInt(info *types.Info, e ast.Expr) (int, bool) {
	value := info.Types[e].Value
	if value == nil {
		return 0, false
	}
	n, exact := constant.Int64Val(constant.ToInt(value))
	return int(n), exact && n >= 0 && n < 1<<31
}

// ConstantArg gives an argument that is a constant number.
func ConstantArg(info *types.Info, call *ast.CallExpr, at int) (int, bool) {
	if at >= len(call.Args) {
		return 0, false
	}
	return ConstantInt(info, call.Args[at])
}

// ConstantDuration gives a duration that is a constant.
func ConstantDuration(info *types.Info, e ast.Expr) (time.Duration, bool) {
	value := info.Types[e].Value
	if value == nil || value.Kind() != constant.Int {
		return 0, false
	}
	n, exact := constant.Int64Val(value)
	return time.Duration(n), exact
}

package syntax

import (
	"go/ast"
	"go/constant"
	"go/types"
	"time"
)

// ConstantInt returns the value of a constant that is an integer from 0 to 1<<31 - 1.
func ConstantInt(info *types.Info, e ast.Expr) (int, bool) {
	value := info.Types[e].Value
	if value == nil {
		return 0, false
	}
	n, exact := constant.Int64Val(constant.ToInt(value))
	return int(n), exact && n >= 0 && n < 1<<31
}

// ConstantArg returns an argument that is a constant number.
func ConstantArg(info *types.Info, call *ast.CallExpr, at int) (int, bool) {
	if at >= len(call.Args) {
		return 0, false
	}
	return ConstantInt(info, call.Args[at])
}

// ConstantDuration returns the value of a constant duration.
func ConstantDuration(info *types.Info, e ast.Expr) (time.Duration, bool) {
	value := info.Types[e].Value
	if value == nil || value.Kind() != constant.Int {
		return 0, false
	}
	n, exact := constant.Int64Val(value)
	return time.Duration(n), exact
}

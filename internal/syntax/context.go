package syntax

import (
	"go/ast"
	"go/types"
	"time"
)

// ContextArg returns the first argument of a call that is a context, or is passed as one, nil for none.
func ContextArg(info *types.Info, call *ast.CallExpr) ast.Expr {
	signature, _ := info.TypeOf(call.Fun).(*types.Signature)
	for i, arg := range call.Args {
		if IsContext(info.TypeOf(arg)) {
			return arg
		}
		if signature != nil && i < signature.Params().Len() && IsContext(signature.Params().At(i).Type()) && !info.Types[arg].IsNil() {
			return arg // of a type that embeds one
		}
	}
	return nil
}

// AskedContext returns the context that a call asks whether it is done, and the name of the method, Err or Done. It returns nil
// and "" for any other call.
func AskedContext(info *types.Info, call *ast.CallExpr) (ctx ast.Expr, method string) {
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if !ok || len(call.Args) > 0 || sel.Sel.Name != "Err" && sel.Sel.Name != "Done" || !CarriesContext(info.TypeOf(sel.X)) {
		return nil, ""
	}
	return sel.X, sel.Sel.Name
}

// IsFreshContext reports whether an expression is context.Background() or context.TODO().
func IsFreshContext(info *types.Info, e ast.Expr) bool {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok {
		return false
	}
	name := FullName(info, call)
	return name == "context.Background" || name == "context.TODO"
}

// Deadline reports whether a context that a function uses has been given a deadline there, and returns the time until then if
// that is a constant.
func Deadline(info *types.Info, body ast.Node, ctx ast.Expr) (given bool, after time.Duration) {
	id, ok := ast.Unparen(ctx).(*ast.Ident)
	if !ok {
		if call, ok := ast.Unparen(ctx).(*ast.CallExpr); ok {
			return deadlineOf(info, call)
		}
		return false, 0
	}
	object := info.Uses[id]
	if object == nil {
		return false, 0
	}
	ast.Inspect(body, func(n ast.Node) bool {
		assign, ok := n.(*ast.AssignStmt)
		if !ok || assign.Pos() > ctx.Pos() || len(assign.Rhs) != 1 || len(assign.Lhs) == 0 {
			return true
		}
		left, ok := assign.Lhs[0].(*ast.Ident)
		if !ok || info.ObjectOf(left) != object {
			return true
		}
		given, after = false, 0
		if call, ok := assign.Rhs[0].(*ast.CallExpr); ok {
			given, after = deadlineOf(info, call)
		}
		return true
	})
	return given, after
}

// deadlineOf is Deadline for the call that returned the context.
func deadlineOf(info *types.Info, call *ast.CallExpr) (given bool, after time.Duration) {
	switch FullName(info, call) {
	case "context.WithTimeout", "context.WithTimeoutCause":
		d, _ := ConstantDuration(info, call.Args[1])
		return true, d
	case "context.WithDeadline", "context.WithDeadlineCause":
		return true, 0
	}
	return false, 0
}

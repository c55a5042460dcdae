package library

import (
	"go/ast"
	"go/constant"
	"go/types"

	"github.com/retrygen/retrygen/internal/retries/chain"
	"github.com/retrygen/retrygen/internal/syntax"
)

// failsafeLink returns the layer that a call of failsafe-go makes. It is nil if no retry policy is seen among the policies of
// the call.
func failsafeLink(info *types.Info, fn *types.Func, call *ast.CallExpr) *chain.Link {
	retries, attempts := false, 3 // the default of a retry policy
	ast.Inspect(call, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.Ident:
			retries = retries || IsRetryPolicy(info.TypeOf(n))
		case *ast.CallExpr:
			option := syntax.Callee(info, n)
			if option == nil || option.Pkg() == nil || option.Pkg().Path() != failsafe+"/retrypolicy" {
				break
			}
			retries = true
			if given, ok := failsafeAttempts(info, option, n); ok {
				attempts = given
			}
		}
		return true
	})
	if !retries {
		return nil
	}
	return &chain.Link{Package: fn.Pkg().Path(), Name: syntax.Qualified(fn), Attempts: attempts, Open: true, Client: true}
}

// failsafeAttempts returns the number of attempts that a method of a retry policy's builder sets to a constant. A negative
// one stands for no limit.
func failsafeAttempts(info *types.Info, fn *types.Func, call *ast.CallExpr) (attempts int, ok bool) {
	if len(call.Args) == 0 || fn.Name() != "WithMaxRetries" && fn.Name() != "WithMaxAttempts" {
		return 0, false
	}
	if value := info.Types[call.Args[0]].Value; value != nil && constant.Sign(value) < 0 {
		return chain.Unlimited, true
	}
	n, ok := syntax.ConstantArg(info, call, 0)
	if fn.Name() == "WithMaxRetries" {
		n++
	}
	return n, ok && n > 0
}

// IsRetryPolicy reports whether a type is a retry policy of failsafe-go.
func IsRetryPolicy(t types.Type) bool {
	return syntax.IsNamed(t, failsafe+"/retrypolicy", "RetryPolicy")
}

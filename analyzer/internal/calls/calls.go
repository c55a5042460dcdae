// Package calls checks calls of generated wrappers, and retries inside retries.
//
// Most of its checks look at the calls of wrappers that a package makes. RL302, for example, goes through
//
//	p.WrapperCalls(func(decl *ast.FuncDecl, call *ast.CallExpr, callee *types.Func) { … })
//
// and finds that the retries of this call go on when the caller of Handle has left:
//
//	func Handle(ctx context.Context) error { return FetchWithRetry(context.Background()) }
package calls

import (
	"embed"

	"github.com/retrygen/retrygen/analyzer/internal/check"
)

//go:embed *.txtar
var pages embed.FS

// Checks are the checks of this package. Each is in the file that is named by its identifier.
var Checks = check.NewList(pages)

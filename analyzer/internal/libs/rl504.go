package libs

import (
	"go/ast"
	"go/types"
	"strings"

	"golang.org/x/tools/go/types/typeutil"

	"github.com/retrygen/retrygen/analyzer/internal/check"
)

var _ = Checks.Add("RL504", eachCall(rl504))

// rl504 finds functions that mark no error as worth a retry, for a library that retries no other.
func rl504(p *check.Pass, call *libCall) {
	if call.name != "sethvargo" {
		return
	}
	for _, arg := range call.Args {
		lit, ok := ast.Unparen(arg).(*ast.FuncLit)
		if !ok {
			continue
		}
		marked, opaque := false, false
		ast.Inspect(lit.Body, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncLit:
				return false
			case *ast.Ident:
				marked = marked || n.Name == "RetryableError"
			case *ast.ReturnStmt:
				opaque = opaque || mayMark(p, n)
			}
			return true
		})
		if !marked && !opaque {
			p.Report(check.Finding{Pos: call.Pos(), End: call.Fun.End(),
				Message: "nothing is ever retried here: the function marks no error with RetryableError"})
		}
	}
}

// mayMark reports whether a return passes on the error of another function of this module, which may be marked there.
func mayMark(p *check.Pass, ret *ast.ReturnStmt) bool {
	if len(ret.Results) == 0 {
		return true // a named result
	}
	found := false
	ast.Inspect(ret.Results[len(ret.Results)-1], func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			fn, _ := typeutil.Callee(p.TypesInfo, call).(*types.Func)
			found = found || fn == nil || fn.Pkg() != nil && !standard(p, fn.Pkg().Path())
		}
		return true
	})
	return found
}

// standard reports whether an import path is one of the standard library.
func standard(p *check.Pass, path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return !strings.Contains(first, ".") && !strings.HasPrefix(p.Pkg.Path()+"/", first+"/")
}

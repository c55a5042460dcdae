package libs

import (
	"go/ast"
	"go/types"

	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/syntax"
)

var _ = Checks.Add("RL505", eachCall(rl505))

// rl505 finds a backoff that keeps the state of a run, in a variable of the package or a field.
func rl505(p *check.Pass, call *libCall) {
	if call.name != "backoff" && call.name != "sethvargo" {
		return
	}
	for _, arg := range call.Args {
		ast.Inspect(arg, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncLit:
				return false
			case *ast.Ident:
				if v, ok := p.TypesInfo.Uses[n].(*types.Var); ok && v.Parent() == p.Pkg.Scope() && stateful(v.Type(), call.name) {
					shared(p, n)
				}
			case *ast.SelectorExpr:
				if v, ok := p.TypesInfo.Uses[n.Sel].(*types.Var); ok && v.IsField() && stateful(v.Type(), call.name) {
					shared(p, n)
					return false
				}
			}
			return true
		})
	}
}

func shared(p *check.Pass, e ast.Expr) {
	p.Reportf(e, "%s keeps the state of a run, and is shared by all calls of this function: one run begins where another ended; "+
		"make a new one for each", syntax.Text(e))
}

// stateful reports whether a type is a backoff that counts: the exponential one of cenkalti, or any of sethvargo's.
func stateful(t types.Type, library string) bool {
	if library == "sethvargo" {
		return syntax.IsNamed(t, "github.com/sethvargo/go-retry", "Backoff")
	}
	pointer, ok := types.Unalias(t).(*types.Pointer)
	if !ok {
		return false
	}
	named, ok := types.Unalias(pointer.Elem()).(*types.Named)
	if !ok || named.Obj().Pkg() == nil || named.Obj().Name() != "ExponentialBackOff" {
		return false
	}
	path, _ := syntax.Unversioned(named.Obj().Pkg().Path())
	return path == "github.com/cenkalti/backoff"
}

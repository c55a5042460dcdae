package library

import (
	"go/ast"
	"go/types"

	"github.com/retrygen/retrygen/internal/retries/chain"
	"github.com/retrygen/retrygen/internal/syntax"
)

// CallLink returns the layer that a call of a library makes, nil for any other call. The number of attempts is a constant
// among the arguments, otherwise the library's default, or unlimited if time alone ends the retries.
func CallLink(info *types.Info, fn *types.Func, call *ast.CallExpr) *chain.Link {
	name, _ := Entry(fn)
	if name == "" {
		return nil
	}
	switch name {
	case "wait":
		return waitLink(info, fn, call)
	case "failsafe":
		return failsafeLink(info, fn, call)
	}
	link := &chain.Link{Package: fn.Pkg().Path(), Name: syntax.Qualified(fn), Attempts: chain.Unlimited, Open: true, Client: true}
	endless := false
	count := func(inner *ast.CallExpr, option *types.Func) {
		if other, _ := Name(option.Pkg().Path()); other != name {
			return
		}
		if n := attempts(info, inner, name+"."+option.Name()); n > 0 {
			link.Attempts = n
		} else if name == "avast" && option.Name() == "Attempts" && isConstant(info, inner) {
			endless = true // 0 is no limit
		} else if counting[name+"."+option.Name()] && !isConstant(info, inner) {
			link.Attempts, link.Says = 1, syntax.Text(inner.Args[len(inner.Args)-1])
		}
	}
	syntax.InspectArgumentCalls(info, call, count)
	made := madeHere(call)
	if made != nil {
		syntax.InspectArgumentCalls(info, made, count)
	}
	switch {
	case link.Attempts != chain.Unlimited || endless:
	case call.Ellipsis.IsValid():
		link.Attempts, link.Says = 1, syntax.Text(call.Args[len(call.Args)-1])
	case name == "avast" && (fn.Signature().Recv() == nil || made != nil):
		link.Attempts = 10
	case name == "kubernetes" && len(call.Args) > 0:
		link.Attempts, link.Says = steps(info, call.Args[0])
	}
	return link
}

// steps returns the attempts of a backoff of Kubernetes: of those that client-go declares, and of a literal. Of any other it
// returns one, and the expression that says how many there are.
func steps(info *types.Info, backoff ast.Expr) (attempts int, says string) {
	switch e := ast.Unparen(backoff).(type) {
	case *ast.SelectorExpr:
		if v, ok := info.Uses[e.Sel].(*types.Var); ok && v.Pkg() != nil && v.Pkg().Path() == Kubernetes+"util/retry" {
			switch v.Name() {
			case "DefaultRetry":
				return 5, ""
			case "DefaultBackoff":
				return 4, ""
			}
		}
	case *ast.CompositeLit:
		if n := literalSteps(info, e); n > 0 {
			return n, ""
		}
	}
	return 1, syntax.Text(backoff)
}

// counting are the options whose last argument is a number of attempts or retries.
var counting = syntax.NameSet("avast.Attempts", "backoff.WithMaxTries", "backoff.WithMaxRetries")

// isConstant reports whether the last argument of a call is a constant.
func isConstant(info *types.Info, call *ast.CallExpr) bool {
	return len(call.Args) == 0 || info.Types[call.Args[len(call.Args)-1]].Value != nil
}

// madeHere returns the call that makes what a method is called on: retry.New(…) of retry.New(…).Do(f).
func madeHere(call *ast.CallExpr) *ast.CallExpr {
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if !ok {
		return nil
	}
	made, _ := ast.Unparen(sel.X).(*ast.CallExpr)
	return made
}

// waitLink returns the layer of a call that takes a backoff, nil for any other: how often polls look is a matter of time.
func waitLink(info *types.Info, fn *types.Func, call *ast.CallExpr) *chain.Link {
	for _, arg := range call.Args {
		if !syntax.IsNamed(info.TypeOf(arg), Wait, "Backoff") {
			continue
		}
		link := &chain.Link{Package: fn.Pkg().Path(), Name: syntax.Qualified(fn), Open: true, Client: true}
		link.Attempts, link.Says = steps(info, arg)
		return link
	}
	return nil
}

// literalSteps returns the number of steps of a literal of a backoff, 0 if it is not a constant.
func literalSteps(info *types.Info, lit *ast.CompositeLit) int {
	steps := syntax.Field(lit, "Steps")
	if steps == nil {
		return 0
	}
	n, _ := syntax.ConstantInt(info, steps)
	return n
}

// attempts returns the number of attempts that an option sets, 0 if it does not set one.
func attempts(info *types.Info, option *ast.CallExpr, name string) int {
	switch name {
	case "backoff.WithMaxTries", "avast.Attempts":
		if n, ok := syntax.ConstantArg(info, option, 0); ok {
			return n
		}
	case "backoff.WithMaxRetries":
		if n, ok := syntax.ConstantArg(info, option, 1); ok {
			return n + 1
		}
	case "sethvargo.WithMaxRetries":
		if n, ok := syntax.ConstantArg(info, option, 0); ok {
			return n + 1
		}
	}
	return 0
}

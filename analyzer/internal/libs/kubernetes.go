package libs

import (
	"go/ast"
	"go/types"
	"time"

	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/retries/library"
	"github.com/retrygen/retrygen/internal/syntax"
)

// endings are the functions of the Kubernetes library that end with a context, by those that do not. Versions differ in which
// there are.
var endings = map[string][]string{
	"ExponentialBackoff":    {"ExponentialBackoffWithContext"},
	"Poll":                  {"PollUntilContextTimeout", "PollWithContext"},
	"PollImmediate":         {"PollUntilContextTimeout", "PollImmediateWithContext"},
	"PollInfinite":          {"PollUntilContextCancel", "PollInfiniteWithContext"},
	"PollImmediateInfinite": {"PollUntilContextCancel", "PollImmediateInfiniteWithContext"},
	"PollUntil":             {"PollUntilContextCancel", "PollUntilWithContext"},
	"PollImmediateUntil":    {"PollUntilContextCancel", "PollImmediateUntilWithContext"},
}

// endedBy names the function that a context ends, for one of the Kubernetes library that it does not end.
func endedBy(call *libCall, ctx string) string {
	if call.name == "kubernetes" {
		return "wait.ExponentialBackoffWithContext"
	}
	for _, name := range endings[call.fn.Name()] {
		if call.fn.Pkg().Scope().Lookup(name) != nil {
			return name
		}
	}
	return "PollUntil with " + ctx + ".Done()"
}

// hasChannel reports whether a call of the Kubernetes library has a channel that ends it.
func hasChannel(p *check.Pass, call *libCall) bool {
	for _, arg := range call.Args {
		t := p.TypesInfo.TypeOf(arg)
		if t == nil {
			continue
		}
		if _, ok := t.Underlying().(*types.Chan); ok {
			return !isNeverStop(p, arg)
		}
	}
	return false
}

// isNeverStop reports whether a channel is wait.NeverStop, which is never closed, or made where it is passed.
func isNeverStop(p *check.Pass, e ast.Expr) bool {
	switch e := ast.Unparen(e).(type) {
	case *ast.SelectorExpr:
		v := p.TypesInfo.Uses[e.Sel]
		return v != nil && v.Pkg() != nil && v.Pkg().Path() == library.Wait && v.Name() == "NeverStop"
	case *ast.CallExpr:
		return syntax.IsBuiltin(p.TypesInfo, e, "make")
	}
	return false
}

// waitsLong reports whether the backoff of a call is a literal whose first wait is a caller's to notice. Retries after a conflict
// take no context, and wait milliseconds by default.
func waitsLong(p *check.Pass, call *libCall) bool {
	for _, lit := range recipeOf(p, call).literals {
		wait := syntax.Field(lit, "Duration")
		if wait == nil {
			continue
		}
		if d, ok := syntax.ConstantDuration(p.TypesInfo, wait); ok && d >= time.Second {
			return true
		}
	}
	return false
}

package libs

import (
	"go/ast"
	"go/constant"
	"go/types"
	"math"
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

// waitsLong reports whether the backoff of a call is a literal whose longest wait is a caller's to notice. Retries after a conflict
// take no context, and wait milliseconds by default.
func waitsLong(p *check.Pass, call *libCall) bool {
	for _, lit := range recipeOf(p, call).literals {
		wait := syntax.Field(lit, "Duration")
		if wait == nil {
			continue
		}
		d, ok := syntax.ConstantDuration(p.TypesInfo, wait)
		if ok && float64(d)*growth(p, lit) >= float64(time.Second) {
			return true
		}
	}
	return false
}

// growth returns how many times longer the last wait of a backoff's literal is than the first: Factor to the power of Steps less two,
// since the last of the steps is followed by none. It is 1 if that is not constant.
func growth(p *check.Pass, lit *ast.CompositeLit) float64 {
	factor, steps := syntax.Field(lit, "Factor"), syntax.Field(lit, "Steps")
	if factor == nil || steps == nil || p.TypesInfo.Types[factor].Value == nil {
		return 1
	}
	f, _ := constant.Float64Val(constant.ToFloat(p.TypesInfo.Types[factor].Value))
	n, ok := syntax.ConstantInt(p.TypesInfo, steps)
	if !ok || n < 2 || f < 1 {
		return 1
	}
	return math.Pow(f, float64(n-2))
}

package libs

import (
	"go/ast"
	"go/constant"
	"go/token"
	"math"
	"strings"

	"github.com/retrygen/retrygen/internal/syntax"
)

// polls looks at a call of the Kubernetes library: at its channel or context, and at the number of steps.
func (b *bounds) polls(r *recipe, ctx ast.Expr) {
	switch {
	case ctx != nil && !isFresh(b.Pass, ctx), hasChannel(b.Pass, b.call):
		return // it is cancelled
	case strings.HasPrefix(b.call.fn.Name(), "Poll"):
		if !b.takesTimeout() {
			b.endless = nameOf(b.call.CallExpr).Pos()
		}
		return
	}
	for _, lit := range r.literals {
		set := setsField(recipeAround(b.Pass, lit, b.call), "Cap", "Steps")
		if !set && b.isHuge(syntax.Field(lit, "Steps")) && syntax.Field(lit, "Cap") == nil {
			b.endless, b.steps = lit.Pos(), true
		}
	}
}

// isHuge reports whether a number is a constant that nobody would count to.
func (b *bounds) isHuge(e ast.Expr) bool {
	if e == nil {
		return false
	}
	value := b.TypesInfo.Types[e].Value
	return value != nil && constant.Compare(value, token.GTR, constant.MakeInt64(math.MaxInt16))
}

// isZero reports whether a field is left at zero.
func (b *bounds) isZero(e ast.Expr) bool {
	if e == nil {
		return true
	}
	value := b.TypesInfo.Types[e].Value
	return value != nil && constant.Sign(value) == 0
}

// takesTimeout reports whether a poll ends after a time: it has two durations.
func (b *bounds) takesTimeout() bool {
	durations := 0
	for v := range b.call.fn.Signature().Params().Variables() {
		if syntax.IsNamed(v.Type(), "time", "Duration") {
			durations++
		}
	}
	return durations > 1
}

// literals looks at backoffs of cenkalti's that are literals: zero is no limit there, and some have none.
func (b *bounds) literals(r *recipe) {
	for _, lit := range r.literals {
		t := b.TypesInfo.TypeOf(lit)
		switch {
		case named(t, "ZeroBackOff"), named(t, "ConstantBackOff"):
			b.constant = lit.Pos()
		case named(t, "ExponentialBackOff") && b.complete(lit):
			if b.isZero(syntax.Field(lit, "MaxElapsedTime")) && !setsField(recipeAround(b.Pass, lit, b.call), "MaxElapsedTime") {
				b.endless = lit.Pos()
			}
		}
	}
}

// complete reports whether a literal names the fields without which a backoff does not work: RL501 says what it leaves out.
func (b *bounds) complete(lit *ast.CompositeLit) bool {
	for _, field := range exponentialBackoff(b.Pass, b.TypesInfo.TypeOf(lit)) {
		if field != "Stop" && syntax.Field(lit, field) == nil {
			return false
		}
	}
	return true
}

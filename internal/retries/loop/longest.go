package loop

import (
	"go/ast"
	"go/constant"
	"go/token"
	"math"
	"time"

	"github.com/retrygen/retrygen/internal/syntax"
)

// LastDelay returns how long a wait is at most in the last round, where its delay is computed from constants, the number of the
// attempt and random numbers, and the number of attempts is constant.
func (l *Loop) LastDelay(w *Wait) (time.Duration, bool) {
	if w.Delay == nil {
		return 0, false
	}
	d, ok := (&lastRound{l, w.block}).value(w.Delay, 0)
	if !ok || d > math.MaxInt64/2 {
		return 0, false
	}
	return time.Duration(d), true
}

// lastRound computes expressions in the last round.
type lastRound struct {
	*Loop
	at *block
}

func (r *lastRound) value(e ast.Expr, depth int) (float64, bool) {
	if depth > 2*deepest {
		return 0, false
	}
	if tv := r.flow.info.Types[e]; tv.Value != nil {
		f, _ := constant.Float64Val(constant.ToFloat(tv.Value))
		return f, true
	}
	switch e := ast.Unparen(e).(type) {
	case *ast.BinaryExpr:
		x, ok := r.value(e.X, depth+1)
		y, is := r.value(e.Y, depth+1)
		return computed(e.Op, x, y, ok && is)
	case *ast.CallExpr:
		if len(e.Args) == 1 && (r.flow.info.Types[e.Fun].IsType() || isRandom(r.flow, e)) {
			return r.value(e.Args[0], depth+1)
		}
	case *ast.Ident:
		if v, ok := variableOf(r.flow.info, e); ok {
			return r.variable(v, depth)
		}
	}
	return 0, false
}

// isRandom reports whether a call returns a random number below its argument.
func isRandom(f *flow, call *ast.CallExpr) bool {
	fn := syntax.Callee(f.info, call)
	return fn != nil && fn.Pkg() != nil && (fn.Pkg().Path() == "math/rand" || fn.Pkg().Path() == "math/rand/v2")
}

// computed applies an operator to two numbers that are not negative.
func computed(op token.Token, x, y float64, ok bool) (float64, bool) {
	switch op {
	case token.ADD:
		return x + y, ok
	case token.MUL:
		return x * y, ok
	case token.QUO:
		return x / y, ok && y != 0
	case token.SHL:
		return x * math.Pow(2, y), ok
	}
	return 0, false
}

// variable returns the value of the counter, of a variable that the round sets, or of a delay that is multiplied by a constant.
func (r *lastRound) variable(v variable, depth int) (float64, bool) {
	for _, t := range r.limits() {
		if t.counter == v && t.last.of.object == nil {
			return float64(t.last.off - t.stepsAfter(r.Loop, r.at)), true
		}
	}
	list := r.flow.set[v]
	if len(list) != 1 || list[0].value == nil {
		return 0, false
	}
	if !list[0].moves {
		return r.value(list[0].value, depth+1)
	}
	before, ok := r.before(v)
	factor, is := r.factor(list[0], v)
	if !ok || !is || before.value == nil || r.Bound.Attempts == 0 {
		return 0, false
	}
	first, _ := constant.Float64Val(constant.ToFloat(before.value))
	return first * math.Pow(factor, float64(r.Bound.Attempts-1)), true
}

// factor returns the constant that an assignment multiplies a variable by.
func (r *lastRound) factor(a *assignment, v variable) (float64, bool) {
	value := a.value
	if product, ok := ast.Unparen(value).(*ast.BinaryExpr); ok && r.flow.info.Types[value].Value == nil {
		if x, ok := variableOf(r.flow.info, product.X); !ok || x != v || product.Op != token.MUL {
			return 0, false
		}
		value = product.Y
	}
	tv := r.flow.info.Types[value].Value
	if tv == nil || a.step {
		return 0, false
	}
	f, _ := constant.Float64Val(constant.ToFloat(tv))
	return f, f >= 1
}

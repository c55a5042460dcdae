package loop

import (
	"go/ast"
	"go/constant"
	"go/token"
	"math"
	"time"
)

// LastDelay returns how long a wait is at most in the last round, where its delay is computed from constants, the number of the
// attempt and random numbers, and the number of attempts is constant.
func (l *Loop) LastDelay(w *Wait) (time.Duration, bool) {
	if w.Delay == nil {
		return 0, false
	}
	r := &lastRound{Loop: l, at: w.block}
	r.most = Most{Info: l.flow.info, Variable: func(e ast.Expr, depth int) (float64, bool) {
		v, ok := variableOf(l.flow.info, e)
		if !ok {
			return 0, false
		}
		return r.variable(v, depth)
	}}
	d, ok := r.most.Of(w.Delay, 0)
	if !ok || d > math.MaxInt64/2 {
		return 0, false
	}
	return time.Duration(d), true
}

// lastRound computes variables in the last round.
type lastRound struct {
	*Loop
	at   *block
	most Most
}

// variable returns the value of the counter, of a variable that the round sets, or of a delay that is multiplied by a constant.
func (r *lastRound) variable(v variable, depth int) (float64, bool) {
	for _, t := range r.limits() {
		if t.counter == v && t.last.of.object == nil {
			return float64(t.last.off - t.stepsAfter(r.Loop, r.at)), true
		}
	}
	list := r.flow.set[v]
	if len(list) == 0 {
		return r.byDefault(v)
	}
	if len(list) != 1 || list[0].value == nil {
		return 0, false
	}
	if !list[0].moves {
		return r.most.Of(list[0].value, depth)
	}
	before, ok := r.before(v)
	factor, is := r.factor(list[0], v)
	if !ok || !is || before.value == nil || r.Bound.Attempts == 0 {
		return 0, false
	}
	first, _ := constant.Float64Val(constant.ToFloat(before.value))
	return first * math.Pow(factor, float64(r.Bound.Attempts-1)), true
}

// byDefault returns the most that the function sets a variable to before the loop, where all that it sets it to are constants, such as
// a default for what a caller has not set.
func (r *lastRound) byDefault(v variable) (float64, bool) {
	most := 0.0
	for _, b := range r.flow.setters(v.object) {
		for _, a := range r.flow.assignmentsOf(b) {
			if a.to != v || a.state {
				continue
			}
			if a.value == nil || r.flow.info.Types[a.value].Value == nil {
				return 0, false
			}
			f, _ := constant.Float64Val(constant.ToFloat(r.flow.info.Types[a.value].Value))
			most = max(most, f)
		}
	}
	return most, most > 0
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

package loops

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"time"

	"github.com/retrygen/retrygen/cmd/retrygen/internal/migrate/site"
	"github.com/retrygen/retrygen/internal/syntax"
)

// formula reads an expression of the delay.
func (r *reader) formula(e ast.Expr) (schedule, bool) {
	e = ast.Unparen(e)
	if r.invariant(e) {
		return schedule{shape: level, first: r.Value(e)}, true
	}
	switch x := e.(type) {
	case *ast.Ident:
		if o := r.object(x); o != nil && o != r.count.counter && r.within(o) {
			return r.variable(o)
		}
	case *ast.CallExpr:
		return r.formulaCall(x)
	case *ast.IndexExpr:
		n, ok := r.retryMinus(x.Index)
		if s, isSlice := r.Info.TypeOf(x.X).Underlying().(*types.Slice); ok && n == -1 && isSlice && r.invariant(x.X) &&
			syntax.IsNamed(s.Elem(), "time", "Duration") {
			return schedule{shape: listed, list: x.X}, true
		}
	case *ast.BinaryExpr:
		return r.formulaBinary(x)
	}
	return schedule{}, false
}

func (r *reader) formulaCall(call *ast.CallExpr) (schedule, bool) {
	if most := r.random(call); most != nil {
		s, ok := r.formula(most)
		s.jitter = "full"
		return s, ok
	}
	if r.Info.Types[call.Fun].IsType() && len(call.Args) == 1 {
		if basic, ok := r.Info.TypeOf(call.Args[0]).Underlying().(*types.Basic); ok && basic.Info()&types.IsInteger != 0 {
			return r.formula(call.Args[0])
		}
		return r.power(call.Args[0])
	}
	if syntax.IsBuiltin(r.Info, call, "min") && len(call.Args) == 2 {
		for i, arg := range call.Args {
			if s, ok := r.formula(call.Args[1-i]); ok && r.invariant(arg) && s.limit == nil && s.jitter == "" {
				s.limit = arg
				return s, true
			}
		}
	}
	return schedule{}, false
}

func (r *reader) formulaBinary(b *ast.BinaryExpr) (schedule, bool) {
	switch b.Op {
	case token.SHL: // d << n
		n, ok := r.retryMinus(b.Y)
		if ok && r.invariant(b.X) {
			return r.growing(r.Value(b.X), site.Constant(2), n)
		}
	case token.MUL:
		first, other, ok := r.product(b)
		if !ok {
			break
		}
		if n, ok := r.retryMinus(other); ok && n == 0 {
			return schedule{shape: linear, first: first}, true
		}
		if base, n, ok := r.powerOf(other, false); ok {
			return r.growing(first, base, n)
		}
	case token.ADD:
		return r.spread(b)
	}
	return schedule{}, false
}

// product divides a product into what stays the same and the one factor that does not.
func (r *reader) product(b *ast.BinaryExpr) (same site.Value, other ast.Expr, ok bool) {
	var factors []ast.Expr
	var flatten func(e ast.Expr)
	flatten = func(e ast.Expr) {
		if inner, ok := ast.Unparen(e).(*ast.BinaryExpr); ok && inner.Op == token.MUL && !r.invariant(inner) {
			flatten(inner.X)
			flatten(inner.Y)
			return
		}
		factors = append(factors, ast.Unparen(e))
	}
	flatten(b)
	known := int64(1)
	var names []ast.Expr
	for _, f := range factors {
		n, constant := r.integer(f)
		switch {
		case !r.invariant(f):
			if other != nil {
				return same, nil, false
			}
			other = f
		case constant && !r.isName(f):
			known *= n
		case constant && r.Value(f).Known != nil && isOfTime(r.Info, f):
			known *= n
		default:
			names = append(names, f)
		}
	}
	switch {
	case other == nil || len(names) > 1 || len(names) == 1 && known != 1:
		return same, other, false
	case len(names) == 1:
		return r.Value(names[0]), other, true
	}
	return site.Constant(time.Duration(known)), other, true
}

// isOfTime reports whether an expression is a constant of package time.
func isOfTime(info *types.Info, e ast.Expr) bool {
	sel, ok := ast.Unparen(e).(*ast.SelectorExpr)
	if !ok {
		return false
	}
	c, ok := info.Uses[sel.Sel].(*types.Const)
	return ok && c.Pkg().Path() == "time"
}

// growing returns base^(retry+n) times a factor, as far as a schedule can say that.
func (r *reader) growing(first site.Value, base site.Value, n int64) (schedule, bool) {
	if n != -1 { // the first wait is not the factor
		d, known := first.Int()
		b, constant := base.Float()
		if !known || !constant || n < -1 || n > 30 {
			return schedule{}, false
		}
		wait := float64(d)
		for range n + 1 {
			wait *= b
		}
		first = site.Constant(time.Duration(wait))
	}
	return schedule{shape: exponential, first: first, base: base, computed: true}, true
}

// power reads float arithmetic whose result becomes a duration: math.Pow(2, n) * float64(d).
func (r *reader) power(e ast.Expr) (schedule, bool) {
	b, ok := ast.Unparen(e).(*ast.BinaryExpr)
	if !ok || b.Op != token.MUL {
		return schedule{}, false
	}
	for _, pair := range [][2]ast.Expr{{b.X, b.Y}, {b.Y, b.X}} {
		factor := r.unconverted(pair[0])
		if !r.invariant(factor) || !syntax.IsNamed(r.Info.TypeOf(factor), "time", "Duration") {
			continue
		}
		if base, n, ok := r.powerOf(pair[1], true); ok {
			return r.growing(r.Value(factor), base, n)
		}
	}
	return schedule{}, false
}

// powerOf reads a power whose exponent counts the retries: base^(retry+n). Without fractions, the base has to be whole.
func (r *reader) powerOf(e ast.Expr, fractions bool) (base site.Value, n int64, ok bool) {
	e = r.unconverted(e)
	if b, is := e.(*ast.BinaryExpr); is && b.Op == token.SHL {
		one, known := r.integer(b.X)
		n, ok = r.retryMinus(b.Y)
		return site.Constant(2), n, ok && known && one == 1
	}
	call, is := e.(*ast.CallExpr)
	if !is || syntax.FullName(r.Info, call) != "math.Pow" || !r.invariant(call.Args[0]) {
		return base, 0, false
	}
	base = r.Value(r.unconverted(call.Args[0]))
	whole := base.Known != nil && constant.ToInt(base.Known).Kind() == constant.Int
	n, ok = r.retryMinus(call.Args[1])
	return base, n, ok && (fractions || whole)
}

// unconverted returns an expression without conversions between numbers.
func (r *reader) unconverted(e ast.Expr) ast.Expr {
	for {
		e = ast.Unparen(e)
		call, ok := e.(*ast.CallExpr)
		if !ok || len(call.Args) != 1 || !r.Info.Types[call.Fun].IsType() || r.Info.Types[e].Value != nil {
			return e
		}
		e = call.Args[0]
	}
}

// retryMinus returns n if an expression is the number of the coming retry, counted from 1, plus n.
func (r *reader) retryMinus(e ast.Expr) (int64, bool) {
	o, off := r.offset(r.unconverted(e))
	n, ok := r.counterAtWait()
	if o == nil || o != r.count.counter || !ok {
		return 0, false
	}
	return n + off, true
}

// counterAtWait returns n if the counter, at the wait, is the number of the coming retry plus n.
func (r *reader) counterAtWait() (int64, bool) {
	first, ok := r.integer(orBlank(r.count.first))
	if !ok || r.count.step != 1 {
		return 0, false
	}
	counted := r.count.steps != nil && !r.isPost(r.count.steps) && r.count.steps.Pos() < r.wait.stmt.Pos()
	switch {
	case r.wait.early && counted: // in the round of the retry
		return first + 1, true
	case r.wait.early, counted:
		return first, true
	}
	return first - 1, true
}

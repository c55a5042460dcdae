package growth

import (
	"go/ast"
	"go/types"
	"math"
	"strings"

	"github.com/retrygen/retrygen/internal/syntax"
)

// call returns the first result of a call.
func (m *machine) call(x *ast.CallExpr, in env) value {
	if m.fn.driven.calls[x] {
		return exactly(m.turn)
	}
	if m.info.Types[x.Fun].IsType() && len(x.Args) == 1 {
		return m.conversion(x, in)
	}
	if id, ok := ast.Unparen(x.Fun).(*ast.Ident); ok && m.info.Types[x.Fun].IsBuiltin() {
		return m.builtin(x, id.Name, in)
	}
	if p, ok := loaded(m.info, x); ok {
		if v, held := in[p]; held {
			return v
		}
		return m.initialOf(p, m.info.TypeOf(x))
	}
	name := syntax.FullName(m.info, x)
	if v, ok := m.standard(x, name, in); ok {
		return v
	}
	if list := m.results(x, in); len(list) > 0 {
		return list[0]
	}
	return m.ordinary(m.info.TypeOf(x))
}

func (m *machine) conversion(x *ast.CallExpr, in env) value {
	from, ok := numberOf(m.info.TypeOf(x.Args[0]))
	to, also := numberOf(m.info.TypeOf(x))
	if !ok || !also {
		return m.ordinary(m.info.TypeOf(x))
	}
	return convert(m.eval(x.Args[0], in), from, to)
}

func (m *machine) builtin(x *ast.CallExpr, name string, in env) value {
	switch name {
	case "min", "max":
		v := m.clamp(x.Args[0], m.eval(x.Args[0], in))
		for _, arg := range x.Args[1:] {
			if name == "min" {
				v = smaller(v, m.clamp(arg, m.eval(arg, in)))
			} else {
				v = larger(v, m.eval(arg, in))
			}
		}
		return v
	case "len", "cap":
		return between(0, 1e6)
	}
	for _, arg := range x.Args {
		m.run(arg, in)
	}
	return m.ordinary(m.info.TypeOf(x))
}

// clamp returns what a number is cut at. Who sets a maximum for an exponent knows what is too large.
func (m *machine) clamp(e ast.Expr, v value) value {
	if number, ok := numberOf(m.info.TypeOf(e)); ok && !number.float && !isDuration(m.info.TypeOf(e)) && v.same(m.unknown.count) {
		v.hi = min(v.hi, mostExponent)
	}
	return v
}

// mostExponent is the largest maximum of an exponent that anybody is taken to configure.
const mostExponent = 20

// standard returns the result of a function of the standard library that computes, and reports whether it is one.
func (m *machine) standard(x *ast.CallExpr, name string, in env) (value, bool) {
	path, function := cutName(name)
	switch path {
	case "math":
		return m.math(x, function, in)
	case "math/rand", "math/rand/v2":
		return m.random(x, strings.TrimPrefix(function, "Rand."), in), true
	case "time":
		if method, ok := strings.CutPrefix(function, "Duration."); ok {
			return m.duration(x, method, in)
		}
	case "sync/atomic":
		return m.atomic(x, function, in)
	}
	return value{}, false
}

// cutName cuts "math/rand.Int63n" in two.
func cutName(name string) (path, function string) {
	slash := strings.LastIndexByte(name, '/') + 1
	dot := strings.IndexByte(name[slash:], '.')
	if dot < 0 {
		return "", name
	}
	return name[:slash+dot], name[slash+dot+1:]
}

func (m *machine) math(x *ast.CallExpr, name string, in env) (value, bool) {
	var args []value
	for _, arg := range x.Args {
		args = append(args, m.eval(arg, in))
	}
	var v value
	switch name {
	case "Pow":
		v = power(args[0], args[1])
	case "Exp2":
		v = power(exactly(2), args[0])
	case "Exp":
		v = power(exactly(math.E), args[0])
	case "Ldexp":
		v = number{float: true}.multiply(args[0], power(exactly(2), args[1]))
	case "Min":
		return smaller(args[0], args[1]), true
	case "Max":
		return larger(args[0], args[1]), true
	case "Floor", "Ceil", "Round", "Trunc", "RoundToEven":
		return args[0], true
	case "Abs":
		return positive(args[0]), true
	case "Log2":
		return logarithm(args[0], math.Log2), true
	case "Log":
		return logarithm(args[0], math.Log), true
	case "Log10":
		return logarithm(args[0], math.Log10), true
	case "Inf":
		return exactly(math.Inf(1)), true
	default:
		return value{}, false
	}
	if m.sites[x] {
		v.site = x
	}
	return v, true
}

// power raises a number that is at least 1.
func power(x, y value) value {
	v := value{math.Pow(max(x.lo, 1), y.lo), math.Pow(max(x.hi, 1), y.hi), 0, y.site}
	if x.some() && x.hi <= 1 {
		v.lo, v.hi = 0, 1
	}
	if !y.some() {
		v.lo, v.hi = 1, math.Inf(1)
	}
	return v
}

// logarithm is that of a number that is at least 1.
func logarithm(v value, log func(float64) float64) value {
	if !v.some() {
		return anyNumber
	}
	return between(log(max(v.lo, 1)), log(max(v.hi, 1)))
}

func positive(v value) value {
	if v.wrap&negative != 0 {
		v.wrap = v.wrap&^negative | huge
	}
	if v.some() && v.lo < 0 {
		v.lo, v.hi = 0, max(-v.lo, v.hi)
	}
	return v
}

// random returns a random number, which is below the argument, if there is one, and not much smaller, most often. With what
// is not positive these functions panic.
func (m *machine) random(x *ast.CallExpr, name string, in env) value {
	if strings.HasPrefix(name, "Float") {
		return between(0.5, 1)
	}
	if len(x.Args) != 1 {
		return m.ordinary(m.info.TypeOf(x))
	}
	v := m.eval(x.Args[0], in)
	if v.some() {
		v.lo, v.hi = math.Floor(v.lo/2), max(v.hi-1, 0)
	}
	return v
}

var units = map[string]float64{
	"Nanoseconds": 1, "Microseconds": 1e3, "Milliseconds": 1e6, "Seconds": 1e9, "Minutes": 60e9, "Hours": 3600e9,
}

func (m *machine) duration(x *ast.CallExpr, method string, in env) (value, bool) {
	sel, ok := ast.Unparen(x.Fun).(*ast.SelectorExpr)
	if !ok {
		return value{}, false
	}
	v := m.eval(sel.X, in)
	if unit := units[method]; unit != 0 {
		return quotient(v, exactly(unit)), true
	}
	switch method {
	case "Round", "Truncate":
		return v, true
	case "Abs":
		return positive(v), true
	}
	return value{}, false
}

// atomic is x.Add(n) or atomic.AddInt64(&x, n).
func (m *machine) atomic(x *ast.CallExpr, name string, in env) (value, bool) {
	_, method, isMethod := strings.Cut(name, ".")
	if !strings.HasPrefix(name, "Add") && method != "Add" || len(x.Args) == 0 {
		return value{}, false
	}
	counter := x.Args[0]
	if isMethod {
		counter = x.Fun.(*ast.SelectorExpr).X
	}
	p, ok := placeOf(m.info, counter)
	number, also := numberOf(m.info.TypeOf(x))
	if !ok || !also || p.root == nil {
		return value{}, false
	}
	before, held := in[p]
	if !held {
		before = m.initialOf(p, m.info.TypeOf(x))
	}
	in[p] = number.fit(add(before, m.eval(x.Args[len(x.Args)-1], in)), negative)
	return in[p], true
}

// results returns the results of a call, and shows the delays that it is given. A function of this package runs; another
// that takes a delay and returns one returns what it takes, unless it is known better.
func (m *machine) results(x *ast.CallExpr, in env) []value {
	var args []value
	grown := value{}
	for _, arg := range x.Args {
		v := m.evalOrRun(arg, in)
		args = append(args, v)
		if v.site != nil && grown.site == nil {
			grown = v
		}
	}
	if sel, ok := ast.Unparen(x.Fun).(*ast.SelectorExpr); ok {
		if inner, ok := ast.Unparen(sel.X).(*ast.CallExpr); ok {
			m.run(inner, in) // time.NewTimer(d).Stop()
		}
	}
	callee := syntax.Callee(m.info, x)
	if callee != nil {
		callee = callee.Origin()
		if f := m.funcs[callee]; f != nil && m.depth < deepest && (grown.site != nil || m.grows[callee]) {
			return m.inside(f, x, args, in)
		}
		if v, ok := m.known(callee, x, args); ok {
			return []value{v}
		}
	}
	sig := m.signature(x)
	if sig == nil {
		return nil
	}
	if sig.Results().Len() == 1 && grown.site != nil && isDuration(sig.Results().At(0).Type()) && !sig.Variadic() {
		return []value{grown}
	}
	m.showArguments(x, callee, sig, args)
	var list []value
	for v := range sig.Results().Variables() {
		list = append(list, m.ordinary(v.Type()).orZero())
	}
	return list
}

// signature returns what a called function takes and returns, nil for a call without a type.
func (m *machine) signature(x *ast.CallExpr) *types.Signature {
	t := m.info.TypeOf(x.Fun)
	if t == nil {
		return nil
	}
	sig, _ := t.Underlying().(*types.Signature)
	return sig
}

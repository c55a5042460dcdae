package growth

import (
	"go/ast"
	"math"
	"slices"
	"strings"
)

// call returns the first result of a call.
func (m *machine) call(x *ast.CallExpr, in *env) value {
	if m.fn.driven.calls[x] {
		return m.attempt()
	}
	if len(x.Args) == 1 && m.about(x.Fun).isType {
		return m.conversion(x, in)
	}
	known := m.about(x)
	if known.call.builtin != "" {
		return m.builtin(x, known.call.builtin, in)
	}
	if at := known.call.loaded; at != nil {
		if v, held := in.get(at); held {
			return v
		}
		return m.initialOf(at, known.t)
	}
	if v, ok := m.standard(x, known.call, in); ok {
		return v
	}
	if list := m.results(x, in); len(list) > 0 {
		return list[0]
	}
	return m.ordinaryOf(known)
}

func (m *machine) conversion(x *ast.CallExpr, in *env) value {
	from, to := m.about(x.Args[0]), m.about(x)
	if !from.isNumber || !to.isNumber {
		return m.ordinaryOf(to)
	}
	return convert(m.eval(x.Args[0], in), from.number, to.number)
}

func (m *machine) builtin(x *ast.CallExpr, name string, in *env) value {
	switch name {
	case "min", "max":
		v := m.clamp(x.Args[0], m.eval(x.Args[0], in))
		for _, arg := range x.Args[1:] {
			if name == "min" {
				v = smaller(v, m.clamp(arg, m.eval(arg, in)))
			} else {
				w := m.eval(arg, in)
				m.noteFall(x, v, w)
				m.noteFall(x, w, v)
				v = larger(v, w)
			}
		}
		return v
	case "len", "cap":
		return between(0, 1e6)
	}
	for _, arg := range x.Args {
		m.run(arg, in)
	}
	return m.ordinaryOf(m.about(x))
}

// clamp returns what a number is cut at. Who sets a maximum for an exponent knows what is too large.
func (m *machine) clamp(e ast.Expr, v value) value {
	if x := m.about(e); x.isNumber && !x.number.float && !x.delay && v.lo == m.unknown.count.lo && m.unknowns(v.hi) {
		v.hi = min(v.hi, mostExponent)
	}
	return v
}

// unknowns reports whether a number is the largest of which nothing is known, in a type of any size.
func (m *machine) unknowns(n float64) bool {
	return n == m.unknown.count.hi || n == math.MaxUint8 || n == math.MaxInt8 || n == math.MaxUint16 || n == math.MaxInt16
}

// mostExponent is the largest maximum of an exponent that anybody is taken to configure.
const mostExponent = 20

// standard returns the result of a function of the standard library that computes, and reports whether it is one.
func (m *machine) standard(x *ast.CallExpr, c *callee, in *env) (value, bool) {
	switch c.path {
	case "math":
		return m.math(x, c.function, in)
	case "math/rand", "math/rand/v2":
		return m.random(x, strings.TrimPrefix(c.function, "Rand."), in), true
	case "time":
		if method, ok := strings.CutPrefix(c.function, "Duration."); ok {
			return m.duration(x, method, in)
		}
	case "sync/atomic":
		return m.atomic(x, c.function, in)
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

func (m *machine) math(x *ast.CallExpr, name string, in *env) (value, bool) {
	var args []value
	for _, arg := range x.Args {
		args = append(args, m.eval(arg, in))
	}
	var v value
	switch name {
	case "Pow":
		v = power(m.base(args[0]), args[1])
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
	low, high := max(x.lo, 1), max(x.hi, 1)
	v := value{min(math.Pow(low, y.lo), math.Pow(high, y.lo)), max(math.Pow(low, y.hi), math.Pow(high, y.hi)), 0, y.site}
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
func (m *machine) random(x *ast.CallExpr, name string, in *env) value {
	if strings.HasPrefix(name, "Float") {
		return between(0.5, 1)
	}
	if len(x.Args) != 1 {
		return m.ordinaryOf(m.about(x))
	}
	v := m.eval(x.Args[0], in)
	if v.some() {
		v.lo, v.hi = max(math.Floor(v.lo/2), min(v.lo, 1)), max(v.hi-1, 1)
	}
	return v
}

var units = map[string]float64{
	"Nanoseconds": 1, "Microseconds": 1e3, "Milliseconds": 1e6, "Seconds": 1e9, "Minutes": 60e9, "Hours": 3600e9,
}

func (m *machine) duration(x *ast.CallExpr, method string, in *env) (value, bool) {
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
func (m *machine) atomic(x *ast.CallExpr, name string, in *env) (value, bool) {
	_, method, isMethod := strings.Cut(name, ".")
	if !strings.HasPrefix(name, "Add") && method != "Add" || len(x.Args) == 0 {
		return value{}, false
	}
	counter := x.Args[0]
	if isMethod {
		counter = x.Fun.(*ast.SelectorExpr).X
	}
	at, known := m.about(counter).place, m.about(x)
	if at == nil || !known.isNumber {
		return value{}, false
	}
	before, held := in.get(at)
	if !held {
		before = m.initialOf(at, known.t)
	}
	v := known.number.fit(add(before, m.eval(x.Args[len(x.Args)-1], in)), negative)
	in.set(at, v)
	return v, true
}

// results returns the results of a call, nil if none is a number, and shows the delays among its arguments. A function of this
// package runs; another that takes a delay and returns one returns what it takes, unless it is known better.
func (m *machine) results(x *ast.CallExpr, in *env) []value {
	var few [4]value
	args := few[:0]
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
	called := m.about(x).call
	callee, sig := called.fn, called.sig
	if callee != nil {
		if m.sites[x] {
			return m.multiple(callee, x, args, in)
		}
		// What a function that calls itself returns, it returns without that call too.
		if f := m.funcs[callee]; f != nil && f != m.fn && m.depth < deepest && (grown.site != nil || m.grows[callee]) {
			return m.inside(f, x, args, in)
		}
		if v, ok := m.known(callee, called.backoff, x, args); ok {
			return []value{v}
		}
	}
	if callee == nil && m.depth < deepest {
		if list := m.functionsIn(x.Fun); len(list) > 0 && slices.ContainsFunc(list, func(f *function) bool { return len(f.sites) > 0 }) {
			return m.anyOf(list, x, args, in)
		}
	}
	if sig == nil {
		return nil
	}
	if sig.Results().Len() == 1 && grown.site != nil && isDuration(sig.Results().At(0).Type()) && !sig.Variadic() {
		return []value{grown}
	}
	m.showArguments(x, called, args)
	if !called.numbers {
		return nil
	}
	var list []value
	for v := range sig.Results().Variables() {
		list = append(list, m.ordinary(v.Type()).orZero())
	}
	return list
}

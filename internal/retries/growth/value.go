package growth

import (
	"go/ast"
	"go/types"
	"math"
	"math/big"
)

// wrap is a set of what can be left of a number that does not fit its type.
type wrap uint8

const (
	negative wrap = 1 << iota
	zero
	huge // positive, and longer than any wait
)

// least is the smallest number that huge stands for: 11 days in nanoseconds.
const least = 1e15

// value is what an expression can be: any number of an interval, or what is left of one that does not fit.
type value struct {
	lo, hi float64 // the interval; it is empty if lo > hi
	wrap   wrap
	site   ast.Node // what makes it grow, nil if it does not
}

var (
	nothing   = value{lo: math.Inf(1), hi: math.Inf(-1)}
	anyNumber = value{lo: 0, hi: 1e6}
)

func between(lo, hi float64) value { return value{lo: lo, hi: hi} }
func exactly(n float64) value      { return value{lo: n, hi: n} }

// some reports whether the interval is not empty.
func (v value) some() bool { return v.lo <= v.hi }

// impossible reports whether the expression has no value: control does not get there.
func (v value) impossible() bool { return !v.some() && v.wrap == 0 }

// orZero adds zero, which what a function returns often is for "nothing".
func (v value) orZero() value {
	v.lo = min(v.lo, 0)
	return v
}

// same reports whether values are equal, wherever they come from.
func (v value) same(w value) bool {
	return v.wrap == w.wrap && (v.lo == w.lo && v.hi == w.hi || !v.some() && !w.some())
}

func join(v, w value) value {
	site := v.site
	if site == nil {
		site = w.site
	}
	return value{min(v.lo, w.lo), max(v.hi, w.hi), v.wrap | w.wrap, site}
}

// spans goes through the intervals of a value, with one for each kind of what is left of numbers that did not fit.
func (v value) spans(yield func(value) bool) {
	if v.some() && !yield(value{v.lo, v.hi, 0, v.site}) {
		return
	}
	for _, left := range [...]value{{-1 << 63, -1, negative, v.site}, {0, 0, zero, v.site}, {least, 1 << 63, huge, v.site}} {
		if v.wrap&left.wrap != 0 && !yield(left) {
			return
		}
	}
}

// number is a type of numbers.
type number struct {
	float, unsigned bool
	bits            int
}

var sizes = map[types.BasicKind]number{
	types.Int: {bits: 64}, types.Int8: {bits: 8}, types.Int16: {bits: 16}, types.Int32: {bits: 32}, types.Int64: {bits: 64},
	types.Uint: {unsigned: true, bits: 64}, types.Uint8: {unsigned: true, bits: 8}, types.Uint16: {unsigned: true, bits: 16},
	types.Uint32: {unsigned: true, bits: 32}, types.Uint64: {unsigned: true, bits: 64}, types.Uintptr: {unsigned: true, bits: 64},
	types.Float32: {float: true}, types.Float64: {float: true}, types.UntypedInt: {bits: 64}, types.UntypedFloat: {float: true},
}

// numberOf returns the kind of numbers of a type, and reports whether it is one.
func numberOf(t types.Type) (number, bool) {
	if t == nil {
		return number{}, false
	}
	basic, ok := t.Underlying().(*types.Basic)
	if !ok {
		return number{}, false
	}
	n, ok := sizes[basic.Kind()]
	return n, ok
}

// limit returns the first number that does not fit.
func (n number) limit() float64 {
	if n.float {
		return math.Inf(1)
	}
	if n.unsigned {
		return math.Ldexp(1, n.bits)
	}
	return math.Ldexp(1, n.bits-1)
}

// fit returns a result as its type holds it: what is too large becomes one of the rests.
func (n number) fit(v value, rests wrap) value {
	limit := n.limit()
	switch {
	case n.float || !v.some() || v.hi < limit:
		return v
	case v.lo >= limit:
		v.lo, v.hi = nothing.lo, nothing.hi
	default:
		v.hi = math.Nextafter(limit, 0)
	}
	if n.unsigned {
		rests = rests&^negative | huge
	}
	v.wrap |= rests
	return v
}

// rest returns what is left of a whole number that does not fit.
func (n number) rest(exact *big.Int) wrap {
	low := new(big.Int).And(exact, new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), uint(n.bits)), big.NewInt(1)))
	switch {
	case low.Sign() == 0:
		return zero
	case !n.unsigned && low.Bit(n.bits-1) == 1:
		return negative
	}
	return huge
}

// whole returns the only number that a value can be, if it is a whole one.
func (v value) whole() (*big.Int, bool) {
	if v.wrap != 0 || v.lo != v.hi || v.lo != math.Trunc(v.lo) || math.IsInf(v.lo, 0) {
		return nil, false
	}
	exact, _ := big.NewFloat(v.lo).Int(nil)
	return exact, true
}

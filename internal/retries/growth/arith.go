package growth

import (
	"go/token"
	"math"
	"math/big"
)

// binary returns the result of an operation on numbers of a type.
func (n number) binary(op token.Token, x, y value) value {
	var v value
	switch op {
	case token.ADD:
		v = n.fit(add(x, y), negative)
	case token.SUB:
		v = value{x.lo - y.hi, x.hi - y.lo, x.wrap, x.site}
	case token.MUL:
		v = n.multiply(x, y)
	case token.QUO:
		v = quotient(x, y)
	case token.REM, token.AND:
		return remainder(op, x, y)
	case token.SHL:
		v = n.shift(x, y)
	case token.SHR:
		v = quotient(x, value{math.Exp2(y.lo), math.Exp2(y.hi), y.wrap, nil})
	default:
		return anyNumber
	}
	if v.site == nil {
		v.site = y.site
	}
	return n.whole(v)
}

// whole cuts a result to the whole numbers that an integer type holds.
func (n number) whole(v value) value {
	if n.float || !v.some() {
		return v
	}
	v.lo, v.hi = math.Trunc(v.lo), math.Trunc(v.hi)
	if n.unsigned && v.lo < 0 {
		v.lo, v.hi = 0, max(v.hi, 0)
	}
	return v
}

func add(x, y value) value {
	v := value{x.lo + y.lo, x.hi + y.hi, x.wrap | y.wrap, x.site}
	if !x.some() || !y.some() {
		v.lo, v.hi = nothing.lo, nothing.hi
	}
	for _, pair := range [...][2]value{{x, y}, {y, x}} {
		if one, other := pair[0], pair[1]; one.wrap&zero != 0 {
			v = v.plusZero(other)
		}
	}
	return v
}

// plusZero takes in that one of the operands of a sum may be zero: what is left is the other.
func (v value) plusZero(other value) value {
	if other.some() {
		v.lo, v.hi = min(v.lo, other.lo), max(v.hi, other.hi)
	}
	if other.wrap&zero == 0 && other.lo > 0 {
		v.wrap &^= zero
	}
	return v
}

// remainder is at least 0, and smaller than its divisor, or not larger than the mask.
func remainder(op token.Token, x, y value) value {
	top := y.hi
	if op == token.REM {
		top--
	}
	v := between(0, min(top, max(x.hi, 0)))
	if x.wrap != 0 {
		v.hi = top
	}
	return v
}

// quotient divides by something positive. A rest stays what it is, since it is huge and divisors are not.
func quotient(x, y value) value {
	if y.wrap != 0 || y.lo <= 0 {
		y = between(1, max(y.hi, 1))
	}
	v := x
	if x.some() {
		v.lo, v.hi = min(x.lo/y.lo, x.lo/y.hi), max(x.hi/y.lo, x.hi/y.hi)
	}
	return v
}

// multiply returns a product.
func (n number) multiply(x, y value) value {
	v := value{lo: nothing.lo, hi: nothing.hi, wrap: x.wrap | y.wrap, site: x.site}
	if !n.float && v.wrap != 0 {
		v.wrap = wrapAgain(x, y)
	}
	if !x.some() || !y.some() {
		return v
	}
	v.lo, v.hi = times(x.lo, y.lo), times(x.lo, y.lo)
	for _, corner := range []float64{times(x.lo, y.hi), times(x.hi, y.lo), times(x.hi, y.hi)} {
		v.lo, v.hi = min(v.lo, corner), max(v.hi, corner)
	}
	if n.float {
		return v
	}
	limit := n.limit()
	if v.hi < limit {
		return v
	}
	if a, ok := x.whole(); ok {
		if b, ok := y.whole(); ok {
			return n.fit(v, n.rest(a.Mul(a, b)))
		}
	}
	if v.hi < 2*limit {
		return n.fit(v, negative)
	}
	return n.fit(v, negative|huge)
}

// times multiplies, and 0 by infinity is 0.
func times(x, y float64) float64 {
	if x == 0 || y == 0 {
		return 0
	}
	return x * y
}

// wrapAgain returns what is left when the rest of a number is multiplied once more: an odd factor leaves no zero.
func wrapAgain(x, y value) wrap {
	factor := y
	if x.wrap == 0 {
		factor = x
	}
	if factor.lo == 1 && factor.hi == 1 {
		return x.wrap | y.wrap
	}
	if n, ok := factor.whole(); ok && n.Bit(0) == 1 && (x.wrap|y.wrap)&zero == 0 {
		return negative | huge
	}
	return negative | zero | huge
}

// shift returns x<<y. What is shifted by all bits is 0, without a panic.
func (n number) shift(x, y value) value {
	if y.wrap != 0 || y.hi > float64(n.bits) {
		y = value{min(max(y.lo, 0), float64(n.bits)), float64(n.bits), 0, y.site}
	}
	if y.hi < 0 {
		return x
	}
	v := value{lo: nothing.lo, hi: nothing.hi, wrap: x.wrap, site: x.site}
	for by := math.Trunc(max(y.lo, 0)); by <= y.hi; by++ {
		v = join(v, n.shiftBy(x, by))
	}
	return v
}

func (n number) shiftBy(x value, by float64) value {
	v := value{lo: nothing.lo, hi: nothing.hi, wrap: x.wrap, site: x.site}
	if by > 0 && x.wrap != 0 {
		v.wrap = negative | zero | huge
	}
	if !x.some() {
		return v
	}
	v.lo, v.hi = math.Ldexp(x.lo, int(by)), math.Ldexp(x.hi, int(by))
	if v.hi < n.limit() {
		return v
	}
	exact, ok := x.whole()
	switch {
	case ok:
		return n.fit(v, n.rest(new(big.Int).Lsh(exact, uint(by))))
	case int(by) >= n.bits:
		return n.fit(v, zero)
	case by == 1:
		return n.fit(v, negative)
	}
	return n.fit(v, negative|huge)
}

// convert returns a number of one type as one of another. What a float too large becomes differs between machines.
func convert(v value, from, to number) value {
	switch {
	case to.float:
		return v
	case from.float:
		if v.hi == to.limit() {
			v.hi = math.Nextafter(v.hi, 0) // cut at the largest number, which a float rounds up
		}
		return to.whole(to.fit(v, negative|huge))
	case from.unsigned && !to.unsigned && v.wrap&huge != 0:
		v.wrap |= negative
	case to.unsigned && v.wrap&negative != 0:
		v.wrap = v.wrap&^negative | huge
	}
	return to.whole(to.fit(v, negative|zero|huge))
}

// smaller is min(x, y).
func smaller(x, y value) value {
	return pairs(x, y, func(a, b value) value {
		return value{min(a.lo, b.lo), min(a.hi, b.hi), 0, nil}
	})
}

// larger is max(x, y).
func larger(x, y value) value {
	return pairs(x, y, func(a, b value) value {
		return value{max(a.lo, b.lo), max(a.hi, b.hi), 0, nil}
	})
}

// pairs joins the results for all spans of two values. A result that is a whole span of rests is one.
func pairs(x, y value, result func(a, b value) value) value {
	all := nothing
	if x.wrap|y.wrap == 0 && x.some() && y.some() { // as nearly always
		all = result(x, y)
		all.site = x.site
		if all.site == nil {
			all.site = y.site
		}
		return all
	}
	for a := range x.spans {
		for b := range y.spans {
			v := result(a, b)
			for _, s := range [...]value{a, b} {
				if s.wrap != 0 && v.lo == s.lo && v.hi == s.hi {
					v = value{nothing.lo, nothing.hi, s.wrap, nil}
				}
			}
			all = join(all, v)
		}
	}
	all.site = x.site
	if all.site == nil {
		all.site = y.site
	}
	return all
}

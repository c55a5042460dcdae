package growth

import (
	"go/token"
	"math"
)

// restrict returns what x can be where a comparison with y is true.
func restrict(x value, op token.Token, y value, whole bool) value {
	left := nothing
	if x.wrap|y.wrap == 0 { // as nearly always
		if x.some() && y.some() {
			if cut := cut(x, op, y, whole); cut.some() {
				left = cut
			}
		}
		left.site = x.site
		return left
	}
	for a := range x.spans {
		for b := range y.spans {
			cut := cut(a, op, b, whole)
			if !cut.some() {
				continue
			}
			if a.wrap != 0 {
				cut = value{nothing.lo, nothing.hi, a.wrap, nil}
			}
			left = join(left, cut)
		}
	}
	left.site = x.site
	return left
}

// cut returns the numbers of an interval for which a comparison with some number of another is true.
func cut(a value, op token.Token, b value, whole bool) value {
	a.wrap = 0
	switch op {
	case token.LSS:
		a.hi = min(a.hi, below(b.hi, whole))
	case token.LEQ:
		a.hi = min(a.hi, b.hi)
	case token.GTR:
		a.lo = max(a.lo, above(b.lo, whole))
	case token.GEQ:
		a.lo = max(a.lo, b.lo)
	case token.EQL:
		a.lo, a.hi = max(a.lo, b.lo), min(a.hi, b.hi)
	case token.NEQ:
		return without(a, b, whole)
	}
	return a
}

// without takes a single number off the end of an interval.
func without(a, b value, whole bool) value {
	if b.lo != b.hi {
		return a
	}
	if a.lo == b.lo {
		a.lo = above(a.lo, whole)
	}
	if a.hi == b.lo {
		a.hi = below(a.hi, whole)
	}
	return a
}

// below returns the next smaller number.
func below(n float64, whole bool) float64 {
	if whole && math.Abs(n) < 1<<53 {
		return math.Ceil(n) - 1
	}
	return math.Nextafter(n, math.Inf(-1))
}

// above returns the next larger number.
func above(n float64, whole bool) float64 {
	if whole && math.Abs(n) < 1<<53 {
		return math.Floor(n) + 1
	}
	return math.Nextafter(n, math.Inf(1))
}

package forecast

import (
	"math"
	"slices"
	"sort"
)

// Distribution says how a time, in seconds, spreads over calls. It may speak of some of the calls only, such as those
// that come to a third attempt. Its values are safe for concurrent use.
type Distribution interface {
	Mass() float64           // the share of calls that it speaks of, 0 to 1
	Min() float64            // no time is shorter
	Max() float64            // no time is longer
	Mean() float64           // over the calls that it speaks of
	Below(x float64) float64 // the share of all calls that it speaks of and whose time is at most x
}

// Quantile returns the time that a share q, 0 to 1, of the calls that d speaks of does not exceed; 0 where it speaks of
// none. Points that carry mass are met exactly, others to the last bits of a float64.
func Quantile(d Distribution, q float64) float64 {
	if exact, ok := d.(interface{ Quantile(float64) float64 }); ok {
		return exact.Quantile(q)
	}
	if d.Mass() <= 0 {
		return 0
	}
	return invert(d, q*d.Mass())
}

// invert finds the smallest x at which d reaches a share of all calls, by bisection.
func invert(d Distribution, share float64) float64 {
	low, high := d.Min(), d.Max()
	if d.Below(low) >= share {
		return low
	}
	for range 200 {
		middle := low + (high-low)/2
		if middle <= low || middle >= high {
			break
		}
		if d.Below(middle) >= share {
			high = middle
		} else {
			low = middle
		}
	}
	return high
}

// Mass is 1: a wait is one of every call that makes it.
func (l Law) Mass() float64 { return 1 }

// Below is CDF.
func (l Law) Below(x float64) float64 { return l.CDF(x) }

// shifted is a law some seconds later.
type shifted struct {
	Law
	by float64
}

func (s shifted) Min() float64               { return s.by + s.Law.Min() }
func (s shifted) Max() float64               { return s.by + s.Law.Max() }
func (s shifted) Mean() float64              { return s.by + s.Law.Mean() }
func (s shifted) Quantile(q float64) float64 { return s.by + s.Law.Quantile(q) }

func (s shifted) Below(x float64) float64 {
	if x >= s.Max() {
		return 1 // a difference could round to just below the end
	}
	return s.CDF(x - s.by)
}

// noCalls is the distribution of a time over no calls at all.
type noCalls struct{}

func (noCalls) Mass() float64         { return 0 }
func (noCalls) Min() float64          { return 0 }
func (noCalls) Max() float64          { return 0 }
func (noCalls) Mean() float64         { return 0 }
func (noCalls) Below(float64) float64 { return 0 }

// table is a distribution by the values of Below at increasing times, linear between them.
type table struct {
	times  []float64
	shares []float64 // not decreasing
}

func (t table) Mass() float64 { return t.shares[len(t.shares)-1] }

func (t table) Min() float64 {
	at := sort.Search(len(t.shares), func(i int) bool { return t.shares[i] > 0 })
	return t.times[max(min(at, len(t.times)-1)-1, 0)]
}

func (t table) Max() float64 {
	mass := t.Mass()
	return t.times[sort.Search(len(t.shares)-1, func(i int) bool { return t.shares[i] >= mass })]
}

func (t table) Below(x float64) float64 {
	last := len(t.times) - 1
	switch {
	case x < t.times[0]:
		return 0
	case x >= t.times[last]:
		return t.shares[last]
	}
	i := sort.SearchFloat64s(t.times, x)
	if t.times[i] == x {
		return t.shares[i]
	}
	part := (x - t.times[i-1]) / (t.times[i] - t.times[i-1])
	return t.shares[i-1] + part*(t.shares[i]-t.shares[i-1])
}

func (t table) Mean() float64 {
	if t.Mass() <= 0 {
		return 0
	}
	sum := t.shares[0] * t.times[0]
	for i := 1; i < len(t.times); i++ {
		sum += (t.shares[i] - t.shares[i-1]) * (t.times[i] + t.times[i-1]) / 2
	}
	return sum / t.Mass()
}

// scaled changes the mass of the table in place.
func (t table) scaled(mass float64) Distribution {
	was := t.Mass()
	if was <= 0 {
		return noCalls{}
	}
	for i := range t.shares {
		t.shares[i] *= mass / was
	}
	t.shares[len(t.shares)-1] = mass
	return t
}

// bounded is a distribution whose ends are better known than it shows.
type bounded struct {
	Distribution
	low, high float64
}

func (b bounded) Min() float64 { return b.low }
func (b bounded) Max() float64 { return b.high }

// Below counts whatever rounding has left above the upper end.
func (b bounded) Below(x float64) float64 {
	if x >= b.high {
		return b.Mass()
	}
	return b.Distribution.Below(x)
}

// samples is a distribution by drawn times, sorted; each stands for an equal share of all calls.
type samples struct {
	times     []float64
	of        int     // calls drawn, those that it does not speak of included
	low, high float64 // what times there may be
}

func newSamples(times []float64, of int, low, high float64) Distribution {
	if len(times) == 0 {
		return noCalls{}
	}
	slices.Sort(times)
	return samples{times, of, low, high}
}

func (s samples) Mass() float64 { return float64(len(s.times)) / float64(s.of) }
func (s samples) Min() float64  { return s.low }
func (s samples) Max() float64  { return s.high }

func (s samples) Mean() float64 {
	sum := 0.0
	for _, t := range s.times {
		sum += t
	}
	return sum / float64(len(s.times))
}

func (s samples) Below(x float64) float64 {
	return float64(sort.Search(len(s.times), func(i int) bool { return s.times[i] > x })) / float64(s.of)
}

// Quantile is the quantile of the sample: the smallest drawn time with enough of them at or below it.
func (s samples) Quantile(q float64) float64 {
	return s.times[min(max(int(math.Ceil(q*float64(len(s.times))))-1, 0), len(s.times)-1)]
}

// part is one component of a mixture.
type part struct {
	weight float64 // multiplies the mass
	after  float64 // seconds later
	Distribution
}

// mixture is a weighted sum of distributions.
type mixture []part

// present lists the components that count.
func (m mixture) present() mixture {
	return slices.DeleteFunc(slices.Clone(m), func(p part) bool { return p.weight <= 0 || p.Distribution.Mass() <= 0 })
}

func (m mixture) Mass() float64 {
	sum := 0.0
	for _, p := range m {
		sum += p.weight * p.Distribution.Mass()
	}
	return sum
}

func (m mixture) Min() float64 {
	least := math.Inf(1)
	for _, p := range m.present() {
		least = min(least, p.after+p.Distribution.Min())
	}
	return least
}

func (m mixture) Max() float64 {
	most := 0.0
	for _, p := range m.present() {
		most = max(most, p.after+p.Distribution.Max())
	}
	return most
}

func (m mixture) Mean() float64 {
	sum, mass := 0.0, m.Mass()
	if mass <= 0 {
		return 0
	}
	for _, p := range m.present() {
		sum += p.weight * p.Distribution.Mass() * (p.after + p.Distribution.Mean())
	}
	return sum / mass
}

func (m mixture) Below(x float64) float64 {
	sum := 0.0
	for _, p := range m {
		if p.weight > 0 {
			sum += p.weight * p.Distribution.Below(x-p.after)
		}
	}
	return sum
}

// Quantile looks for a point that carries the asked share before it searches between points.
func (m mixture) Quantile(q float64) float64 {
	m = m.present()
	if len(m) == 0 {
		return 0
	}
	share := q * m.Mass() * (1 - 1e-15) // the sum of the parts may round to less than their mass
	for _, p := range m {
		if p.Distribution.Min() != p.Distribution.Max() {
			continue
		}
		at := p.after + p.Distribution.Min()
		if below := m.Below(at); below >= share && m.Below(math.Nextafter(at, math.Inf(-1))) < share {
			return at
		}
	}
	return invert(m, share)
}

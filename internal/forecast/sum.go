package forecast

import "math"

// cells is the resolution of a sum of waits. With 4,096 cells a percentile is right to a millionth.
const cells = 4096

// grid is the distribution of a sum of waits, by its values and slopes at evenly spaced times, cubic between them.
type grid struct {
	low, step float64
	cdf       []float64
	pdf       []float64
	area      []float64 // the integral of cdf up to each time
	mean      float64
}

func newGrid(low, high float64, count int) *grid {
	return &grid{low: low, step: (high - low) / float64(count), cdf: make([]float64, count+1), pdf: make([]float64, count+1)}
}

// fill computes the values at all times, up to the mass at the last, and what follows from them.
func (g *grid) fill(mass float64, value func(x float64) (cdf, pdf float64)) {
	g.area = make([]float64, len(g.cdf))
	before := 0.0
	for i := range g.cdf {
		g.cdf[i], g.pdf[i] = value(g.time(i))
		g.cdf[i], g.pdf[i] = min(max(g.cdf[i], before), mass), max(g.pdf[i], 0)
		if i == len(g.cdf)-1 {
			g.cdf[i] = mass
		}
		before = g.cdf[i]
		if i == 0 {
			continue
		}
		g.area[i] = g.area[i-1] + g.step*(g.cdf[i-1]+g.cdf[i])/2 + g.step*g.step*(g.pdf[i-1]-g.pdf[i])/12
	}
}

func (g *grid) time(i int) float64 { return g.low + float64(i)*g.step }

func (g *grid) Mass() float64 { return g.cdf[len(g.cdf)-1] }
func (g *grid) Min() float64  { return g.low }
func (g *grid) Max() float64  { return g.time(len(g.cdf) - 1) }
func (g *grid) Mean() float64 { return g.mean }

// cell finds where a time within the grid lies: in which cell, and how far into it.
func (g *grid) cell(x float64) (i int, into float64) {
	i = min(max(int((x-g.low)/g.step), 0), len(g.cdf)-2)
	return i, x - g.time(i)
}

func (g *grid) Below(x float64) float64 {
	switch {
	case x <= g.low:
		return g.cdf[0] // 0, but for a sum whose lower end carries mass
	case x >= g.Max():
		return g.Mass()
	}
	i, t := g.cell(x)
	c := g.cubic(i)
	return min(max(c.at(t), g.cdf[i]), g.cdf[i+1])
}

// upTo is the integral of Below.
func (g *grid) upTo(x float64) float64 {
	switch {
	case x <= g.low:
		return 0
	case x >= g.Max():
		return g.area[len(g.area)-1] + g.Mass()*(x-g.Max())
	}
	i, t := g.cell(x)
	c := g.cubic(i)
	return g.area[i] + t*(c[0]+t*(c[1]/2+t*(c[2]/3+t*c[3]/4)))
}

// cubic is a polynomial by its coefficients, the constant first.
type cubic [4]float64

// cubic returns the polynomial of a cell in the time since its beginning, by the values and slopes at both ends.
func (g *grid) cubic(i int) cubic {
	h, rise := g.step, g.cdf[i+1]-g.cdf[i]
	return cubic{
		g.cdf[i], g.pdf[i],
		(3*rise/h - 2*g.pdf[i] - g.pdf[i+1]) / h,
		(g.pdf[i] + g.pdf[i+1] - 2*rise/h) / (h * h),
	}
}

func (c cubic) at(t float64) float64 { return c[0] + t*(c[1]+t*(c[2]+t*c[3])) }

// gridOf writes a continuous law as a grid.
func gridOf(s shifted, count int) *grid {
	g := newGrid(s.Min(), s.Max(), count)
	g.mean = s.Mean()
	g.fill(1, func(x float64) (float64, float64) {
		return s.Below(x), s.density(min(max(x-s.by, s.Law.Min()), s.Law.Max()))
	})
	return g
}

// plus returns the distribution after one more wait.
func plus(before Distribution, wait Law, count int) Distribution {
	if s, ok := before.(shifted); ok {
		switch {
		case s.isPoint():
			return shifted{wait, s.Min()}
		case wait.isPoint():
			return shifted{s.Law, s.by + wait.low}
		}
		before = gridOf(s, count)
	}
	g, ok := before.(*grid)
	if !ok {
		return noCalls{}
	}
	// An interval too narrow for float64 to resolve beside the sum counts as its mean.
	if width := wait.Max() - wait.Min(); width <= 1e-9*(g.Max()-g.low) {
		moved := *g
		moved.low += wait.Mean()
		moved.mean += wait.Mean()
		return &moved
	}
	sum := newGrid(g.low+wait.Min(), g.Max()+wait.Max(), count)
	sum.mean = g.mean + wait.Mean()
	if wait.scale == 0 {
		sum.fill(g.Mass(), func(x float64) (float64, float64) { return plusUniform(g, wait, x) })
	} else {
		smooth := newSmoothing(g, wait.scale)
		sum.fill(g.Mass(), func(x float64) (float64, float64) { return smooth.plusPoisson(wait, x) })
	}
	return sum
}

// plusUniform adds a uniform wait: the mean of the distribution before over all places where it may have stood.
func plusUniform(g *grid, wait Law, x float64) (cdf, pdf float64) {
	width := wait.high - wait.low
	return (g.upTo(x-wait.low) - g.upTo(x-wait.high)) / width, (g.Below(x-wait.low) - g.Below(x-wait.high)) / width
}

// smoothing is a distribution averaged over its past with exponential weights: E(x) = ∫ F(t) e^-(x-t)/d dt/d.
type smoothing struct {
	*grid
	scale float64
	nodes []float64
}

func newSmoothing(g *grid, scale float64) *smoothing {
	s := &smoothing{g, scale, make([]float64, len(g.cdf))}
	decay := math.Exp(-g.step / scale)
	for i := range len(s.nodes) - 1 {
		s.nodes[i+1] = s.nodes[i]*decay + s.within(i, g.step)
	}
	return s
}

func (s *smoothing) at(x float64) float64 {
	last := len(s.nodes) - 1
	switch {
	case x <= s.low:
		return 0
	case x >= s.Max():
		return s.Mass() + (s.nodes[last]-s.Mass())*math.Exp((s.Max()-x)/s.scale)
	}
	i, t := s.cell(x)
	return s.nodes[i]*math.Exp(-t/s.scale) + s.within(i, t)
}

// The points and weights of Gauss and Legendre on [0, 1], for four points.
var (
	gaussPoints  = [4]float64{0.06943184420297371, 0.33000947820757187, 0.6699905217924281, 0.9305681557970263}
	gaussWeights = [4]float64{0.17392742256872692, 0.32607257743127307, 0.32607257743127307, 0.17392742256872692}
)

// within is what the first t seconds of a cell contribute: by quadrature where the weights hardly change over them, by
// parts where they do, which would cancel there.
func (s *smoothing) within(i int, t float64) float64 {
	c, d := s.cubic(i), s.scale
	if t < d {
		sum := 0.0
		for k, u := range gaussPoints {
			sum += gaussWeights[k] * c.at(u*t) * math.Exp((u-1)*t/d)
		}
		return sum * t / d
	}
	parts := func(t float64) float64 {
		return c.at(t) - d*(c[1]+t*(2*c[2]+3*t*c[3])) + d*d*(2*c[2]+6*t*c[3]) - 6*d*d*d*c[3]
	}
	return parts(t) - math.Exp(-t/d)*parts(0)
}

// plusPoisson adds a clamped Poisson interval, whose density is exponential between two ends.
func (s *smoothing) plusPoisson(wait Law, x float64) (cdf, pdf float64) {
	width := (wait.high - wait.low) / wait.scale
	first, last := -1/math.Expm1(-width), 1/math.Expm1(width)
	here, gone := x-wait.low, x-wait.high
	cdf = first*s.at(here) - last*s.at(gone)
	pdf = (first*(s.Below(here)-s.at(here)) - last*(s.Below(gone)-s.at(gone))) / wait.scale
	return cdf, pdf
}

// cut leaves the calls whose time is at most a limit.
func cut(d Distribution, limit float64, count int) Distribution {
	switch {
	case d.Mass() <= 0 || d.Min() > limit:
		return noCalls{}
	case d.Max() <= limit:
		return d
	}
	var pdf func(x float64) float64
	switch d := d.(type) {
	case shifted:
		pdf = func(x float64) float64 { return d.density(max(x-d.by, d.Law.Min())) }
	case *grid:
		pdf = func(x float64) float64 {
			i, t := d.cell(x)
			c := d.cubic(i)
			return c[1] + t*(2*c[2]+3*t*c[3])
		}
	default:
		return noCalls{}
	}
	g := newGrid(d.Min(), limit, count)
	g.fill(d.Below(limit), func(x float64) (float64, float64) { return d.Below(x), pdf(x) })
	if g.Mass() <= 0 {
		return noCalls{}
	}
	g.mean = limit - g.area[count]/g.Mass()
	return g
}

package forecast

import (
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/retrygen/retrygen/internal/policy"
)

// Herd is how closely the retries of clients follow one another that all fail at one instant and go on failing.
type Herd struct {
	Clients   int     `json:"clients"`
	Waves     []Wave  `json:"waves"` // by retry, from the first; at most herdWaves
	All       Wave    `json:"all"`   // of all waves together: more than 1 where they lie on one another
	Merge     int     `json:"merge"` // the first retry whose wave the next one overlaps; 0 for none
	Never     bool    `json:"never"` // no number of retries would make waves overlap
	Simulated bool    `json:"simulated"`
	Growth    float64 `json:"growth"` // of the delay from one retry to the next, in the long run

	// Arrivals are the shares of clients whose retries begin in each Step seconds, from the first instant. They are for
	// drawings; there are none where waits reach what no clock shows.
	Step     float64   `json:"-"`
	Arrivals []float64 `json:"-"`
}

// Wave is the share of clients in the busiest 100 ms and the busiest second of a wave of retries.
type Wave struct {
	Busiest100ms float64 `json:"busiest100ms"`
	Busiest1s    float64 `json:"busiest1s"`
}

const (
	herdWaves    = 20     // waves that are looked at
	fewClients   = 10_000 // up to here clients are drawn
	herdClients  = 100_000
	placesInWave = 200 // where a busiest window is looked for
)

// herd follows the clients of a scenario, or herdClients if the scenario names no number.
func herd(p policy.Policy, walk *Walk, s Scenario) *Herd {
	if len(walk.Stages) < 2 {
		return nil
	}
	h := &Herd{Clients: s.Clients}
	if h.Clients == 0 {
		h.Clients = herdClients
	}
	var waves []Distribution
	for k, stage := range walk.Stages[:min(len(walk.Stages), herdWaves+1)] {
		if k > 0 {
			waves = append(waves, mixture{{1, walk.spent(k), stage.Begin}})
		}
	}
	if h.Clients <= fewClients {
		h.draw(newPlan(p, s.AttemptTime), s.Seed)
	} else {
		for _, wave := range waves {
			h.Waves = append(h.Waves, busiest(wave))
		}
		h.All = busiest(waves...)
		h.arrive(waves[len(waves)-1].Max(), func(x float64) float64 {
			inside := 0.0
			for _, wave := range waves {
				inside += wave.Below(x)
			}
			return inside
		})
	}
	low, high := relative(p)
	h.Growth = growth(p)
	h.Never = !WavesMerge(h.Growth, low, high)
	for k := 1; k+1 < len(walk.Stages) && h.Merge == 0; k++ {
		if walk.spent(k)+walk.Stages[k].Begin.Max() > walk.spent(k+1)+walk.Stages[k+1].Begin.Min() {
			h.Merge = k
		}
	}
	return h
}

// arrivals is the number of values that a drawing of arrivals has.
const arrivals = 240

// arrive divides the time until the last wave ends, by the share of retries that begin up to a time.
func (h *Herd) arrive(end float64, below func(x float64) float64) {
	if end <= 0 || end >= saturated {
		return
	}
	h.Step = end / arrivals
	before := 0.0
	for i := range arrivals {
		upTo := below(float64(i+1) * h.Step * (1 + 1e-12)) // what begins at a boundary begins before it
		h.Arrivals = append(h.Arrivals, upTo-before)
		before = upTo
	}
}

// WavesMerge reports whether waves of retries that grow by a factor ever overlap, where each wait lies between low and
// high times its delay: they never do if and only if high < growth·low.
func WavesMerge(growth, low, high float64) bool { return high >= growth*low && high > low }

// growth is the factor by which delays grow in the long run.
func growth(p policy.Policy) float64 {
	if !p.Delay.IsSet() || p.Cap.IsSet() {
		return 1
	}
	switch p.Delay.Value.Kind {
	case policy.Exponential:
		base, _ := p.Delay.Value.Base.Known()
		return max(base, 1)
	case policy.Fibonacci:
		return math.Phi
	}
	return 1
}

// relative returns the interval of waits as shares of their delay, in the long run.
func relative(p policy.Policy) (low, high float64) {
	if !p.Jitter.IsSet() || !p.Delay.IsSet() || p.NeverWaits() {
		return 1, 1
	}
	if p.HasJitter(policy.Decorrelated) {
		return 0, 3
	}
	delay := 1.0
	if p.Jitter.Value.IsLength() {
		if delay = delayOf(p, 1); growth(p) > 1 || delay == 0 {
			return 1, 1 // the jitter does not grow with the delay
		}
	}
	i := policy.Interval{Delay: delay, First: delay, Limit: math.MaxFloat64, Retry: 1, Unit: time.Second}
	low, high, _ = p.Jitter.Value.Between(i)
	return low / delay, high / delay
}

// busiest finds the windows with the largest share of clients, in the waves together.
func busiest(waves ...Distribution) Wave {
	return Wave{busiestWindow(waves, 0.1), busiestWindow(waves, 1)}
}

func busiestWindow(waves []Distribution, width float64) float64 {
	most := 0.0
	for _, wave := range waves {
		low, high := wave.Min()-width, wave.Max()
		places := []float64{wave.Min(), wave.Max() - width}
		for i := range placesInWave + 1 {
			places = append(places, low+(high-low)*float64(i)/placesInWave)
		}
		for _, at := range places {
			inside := 0.0
			for _, other := range waves {
				inside += other.Below(at+width) - other.Below(math.Nextafter(at, math.Inf(-1)))
			}
			most = max(most, inside)
		}
	}
	return most
}

// DrawHerd simulates the waves of any number of clients.
func DrawHerd(p policy.Policy, clients int, seed uint64) *Herd {
	h := &Herd{Clients: clients}
	h.draw(newPlan(p, 0), seed)
	return h
}

// draw draws when the retries of each client begin, and looks for the busiest windows of each wave and of all.
func (h *Herd) draw(p plan, seed uint64) {
	h.Simulated = true
	times := make([][]float64, min(len(p.laws), herdWaves))
	random := rand.New(rand.NewPCG(seed, 2))
	for range h.Clients {
		var c call
		for k := range times {
			wait := p.next(random, &c, k)
			if c.elapsed+wait > p.left(k) {
				break
			}
			c.elapsed += wait
			times[k] = append(times[k], c.elapsed+float64(k+1)*p.attempt)
		}
	}
	for _, t := range times {
		h.Waves = append(h.Waves, drawnBusiest(t, h.Clients))
	}
	all := slices.Concat(times...)
	h.All = drawnBusiest(all, h.Clients)
	if len(all) > 0 {
		h.arrive(all[len(all)-1], samples{times: all, of: h.Clients}.Below)
	}
}

func drawnBusiest(times []float64, clients int) Wave {
	slices.Sort(times)
	return Wave{slide(times, 0.1, clients), slide(times, 1, clients)}
}

// slide moves a window over sorted times and returns the largest share of clients in it.
func slide(times []float64, width float64, clients int) float64 {
	most, first := 0, 0
	for last, t := range times {
		for times[first] < t-width {
			first++
		}
		most = max(most, last-first+1)
	}
	return float64(most) / float64(clients)
}

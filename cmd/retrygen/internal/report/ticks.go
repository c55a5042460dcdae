package report

import (
	"math"

	"github.com/retrygen/retrygen/internal/units"
)

// timeTicks returns round times from 0 to an end in seconds, about n of them.
func timeTicks(end float64, n int) []float64 {
	if end <= 0 {
		return []float64{0}
	}
	return ticks(end, timeStep(end/float64(max(n, 1))))
}

// timeStep is the next round time: 1, 2 or 5 of seconds and their parts, or what clocks and calendars count in.
func timeStep(least float64) float64 {
	if least <= 10 {
		return roundStep(least)
	}
	for _, step := range []float64{
		20, 30,
		units.Minute, 2 * units.Minute, 5 * units.Minute, 10 * units.Minute, 20 * units.Minute, 30 * units.Minute,
		units.Hour, 2 * units.Hour, 3 * units.Hour, 6 * units.Hour, 12 * units.Hour, units.Day,
	} {
		if least <= step {
			return step
		}
	}
	if least <= units.Year {
		return units.Day * roundStep(least/units.Day)
	}
	return units.Year * roundStep(least/units.Year)
}

// roundStep is the next 1, 2 or 5 with zeros.
func roundStep(least float64) float64 {
	power := math.Pow(10, math.Floor(math.Log10(least)))
	for _, x := range []float64{1, 2, 5} {
		if least <= x*power*(1+1e-9) {
			return x * power
		}
	}
	return 10 * power
}

func ticks(end, step float64) []float64 {
	var list []float64
	for i := 0; float64(i)*step <= end*(1+1e-9); i++ {
		list = append(list, float64(i)*step)
	}
	return list
}

package report

import (
	"math"
	"strconv"
	"strings"

	"github.com/retrygen/retrygen/internal/forecast"
	"github.com/retrygen/retrygen/internal/units"
)

// givingUp returns the shares of failing attempts for which some calls give up, as far as rounding shows it.
func givingUp(f *forecast.Forecast) []forecast.Failure {
	var points []forecast.Failure
	for _, x := range f.Failures {
		if 1-x.Success > tooSmall {
			points = append(points, x)
		}
	}
	return points
}

// failing draws the share of calls that give up by the share of attempts that fail, both in powers of ten: of n attempts
// that fail independently it is a straight line of slope n.
func failing(f *forecast.Forecast, decades float64) chart {
	points := givingUp(f)
	const top, high, first = 24.0, 150.0, 0.01 // the smallest share of attempts
	c := chart{Height: top + high + 42, Label: "The share of calls that give up, by the share of attempts that fail"}
	x := func(share float64) float64 { return 1 - math.Log10(share)/math.Log10(first) }
	y := func(share float64) float64 { return top + high*min(-math.Log10(share)/decades, 1) }
	c.failureAxes(decades, x, y, top+high)
	c.curve("alone", through([][2]float64{{x(first), y(first) - top}, {1, 0}}), top, high)
	var at [][2]float64
	for _, p := range points {
		at = append(at, [2]float64{x(p.Share), y(1-p.Success) - top})
	}
	c.curve("load0", through(at), top, high)
	for _, p := range points {
		c.dot("point", x(p.Share), y(1-p.Success))
	}
	c.text("start", "tick", 0.03, y(first)+12, "one attempt")
	return c
}

// tooSmall is what rounding hides of a share of calls that give up.
const tooSmall = 1e-12

// failureAxes draws shares of calls beside the plot, and shares of attempts below it.
func (c *chart) failureAxes(decades float64, x, y func(float64) float64, bottom float64) {
	c.text("start", "tick", 0, 12, "share of calls that give up")
	each := math.Ceil(decades / 6)
	for power := 0.0; power <= decades; power += each {
		at := y(math.Pow(10, -power))
		c.line("grid", 0, at, 1, at)
		c.beside(at, powerLabel(power))
	}
	for _, share := range []float64{0.01, 0.1, 0.5, 1} {
		c.line("grid", x(share), y(1), x(share), bottom)
		c.text("middle", "tick", x(share), bottom+16, units.Percent(share))
	}
	c.line("axis", 0, bottom, 1, bottom)
	c.text("middle", "title", 0.5, bottom+34, "share of attempts that fail")
}

// powerLabel writes 10^-power as a percentage, or as one call of so many.
func powerLabel(power float64) string {
	if power <= 5 {
		return units.Percent(math.Pow(10, -power))
	}
	return "1 in 10" + superscript(int(power))
}

// superscript writes a whole number in raised digits.
func superscript(n int) string {
	var b strings.Builder
	for _, digit := range strconv.Itoa(n) {
		b.WriteRune([]rune("⁰¹²³⁴⁵⁶⁷⁸⁹")[digit-'0'])
	}
	return b.String()
}

// through is a path through points, the first coordinate a share of the width.
func through(points [][2]float64) string {
	var b strings.Builder
	for i, p := range points {
		command := "L"
		if i == 0 {
			command = "M"
		}
		b.WriteString(command + short(fine*p[0], 1) + "," + short(p[1], 1))
	}
	return b.String()
}

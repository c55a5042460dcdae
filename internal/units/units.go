// Package units writes times, numbers and shares as a person reads them: three significant digits, with their unit.
//
//	units.Duration(80)      // 1m20s
//	units.Number(1234.5)    // 1,234
//	units.Percent(0.123456) // 12.3 %
package units

import (
	"math"
	"strconv"
	"strings"
)

// The lengths of longer units, in seconds.
const (
	Minute = 60
	Hour   = 60 * Minute
	Day    = 24 * Hour
	Year   = 365.25 * Day
)

// Duration writes seconds with three significant digits at most: 250ms, 7.2s, 1m20s, 3h25m, 12.5d, 3.2y.
func Duration(seconds float64) string {
	if Saturated(seconds) {
		return ">100y"
	}
	s, _ := strconv.ParseFloat(strconv.FormatFloat(seconds, 'g', 3, 64), 64)
	switch {
	case s < 1e-9:
		return "0s"
	case s < 1e-6:
		return significant(s*1e9) + "ns"
	case s < 1e-3:
		return significant(s*1e6) + "µs"
	case s < 1:
		return significant(s*1e3) + "ms"
	case s < Minute:
		return significant(s) + "s"
	case s < Hour:
		return pair(math.Round(s), Minute, "m", "s")
	case s < Day:
		return pair(math.Round(s/Minute), 60, "h", "m")
	case s < Year:
		return significant(seconds/Day) + "d"
	}
	return significant(seconds/Year) + "y"
}

// pair writes a whole number of small units as large and small ones, without a zero of the latter.
func pair(n, small float64, large, unit string) string {
	text := strconv.Itoa(int(n/small)) + large
	if rest := math.Mod(n, small); rest > 0 {
		text += strconv.Itoa(int(rest)) + unit
	}
	return text
}

// significant writes a number with three significant digits, and no zeros behind the point.
func significant(x float64) string {
	x, _ = strconv.ParseFloat(strconv.FormatFloat(x, 'g', 3, 64), 64)
	return strconv.FormatFloat(x, 'f', -1, 64)
}

// Number writes a number with three significant digits or all of its whole part: 1.11, 43.7, 1,234.
func Number(x float64) string {
	if math.Abs(x) >= 999.5 {
		if x > 1e15 {
			return strconv.FormatFloat(x, 'g', 3, 64)
		}
		return thousands(strconv.FormatFloat(x, 'f', 0, 64))
	}
	return significant(x)
}

// Count writes a whole number with commas.
func Count(n int) string { return thousands(strconv.Itoa(n)) }

func thousands(digits string) string {
	for at := len(digits) - 3; at > 0 && digits[at-1] != '-'; at -= 3 {
		digits = digits[:at] + "," + digits[at:]
	}
	return digits
}

// places are the decimals of a percentage at most.
const places = 5

// Percent writes a share. Only what is all reads 100 %, and only what is nothing 0 %.
func Percent(share float64) string {
	hundred := share * 100
	switch {
	case share == 0 || share == 1:
		return significant(hundred) + NBSP + "%"
	case hundred < 0.9995*math.Pow10(-places):
		return Below
	}
	if share > 0.995 && share < 1 {
		for decimals := 1; decimals <= places; decimals++ {
			if text := strconv.FormatFloat(hundred, 'f', decimals, 64); !strings.HasPrefix(text, "100") {
				return text + NBSP + "%"
			}
		}
		return Above
	}
	return significant(hundred) + NBSP + "%"
}

// Below and Above are shares that are too near to nothing and to all for a float64.
var (
	Below = "<0." + strings.Repeat("0", places-1) + "1" + NBSP + "%"
	Above = ">99." + strings.Repeat("9", places) + NBSP + "%"
)

// NBSP keeps a number with its unit. It is shown as a space.
const NBSP = "\u00a0"

// century is where waits saturate, in seconds: what no clock shows, as in package policy.
const century = float64(1<<62) / 1e9

// Saturated reports whether a wait in seconds has reached what no clock shows: a century and more.
func Saturated(seconds float64) bool { return seconds >= century }

package report

import (
	"math"
	"strconv"
	"strings"
)

const (
	minute = 60
	hour   = 60 * minute
	day    = 24 * hour
	year   = 365.25 * day
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
	case s < minute:
		return significant(s) + "s"
	case s < hour:
		return pair(math.Round(s), minute, "m", "s")
	case s < day:
		return pair(math.Round(s/minute), 60, "h", "m")
	case s < year:
		return significant(seconds/day) + "d"
	}
	return significant(seconds/year) + "y"
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

// count writes a whole number with commas.
func count(n int) string { return thousands(strconv.Itoa(n)) }

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
		return significant(hundred) + nbsp + "%"
	case hundred < 0.9995*math.Pow10(-places):
		return below
	}
	if share > 0.995 && share < 1 {
		for decimals := 1; decimals <= places; decimals++ {
			if text := strconv.FormatFloat(hundred, 'f', decimals, 64); !strings.HasPrefix(text, "100") {
				return text + nbsp + "%"
			}
		}
		return above
	}
	return significant(hundred) + nbsp + "%"
}

// below and above are shares that are too near to nothing and to all for a float64.
var (
	below = "<0." + strings.Repeat("0", places-1) + "1" + nbsp + "%"
	above = ">99." + strings.Repeat("9", places) + nbsp + "%"
)

// nbsp keeps a number with its unit. It is shown as a space.
const nbsp = "\u00a0"

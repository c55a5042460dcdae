package policy

import (
	"strconv"
	"strings"
	"time"
)

// respell returns a duration as it is written here: "5sec" and "5*time.second" are 5s, "1d" is 24h, "pt1m30s" is 1m30s. It
// returns what it does not know as it is.
func respell(value string) string {
	text := strings.ReplaceAll(strings.TrimPrefix(strings.ToLower(value), "+"), "_", "")
	if number, unit, ok := product(text); ok {
		text = number + unit
	}
	if number, ok := inDigits(text); ok {
		return number
	}
	if rest, ok := strings.CutPrefix(text, "pt"); ok {
		text = rest
	} else if rest, ok := strings.CutPrefix(text, "p"); ok && strings.HasSuffix(rest, "d") {
		text = rest
	}
	if strings.HasPrefix(text, ".") {
		text = "0" + text
	}
	var b strings.Builder
	last := ""
	for text != "" {
		number := text[:len(text)-len(strings.TrimLeft(text, "0123456789."))]
		text = text[len(number):]
		word := text[:len(text)-len(strings.TrimLeftFunc(text, func(r rune) bool { return r != '.' && (r < '0' || r > '9') }))]
		text = text[len(word):]
		unit, ok := unitOf(word)
		if smaller := map[string]string{"h": "m", "m": "s"}[last]; word == "" && smaller != "" {
			unit = smaller // 1h30 is 1h30m
		}
		last = unit
		if number == "" || !ok && word != "" {
			return strings.ToLower(value)
		}
		b.WriteString(inHours(strings.TrimSuffix(number, "."), unit))
	}
	return b.String()
}

// product reads a number of a constant of package time, such as 5*time.second.
func product(text string) (number, unit string, ok bool) {
	const of = "time."
	left, right, times := strings.Cut(text, "*")
	if !times {
		left, right = "1", text
	}
	if strings.HasPrefix(left, of) {
		left, right = right, left
	}
	unit, ok = strings.CutPrefix(right, of)
	if ok {
		_, ok = unitOf(unit)
	}
	return left, unit, ok && digits(left)
}

// inDigits returns a number of another notation, 1e3 or 0x10, in decimal digits.
func inDigits(text string) (string, bool) {
	if n, err := strconv.ParseInt(text, 0, 64); err == nil && n >= 0 && strings.HasPrefix(text, "0x") {
		return strconv.FormatInt(n, 10), true
	}
	mantissa, exponent, ok := strings.Cut(text, "e")
	f, err := strconv.ParseFloat(text, 64)
	if !ok || !digits(strings.Replace(mantissa, ".", "", 1)) || !digits(strings.TrimLeft(exponent, "+-")) || err != nil || f > 1e9 {
		return "", false
	}
	return printDecimal(f), true
}

// units are the units of Go durations by their other names. Days and weeks become hours.
var units = index(map[string]string{
	"ns": "ns nanosecond nanoseconds nanos nsec", "us": "us µs μs microsecond microseconds micros usec",
	"ms": "ms millisecond milliseconds millis milli msec msecs", "s": "s sec secs second seconds",
	"m": "m min mins minute minutes", "h": "h hr hrs hour hours", "d": "d day days", "w": "w week weeks",
	"y": "y yr year years",
})

func unitOf(word string) (unit string, ok bool) {
	unit, ok = units[strings.ToLower(word)]
	return unit, ok
}

// inHours returns a number with its unit, where days and weeks are turned into hours.
func inHours(number, unit string) string {
	hours := map[string]int{"d": 24, "w": 7 * 24, "y": 365 * 24}[unit]
	if n, err := strconv.Atoi(number); err == nil && hours > 0 {
		return strings.TrimSuffix((time.Duration(n*hours) * time.Hour).String(), "0m0s")
	}
	return number + unit
}

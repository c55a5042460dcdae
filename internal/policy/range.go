package policy

import (
	"strconv"
	"strings"
)

// between returns a wait that is drawn from an interval.
func between(bounds []string) suggestion {
	if len(bounds) != 2 {
		return suggestion{}
	}
	low, errLow := parseDuration(bounds[0])
	high, errHigh := parseDuration(bounds[1])
	if errLow != nil || errHigh != nil || high <= low {
		return suggestion{}
	}
	middle := low + (high-low)/2
	percent := int(100 * float64(high-middle) / float64(middle))
	return suggestion{value: middle.String(), more: "jitter=" + strconv.Itoa(percent) + "%", why: "a range is a delay with a jitter"}
}

// ranged returns a wait that is written as a range or with its spread: 1s-5s, 1..5, 1s±20%.
func ranged(value string) suggestion {
	for _, sign := range []string{"...", "..", "-", "~", "to"} {
		if low, high, ok := strings.Cut(value, sign); ok {
			return between([]string{low, high})
		}
	}
	for _, sign := range []string{"±", "+-", "+/-"} {
		delay, jitter, ok := strings.Cut(value, sign)
		if ok && isDuration(delay) && reads("jitter="+jitter) {
			return suggestion{value: delay, more: "jitter=" + jitter, why: "jitter= is an option of its own"}
		}
	}
	return suggestion{}
}

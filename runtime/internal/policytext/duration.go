package policytext

import (
	"errors"
	"fmt"
	"math/big"
	"strings"
	"time"
)

const notDuration = " is not a duration; want seconds such as 5 or 2.5, or 250ms, 1m30s"

// ParseDuration is retry.ParseDuration: seconds, or a Go duration.
func ParseDuration(text string) (time.Duration, error) {
	if isDecimal(text) {
		return parseSeconds(text)
	}
	if text == "" || text[0] < '0' || text[0] > '9' {
		return 0, errors.New(Quoted(text) + notDuration)
	}
	d, err := time.ParseDuration(text)
	if err != nil {
		foreign := func(r rune) bool { return !strings.ContainsRune("0123456789.hmsnuµμ", r) }
		if d == 0 && !strings.ContainsFunc(text, foreign) {
			return 0, fmt.Errorf("%s is not a duration that fits: %s", Quoted(text), strings.TrimPrefix(err.Error(), "time: "))
		}
		return 0, errors.New(Quoted(text) + notDuration)
	}
	return d, nil
}

// isDecimal reports whether a text is decimal digits with an optional fraction.
func isDecimal(text string) bool {
	whole, fraction, dotted := strings.Cut(text, ".")
	return isDigits(whole) && (!dotted || isDigits(fraction))
}

func isDigits(text string) bool {
	for _, c := range []byte(text) {
		if c < '0' || c > '9' {
			return false
		}
	}
	return text != ""
}

func parseSeconds(text string) (time.Duration, error) {
	whole, fraction, _ := strings.Cut(text, ".")
	fraction = strings.TrimRight(fraction, "0")
	const nanos = 9
	if len(fraction) > nanos {
		return 0, fmt.Errorf("%s seconds are finer than a nanosecond and cannot be kept exactly", shown(text))
	}
	n, ok := new(big.Int).SetString(whole+fraction+strings.Repeat("0", nanos-len(fraction)), 10)
	if !ok {
		return 0, errors.New(Quoted(text) + notDuration)
	}
	if !n.IsInt64() {
		return 0, errors.New(shown(text) + " seconds are too long; want at most 9223372036 (292 years)")
	}
	return time.Duration(n.Int64()), nil
}

package policy

import (
	"fmt"
	"strconv"
	"strings"
)

// maxFactor bounds factors and bases. Beyond it the mean of the waits cannot be told from theirs without a cap.
const maxFactor = 1e6

// decimal reads decimal digits with an optional fraction. A number that a float64 does not hold as it is written is an
// error, since generated code would have another.
func decimal(text string) (float64, error) {
	whole, fraction, dotted := strings.Cut(text, ".")
	if !digits(whole) || dotted && !digits(fraction) {
		return 0, fmt.Errorf("%s is not a number; want decimal digits, such as 2 or 1.5", Quoted(text))
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return 0, fmt.Errorf("%s is too large", Quoted(text))
	}
	if printDecimal(f) != canonical(whole, fraction) {
		return 0, fmt.Errorf("%s has more digits than a float64 holds; want at most 15", Quoted(text))
	}
	return f, nil
}

// numeric reports whether a text is meant as a number or a duration, well-formed or not.
func numeric(text string) bool {
	rest := strings.TrimLeft(text, "+-.")
	return text == "" || strings.ContainsAny(text[:1], "+-") || rest != "" && digits(rest[:1])
}

// canonical spells a number without zeros that change nothing.
func canonical(whole, fraction string) string {
	whole, fraction = strings.TrimLeft(whole, "0"), strings.TrimRight(fraction, "0")
	if whole == "" {
		whole = "0"
	}
	if fraction == "" {
		return whole
	}
	return whole + "." + fraction
}

func printDecimal(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }

// digits reports whether a text is one or more decimal digits.
func digits(text string) bool {
	for _, c := range []byte(text) {
		if c < '0' || c > '9' {
			return false
		}
	}
	return text != ""
}

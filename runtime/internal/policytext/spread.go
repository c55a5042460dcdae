package policytext

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// SpreadKind says how a wait is drawn around its delay d.
type SpreadKind uint8

// The kinds of jitter.
const (
	Steady       SpreadKind = iota // d
	Poisson                        // a clamped Poisson interval
	Full                           // [0, d]
	Equal                          // [d/2, d]
	Decorrelated                   // [the first delay, three times the previous wait]
	Percent                        // [d - p%, d + p%]
	PercentAbove                   // [d, d + p%]
	PercentBelow                   // [d - p%, d]
	Around                         // [d - t, d + t]
	Above                          // [d, d + t]
	Below                          // [d - t, d]
)

// Spread is the value of jitter=. The zero value does not spread waits.
type Spread struct {
	Kind   SpreadKind
	Amount float64       // the factor of Poisson, or a percentage
	Width  time.Duration // of Around, Above and Below
}

// words are the jitters that are written as a word.
var words = map[string]SpreadKind{"full": Full, "equal": Equal, "decorrelated": Decorrelated}

// signs are the steps from Percent or Around to the kind with a sign.
var signs = map[byte]SpreadKind{'+': 1, '-': 2}

func parseSpread(text string) (Spread, error) {
	if kind, ok := words[text]; ok {
		return Spread{Kind: kind}, nil
	}
	if meant := near(text, "full", "equal", "decorrelated"); meant != "" {
		return Spread{}, fmt.Errorf("did you mean %s?", meant)
	}
	step := signs[text[0]]
	size := text
	if step > 0 {
		size = text[1:]
	}
	if number, ok := strings.CutSuffix(size, "%"); ok {
		return parsePercent(Percent+step, number)
	}
	switch {
	case isDecimal(size) && step > 0:
		return Spread{}, errors.New("want a percentage or a duration with its unit after a sign, such as " + text + "% or " + text + "s")
	case isDecimal(size):
		factor, err := parseDecimal(size)
		if err == nil && factor > maxFactor {
			err = fmt.Errorf("want a factor of at most %s", printDecimal(maxFactor))
		}
		return Spread{Kind: Poisson, Amount: factor}, err
	case size == "" || !isDigits(size[:1]):
		return Spread{}, errors.New("want a factor such as 3, a share such as 20% or +20%, a duration such as 100ms or +100ms, " +
			"full, equal or decorrelated")
	}
	width, err := ParseDuration(size)
	return Spread{Kind: Around + step, Width: width}, err
}

func parsePercent(kind SpreadKind, number string) (Spread, error) {
	share, err := parseDecimal(number)
	switch {
	case err != nil:
	case kind != PercentAbove && share > 100:
		err = errors.New("want at most 100%, since no wait can be negative")
	case share > maxFactor:
		err = fmt.Errorf("want at most %s%%", printDecimal(maxFactor))
	}
	return Spread{Kind: kind, Amount: share}, err
}

// String prints the jitter as a value of jitter=.
func (s Spread) String() string {
	for word, kind := range words {
		if s.Kind == kind {
			return word
		}
	}
	sign, size := "", printDecimal(s.Amount)
	switch s.Kind {
	case Percent, PercentAbove, PercentBelow:
		size += "%"
	case Around, Above, Below:
		size = s.Width.String()
	}
	switch s.Kind {
	case PercentAbove, Above:
		sign = "+"
	case PercentBelow, Below:
		sign = "-"
	}
	return sign + size
}

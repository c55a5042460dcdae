package policy

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// JitterKind says how a wait is drawn around its delay.
type JitterKind uint8

// The kinds of jitter.
const (
	Poisson      JitterKind = iota // a clamped Poisson interval
	Percent                        // uniform on the delay ± a share of it
	Full                           // uniform from 0 to the delay
	Equal                          // uniform from half the delay to the delay
	Decorrelated                   // uniform from the first delay to three times the previous wait
)

// Jitter spreads waits. The zero value does not.
type Jitter struct {
	Kind   JitterKind
	Factor float64 // of Poisson, 0 to 1e6; of Percent, 0 to 100
}

var namedJitters = []string{"full", "equal", "decorrelated"}

func parseJitter(text string) (Jitter, error) {
	if at := slices.Index(namedJitters, text); at >= 0 {
		return Jitter{Kind: Full + JitterKind(at)}, nil
	}
	if share, ok := strings.CutSuffix(text, "%"); ok {
		percent, err := decimal(share)
		if err == nil && percent > 100 {
			err = errors.New("want at most 100%, since no wait can be negative")
		}
		return Jitter{Percent, percent}, err
	}
	if numeric(text) && !strings.ContainsAny(text[:1], "+-") {
		factor, err := decimal(text)
		if err == nil && factor > maxFactor {
			err = fmt.Errorf("want a factor of at most %.0f", maxFactor)
		}
		return Jitter{Poisson, factor}, err
	}
	if near, ok := Nearest(text, namedJitters); ok {
		return Jitter{}, &MisspelledError{"did you mean " + near + "?", Misspelling{text, near}}
	}
	return Jitter{}, errors.New("want a factor such as 3, a share such as 20%, full, equal or decorrelated")
}

// String prints the jitter as an option's value.
func (j Jitter) String() string {
	number := printDecimal(j.Factor)
	switch j.Kind {
	case Poisson:
		return number
	case Percent:
		return number + "%"
	}
	return namedJitters[j.Kind-Full]
}

package policy

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// JitterKind says how a wait is drawn around its delay.
type JitterKind uint8

// The kinds of jitter. All but the first are uniform.
const (
	Poisson      JitterKind = iota // a clamped Poisson interval
	Percent                        // the delay ± a share of it
	PercentAbove                   // from the delay to a share of it more
	PercentBelow                   // from a share less to the delay
	Around                         // the delay ± a duration
	Above                          // from the delay to a duration more
	Below                          // from a duration less to the delay
	Full                           // from 0 to the delay
	Equal                          // from half the delay to the delay
	Decorrelated                   // from the first delay to three times the previous wait
)

// Jitter spreads waits. The zero value does not.
type Jitter struct {
	Kind   JitterKind
	Factor Factor // of Poisson, 0 to 1e6; a percentage of Percent and PercentBelow, 0 to 100, and PercentAbove, 0 to 1e6
	Spread Length // of Around, Above and Below
}

var namedJitters = []string{"full", "equal", "decorrelated"}

// ofSign are the kinds of jitter behind a sign or none, of a percentage and of a duration.
var ofSign = map[string]struct{ percent, length JitterKind }{"": {Percent, Around}, "+": {PercentAbove, Above}, "-": {PercentBelow, Below}}

// IsLength reports whether a duration says how far waits spread, whatever their delay is.
func (j Jitter) IsLength() bool { return j.Kind == Around || j.Kind == Above || j.Kind == Below }

// Alone returns the name that stands for the jitter without a sign or a percent sign, if there is one. It is a factor, or
// what [OfLength] returns if its type is that of a duration.
func (j Jitter) Alone() (Name, bool) { return j.Factor.name, j.Kind == Poisson && j.Factor.name != "" }

// OfLength returns the jitter that a name alone is if it stands for a duration.
func OfLength(name Name) Jitter { return Jitter{Kind: Around, Spread: Named[time.Duration](name)} }

// signOf returns the sign of the kind, as it is written.
func (k JitterKind) signOf() string {
	switch k {
	case PercentAbove, Above:
		return "+"
	case PercentBelow, Below:
		return "-"
	}
	return ""
}

func parseJitter(text string) (Jitter, error) {
	if at := slices.Index(namedJitters, text); at >= 0 {
		return Jitter{Kind: Full + JitterKind(at)}, nil
	}
	sign, value := "", text
	if strings.ContainsAny(text[:1], "+-") {
		sign, value = text[:1], text[1:]
	}
	if share, ok := strings.CutSuffix(value, "%"); ok {
		return parseShare(ofSign[sign].percent, share)
	}
	name, err := parseOperand(value)
	switch {
	case err == nil && sign == "":
		return Jitter{Kind: Poisson, Factor: Named[float64](name)}, nil
	case err == nil:
		return Jitter{Kind: ofSign[sign].length, Spread: Named[time.Duration](name)}, nil
	case strings.Trim(value, "0123456789.") != "" && isDuration(value):
		spread, err := parseDuration(value)
		return Jitter{Kind: ofSign[sign].length, Spread: Written(spread)}, err
	case sign != "":
		return Jitter{}, fmt.Errorf("after the sign want a percentage such as %s20%%, or a duration with its unit such as %[1]s100ms", sign)
	case strings.Trim(value, "0123456789.") != "":
		return Jitter{}, errors.New("want a factor such as 3, a share such as 20%, a duration such as 100ms, full, equal or decorrelated")
	}
	factor, err := decimal(text)
	j := Jitter{Kind: Poisson, Factor: Written(factor)}
	if err == nil {
		err = j.within(factor)
	}
	return j, err
}

// parseShare reads the percentage of a jitter.
func parseShare(kind JitterKind, text string) (Jitter, error) {
	j := Jitter{Kind: kind}
	if name, err := parseOperand(text); err == nil {
		j.Factor = Named[float64](name)
		return j, nil
	}
	percent, err := decimal(text)
	if err == nil {
		err = j.within(percent)
	}
	j.Factor = Written(percent)
	return j, err
}

// within says why a factor or percentage is out of range.
func (j Jitter) within(number float64) error {
	switch {
	case j.Kind == Poisson && number > maxFactor:
		return fmt.Errorf("want a factor of at most %.0f", maxFactor)
	case j.Kind == PercentAbove && number > maxFactor:
		return fmt.Errorf("want at most +%.0f%%", maxFactor)
	case (j.Kind == Percent || j.Kind == PercentBelow) && number > 100:
		return errors.New("want at most 100%, since no wait can be negative")
	}
	return nil
}

// String prints the jitter as an option's value.
func (j Jitter) String() string {
	switch j.Kind {
	case Poisson:
		return j.Factor.text(printDecimal)
	case Percent, PercentAbove, PercentBelow:
		return j.Kind.signOf() + j.Factor.text(printDecimal) + "%"
	case Around, Above, Below:
		return j.Kind.signOf() + j.Spread.text(time.Duration.String)
	}
	return namedJitters[j.Kind-Full]
}

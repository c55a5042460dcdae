package policy

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/retrygen/retrygen/runtime/retry"
)

// DelayKind says how waits follow one another.
type DelayKind uint8

// The kinds of delay.
const (
	Fixed DelayKind = iota
	List
	Exponential
	Linear
	Fibonacci
	Func
)

// Delay is a schedule of waits. The zero value is no wait.
type Delay struct {
	Kind   DelayKind
	Delays []time.Duration // List: all; Func: none; any other: the first
	Base   float64         // of Exponential, > 0
	Func   Name            // of Func
}

// defaultBase is the growth of exponential(f).
const defaultBase = 2

// At gives the wait before a retry, counted from 1, without jitter and cap: never negative, saturating at the
// largest duration. What a function would give is not known here; it counts as 0.
func (d Delay) At(n int) time.Duration {
	if len(d.Delays) == 0 {
		return 0
	}
	switch d.Kind {
	case List:
		return retry.List(n, d.Delays...)
	case Exponential:
		return retry.Exponential(d.Delays[0], d.Base, n)
	case Linear:
		return retry.Linear(d.Delays[0], n)
	case Fibonacci:
		return retry.Fibonacci(d.Delays[0], n)
	}
	return d.Delays[0]
}

// IsZero reports whether every wait is known to be 0.
func (d Delay) IsZero() bool {
	return d.Kind != Func && !slices.ContainsFunc(d.Delays, func(wait time.Duration) bool { return wait != 0 })
}

// String prints the delay as an option's value.
func (d Delay) String() string {
	var first string
	if len(d.Delays) > 0 {
		first = printDuration(d.Delays[0])
	}
	switch d.Kind {
	case List:
		var entries []string
		for _, entry := range d.Delays {
			entries = append(entries, printDuration(entry))
		}
		return "[" + strings.Join(entries, ",") + "]"
	case Exponential:
		if d.Base == defaultBase {
			return "exponential(" + first + ")"
		}
		return "exponential(" + first + ",base=" + strconv.FormatFloat(d.Base, 'f', -1, 64) + ")"
	case Linear:
		return "linear(" + first + ")"
	case Fibonacci:
		return "fibonacci(" + first + ")"
	case Func:
		return string(d.Func)
	}
	return first
}

var forms = []string{"exponential", "linear", "fibonacci"}

func parseDelay(text string) (Delay, error) {
	if strings.ContainsAny(text, "()") {
		return parseForm(text)
	}
	if strings.ContainsAny(text, ",[]") {
		return parseList(text)
	}
	if c := text[0]; c >= '0' && c <= '9' || c == '-' || c == '+' || c == '.' && len(text) > 1 && text[1] >= '0' && text[1] <= '9' {
		wait, err := retry.ParseDuration(text)
		return Delay{Kind: Fixed, Delays: []time.Duration{wait}}, err
	}
	if slices.Contains(forms, text) {
		return Delay{}, fmt.Errorf("want %s(first), such as %s(2)", text, text)
	}
	name, err := parseName(text)
	if err != nil {
		return Delay{}, err
	}
	return Delay{Kind: Func, Func: name}, nil
}

// parseForm reads exponential(2,base=3) and the like.
func parseForm(text string) (Delay, error) {
	name, rest, opened := strings.Cut(text, "(")
	args, closed := strings.CutSuffix(rest, ")")
	if !slices.Contains(forms, name) {
		if near, ok := Nearest(name, forms); ok {
			return Delay{}, &MisspelledError{fmt.Sprintf("no schedule is called %q: did you mean %s(…)?", name, near), Misspelling{name + "(", near + "("}}
		}
		return Delay{}, fmt.Errorf("no schedule is called %q: want exponential(2), linear(2), fibonacci(1), or the name of a function without parentheses", name)
	}
	if !opened || !closed || strings.ContainsAny(args, "()") {
		return Delay{}, fmt.Errorf("want %s(first), with one pair of parentheses", name)
	}
	firstText, option, more := strings.Cut(args, ",")
	if firstText == "" {
		return Delay{}, fmt.Errorf("want %s(first), such as %s(2)", name, name)
	}
	first, err := retry.ParseDuration(firstText)
	if err != nil {
		return Delay{}, err
	}
	delay := Delay{Delays: []time.Duration{first}}
	switch name {
	case "exponential":
		delay.Kind, delay.Base = Exponential, defaultBase
		if more {
			delay.Base, err = parseBase(option)
		}
		return delay, err
	case "linear":
		delay.Kind = Linear
	default:
		delay.Kind = Fibonacci
	}
	if more {
		return Delay{}, fmt.Errorf("%s takes the first wait alone", name)
	}
	return delay, nil
}

func parseBase(text string) (float64, error) {
	value, ok := strings.CutPrefix(text, "base=")
	if !ok {
		return 0, fmt.Errorf("exponential takes base= after the first wait, not %q", text)
	}
	base, err := decimal(value)
	if err == nil && base <= 0 {
		err = errors.New("base must be more than 0")
	}
	return base, err
}

func parseList(text string) (Delay, error) {
	inner := text
	if strings.HasPrefix(text, "[") || strings.HasSuffix(text, "]") {
		if len(text) < 2 || text[0] != '[' || text[len(text)-1] != ']' {
			return Delay{}, errors.New("want a list with both brackets, or with none")
		}
		inner = text[1 : len(text)-1]
	}
	var delays []time.Duration
	for entry := range strings.SplitSeq(inner, ",") {
		if entry == "" {
			return Delay{}, errors.New("an entry of the list is empty; want durations with commas between them")
		}
		wait, err := retry.ParseDuration(entry)
		if err != nil {
			return Delay{}, err
		}
		delays = append(delays, wait)
	}
	if len(delays) == 1 {
		return Delay{Kind: Fixed, Delays: delays}, nil
	}
	return Delay{Kind: List, Delays: delays}, nil
}

// decimal reads decimal digits with an optional fraction.
func decimal(text string) (float64, error) {
	whole, fraction, dotted := strings.Cut(text, ".")
	if !digits(whole) || dotted && !digits(fraction) {
		return 0, fmt.Errorf("%q is no number; want decimal digits, such as 2 or 1.5", text)
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsInf(f, 0) {
		return 0, fmt.Errorf("%q is too large", text)
	}
	return f, nil
}

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

// maxFactor bounds the factor of a Poisson jitter: beyond it the mean of the waits could not be told from theirs
// without a cap.
const maxFactor = 1e6

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
	factor, err := decimal(text)
	if err != nil {
		if near, ok := Nearest(text, namedJitters); ok {
			return Jitter{}, &MisspelledError{"did you mean " + near + "?", Misspelling{text, near}}
		}
		return Jitter{}, errors.New("want a factor such as 3, a share such as 20%, full, equal or decorrelated")
	}
	if factor > maxFactor {
		return Jitter{}, fmt.Errorf("want a factor of at most %.0f", maxFactor)
	}
	return Jitter{Poisson, factor}, nil
}

// String prints the jitter as an option's value.
func (j Jitter) String() string {
	number := strconv.FormatFloat(j.Factor, 'f', -1, 64)
	switch j.Kind {
	case Poisson:
		return number
	case Percent:
		return number + "%"
	}
	return namedJitters[j.Kind-Full]
}

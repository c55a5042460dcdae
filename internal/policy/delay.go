package policy

import (
	"errors"
	"fmt"
	"slices"
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
	Call // of a function
)

// Delay is a schedule of waits. The zero value is no wait.
type Delay struct {
	Kind   DelayKind
	Delays []time.Duration // List: all; Func: none; any other: the first
	Base   float64         // of Exponential, > 0
	Func   Func            // of Call
}

// defaultBase is the growth of exponential(f).
const defaultBase = 2

// At returns the wait before a retry, counted from 1, without jitter and cap. It is never negative, and saturates at the
// largest duration. The wait that a function returns is not known here, and counts as 0.
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

// names lists the names of the function and of its arguments.
func (d Delay) names() []ErrorName {
	if d.Kind != Call {
		return nil
	}
	return d.Func.names()
}

// IsZero reports whether every wait is known to be 0.
func (d Delay) IsZero() bool {
	return d.Kind != Call && !slices.ContainsFunc(d.Delays, func(wait time.Duration) bool { return wait != 0 })
}

// String prints the delay as an option's value.
func (d Delay) String() string {
	var first string
	if len(d.Delays) > 0 {
		first = d.Delays[0].String()
	}
	switch d.Kind {
	case List:
		var entries []string
		for _, entry := range d.Delays {
			entries = append(entries, entry.String())
		}
		return "[" + strings.Join(entries, ",") + "]"
	case Exponential:
		if d.Base == defaultBase {
			return "exponential(" + first + ")"
		}
		return "exponential(" + first + ",base=" + printDecimal(d.Base) + ")"
	case Linear:
		return "linear(" + first + ")"
	case Fibonacci:
		return "fibonacci(" + first + ")"
	case Call:
		return d.Func.text()
	}
	return first
}

var forms = []string{"exponential", "linear", "fibonacci"}

func parseDelay(text string) (Delay, error) {
	if strings.ContainsAny(text, "()") {
		if name, _, _ := strings.Cut(text, "("); !slices.Contains(forms, name) {
			if call, err := parseFunc(text); err == nil {
				return Delay{Kind: Call, Func: call}, nil
			}
		}
		return parseForm(text)
	}
	if strings.ContainsAny(text, ",[]") {
		return parseList(text)
	}
	if numeric(text) {
		wait, err := parseDuration(text)
		return Delay{Kind: Fixed, Delays: []time.Duration{wait}}, err
	}
	if slices.Contains(forms, text) {
		return Delay{}, fmt.Errorf("want %s(first), such as %s(2)", text, text)
	}
	name, err := parseName(text)
	if err != nil {
		return Delay{}, err
	}
	return Delay{Kind: Call, Func: Func{Name: name}}, nil
}

// numeric reports whether a text is meant as a number or a duration, well-formed or not.
func numeric(text string) bool {
	rest := strings.TrimLeft(text, "+-.")
	return strings.ContainsAny(text[:1], "+-") || rest != "" && digits(rest[:1])
}

// parseForm reads exponential(2,base=3) and the like.
func parseForm(text string) (Delay, error) {
	name, rest, opened := strings.Cut(text, "(")
	args, closed := strings.CutSuffix(rest, ")")
	if !slices.Contains(forms, name) {
		if near, ok := Nearest(name, forms); ok {
			return Delay{}, &MisspelledError{fmt.Sprintf("no schedule is called %s: did you mean "+
				"%s(…)?", Quoted(name), near), Misspelling{name + "(", near + "("}}
		}
		return Delay{}, fmt.Errorf("no schedule is called %s: want exponential(2), linear(2), fibonacci(1), "+
			"or a function, whose arguments are names", Quoted(name))
	}
	if !opened || !closed || strings.ContainsAny(args, "()") {
		return Delay{}, fmt.Errorf("want %s(first), with one pair of parentheses", name)
	}
	firstText, option, more := strings.Cut(args, ",")
	if firstText == "" {
		return Delay{}, fmt.Errorf("want %s(first), such as %s(2)", name, name)
	}
	first, err := parseDuration(firstText)
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
		return 0, fmt.Errorf("exponential takes base= after the first wait, not %s", Quoted(text))
	}
	base, err := decimal(value)
	switch {
	case err != nil:
		return 0, err
	case base <= 0:
		return 0, errors.New("base must be more than 0")
	case base > maxFactor:
		return 0, fmt.Errorf("want a base of at most %.0f", maxFactor)
	}
	return base, nil
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
		wait, err := parseDuration(entry)
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

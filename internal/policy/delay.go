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
	Func  // a function that is called before each wait; or a name alone, before it is resolved
	Slice // a name alone, of a list that only the running program knows
)

// Delay is a schedule of waits. The zero value is no wait.
type Delay struct {
	Kind   DelayKind
	Delays []Length // List: all; Func and Slice: none; any other: the first
	Base   Factor   // of Exponential, > 0
	Func   Callee   // of Func; of Slice its name
}

// Alone returns the delay that a name alone is: Fixed, or Slice.
func Alone(kind DelayKind, name Name) Delay {
	if kind == Slice {
		return Delay{Kind: Slice, Func: Callee{Name: name}}
	}
	return Delay{Kind: kind, Delays: []Length{Named[time.Duration](name)}}
}

// defaultBase is the growth of exponential(f).
const defaultBase = 2

// At returns the wait before a retry, counted from 1, without jitter and cap. It is never negative, and saturates at the
// largest duration. It reports false if only the running program knows the wait.
func (d Delay) At(n int) (time.Duration, bool) {
	if d.Kind == Func || d.Kind == Slice {
		return 0, false
	}
	if len(d.Delays) == 0 {
		return 0, true
	}
	at := 0
	if d.Kind == List {
		at = min(max(n, 1), len(d.Delays)) - 1
	}
	first, ok := d.Delays[at].Known()
	switch d.Kind {
	case Exponential:
		base, known := d.Base.Known()
		if !known && (n <= 1 || d.Delays[0].is(0)) {
			base, known = defaultBase, true // any would do
		}
		return retry.Exponential(first, base, n), ok && known
	case Linear:
		return retry.Linear(first, n), ok
	case Fibonacci:
		return retry.Fibonacci(first, n), ok
	}
	return first, ok
}

// Known reports whether all waits of the schedule are known.
func (d Delay) Known() bool {
	unknown := func(wait Length) bool { _, ok := wait.Known(); return !ok }
	_, ok := d.Base.Known()
	return d.Kind != Func && d.Kind != Slice && ok && !slices.ContainsFunc(d.Delays, unknown)
}

// names lists the name of a schedule that is a name alone or a call, and the names of the arguments.
func (d Delay) names() []ErrorName {
	if d.Func.Name == "" {
		return nil
	}
	return d.Func.names()
}

// IsZero reports whether every wait is known to be 0.
func (d Delay) IsZero() bool {
	return d.Kind != Func && d.Kind != Slice && !slices.ContainsFunc(d.Delays, func(wait Length) bool { return !wait.is(0) })
}

// String prints the delay as an option's value.
func (d Delay) String() string {
	var entries []string
	for _, entry := range d.Delays {
		entries = append(entries, entry.text(time.Duration.String))
	}
	list := strings.Join(entries, ",")
	switch d.Kind {
	case List:
		return "[" + list + "]"
	case Exponential:
		if d.Base == Written[float64](defaultBase) {
			return "exponential(" + list + ")"
		}
		return "exponential(" + list + ",base=" + d.Base.text(printDecimal) + ")"
	case Linear:
		return "linear(" + list + ")"
	case Fibonacci:
		return "fibonacci(" + list + ")"
	case Func, Slice:
		return d.Func.text()
	}
	return list
}

var forms = []string{"exponential", "linear", "fibonacci"}

func parseDelay(text string) (Delay, error) {
	if strings.ContainsAny(text, "()") {
		if name, _, _ := strings.Cut(text, "("); !slices.Contains(forms, name) {
			if call, err := parseCallee(text); err == nil {
				return Delay{Kind: Func, Func: call}, nil
			}
		}
		return parseForm(text)
	}
	if strings.ContainsAny(text, ",[]") {
		return parseList(text)
	}
	if numeric(text) {
		wait, err := parseDuration(text)
		return Delay{Kind: Fixed, Delays: []Length{Written(wait)}}, err
	}
	if slices.Contains(forms, text) {
		return Delay{}, fmt.Errorf("want %s(first), such as %s(2)", text, text)
	}
	name, err := parseName(text)
	if err != nil {
		return Delay{}, err
	}
	return Delay{Kind: Func, Func: Callee{Name: name}}, nil
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
	first, err := parseLength(firstText)
	if err != nil {
		return Delay{}, err
	}
	delay := Delay{Delays: []Length{first}}
	switch name {
	case "exponential":
		delay.Kind, delay.Base = Exponential, Written[float64](defaultBase)
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

func parseBase(text string) (Factor, error) {
	value, ok := strings.CutPrefix(text, "base=")
	if !ok {
		return Factor{}, fmt.Errorf("exponential takes base= after the first wait, not %s", Quoted(text))
	}
	if name, err := parseOperand(value); err == nil {
		return Named[float64](name), nil
	}
	base, err := decimal(value)
	switch {
	case err != nil:
		return Factor{}, err
	case base <= 0:
		return Factor{}, errors.New("base must be more than 0")
	case base > maxFactor:
		return Factor{}, fmt.Errorf("want a base of at most %.0f", maxFactor)
	}
	return Written(base), nil
}

func parseList(text string) (Delay, error) {
	inner := text
	if strings.HasPrefix(text, "[") || strings.HasSuffix(text, "]") {
		if len(text) < 2 || text[0] != '[' || text[len(text)-1] != ']' {
			return Delay{}, errors.New("want a list with both brackets, or with none")
		}
		inner = text[1 : len(text)-1]
	}
	var delays []Length
	for entry := range strings.SplitSeq(inner, ",") {
		if entry == "" {
			return Delay{}, errors.New("an entry of the list is empty; want durations with commas between them")
		}
		wait, err := parseLength(entry)
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

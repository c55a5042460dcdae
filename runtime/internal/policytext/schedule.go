package policytext

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Kind says how waits follow one another.
type Kind uint8

// The kinds of schedules.
const (
	Fixed Kind = iota
	List
	Exponential
	Linear
	Fibonacci
)

// Schedule is the value of delay=. It is comparable, and nothing is parsed when it is used.
type Schedule struct {
	Kind  Kind
	First time.Duration
	Base  float64 // of Exponential, > 0
	list  string  // of List: the waits, eight bytes each
}

// defaultBase is the growth of exponential(f).
const defaultBase = 2

// forms are the schedules that are written with parentheses.
var forms = map[string]Kind{"exponential": Exponential, "linear": Linear, "fibonacci": Fibonacci}

// listOf returns the schedule of a list.
func listOf(waits []time.Duration) Schedule {
	if len(waits) == 1 {
		return Schedule{First: waits[0]}
	}
	var list []byte
	for _, wait := range waits {
		list = binary.BigEndian.AppendUint64(list, uint64(wait))
	}
	return Schedule{Kind: List, First: waits[0], list: string(list)}
}

// Len returns the number of waits in a list.
func (s Schedule) Len() int { return len(s.list) / 8 }

// Entry returns one wait of a list, counted from 0.
func (s Schedule) Entry(i int) time.Duration {
	var wait uint64
	for _, b := range []byte(s.list[8*i : 8*i+8]) {
		wait = wait<<8 | uint64(b)
	}
	return time.Duration(wait)
}

// isZero reports whether every wait is 0.
func (s Schedule) isZero() bool { return s.First == 0 && strings.Trim(s.list, "\x00") == "" }

// String prints the schedule as a value of delay=.
func (s Schedule) String() string {
	switch s.Kind {
	case List:
		entries := make([]string, s.Len())
		for i := range entries {
			entries[i] = s.Entry(i).String()
		}
		return "[" + strings.Join(entries, ",") + "]"
	case Exponential:
		if s.Base != defaultBase {
			return "exponential(" + s.First.String() + ",base=" + printDecimal(s.Base) + ")"
		}
		return "exponential(" + s.First.String() + ")"
	case Linear:
		return "linear(" + s.First.String() + ")"
	case Fibonacci:
		return "fibonacci(" + s.First.String() + ")"
	}
	return s.First.String()
}

func parseSchedule(text string) (Schedule, error) {
	_, form := forms[text]
	switch {
	case strings.ContainsAny(text, "()"):
		return parseForm(text)
	case strings.ContainsAny(text, ",[]"):
		return parseList(text)
	case form:
		return Schedule{}, fmt.Errorf("want %s(first), such as %s(2)", text, text)
	case !isDigits(text[:1]):
		if name := near(text, "exponential", "linear", "fibonacci"); name != "" {
			return Schedule{}, fmt.Errorf("did you mean %s(2)?", name)
		}
	}
	wait, err := ParseDuration(text)
	return Schedule{First: wait}, err
}

// parseForm reads exponential(2,base=3) and the like.
func parseForm(text string) (Schedule, error) {
	name, rest, _ := strings.Cut(text, "(")
	kind, known := forms[name]
	if !known {
		if meant := near(name, "exponential", "linear", "fibonacci"); meant != "" {
			return Schedule{}, fmt.Errorf("no schedule is called %s: did you mean %s(…)?", Quoted(name), meant)
		}
		return Schedule{}, fmt.Errorf("no schedule is called %s: want exponential(2), linear(2) or fibonacci(1)", Quoted(name))
	}
	inner, closed := strings.CutSuffix(rest, ")")
	if !closed || strings.ContainsAny(inner, "()") {
		return Schedule{}, fmt.Errorf("want %s(first), with one pair of parentheses", name)
	}
	first, base, more := strings.Cut(inner, ",")
	if first == "" {
		return Schedule{}, fmt.Errorf("want %s(first), such as %s(2)", name, name)
	}
	wait, err := ParseDuration(first)
	s := Schedule{Kind: kind, First: wait}
	switch {
	case err != nil:
		return Schedule{}, err
	case more && kind != Exponential:
		return Schedule{}, fmt.Errorf("%s takes the first wait alone", name)
	case more:
		s.Base, err = parseBase(base)
	case kind == Exponential:
		s.Base = defaultBase
	}
	return s, err
}

func parseBase(text string) (float64, error) {
	value, named := strings.CutPrefix(text, "base=")
	if !named {
		return 0, fmt.Errorf("exponential takes base= after the first wait, not %s", Quoted(text))
	}
	base, err := parseDecimal(value)
	if err == nil && base == 0 {
		err = errors.New("base must be more than 0")
	}
	if err == nil && base > maxFactor {
		err = fmt.Errorf("want a base of at most %s", printDecimal(maxFactor))
	}
	return base, err
}

func parseList(text string) (Schedule, error) {
	inner, opened := strings.CutPrefix(text, "[")
	inner, closed := strings.CutSuffix(inner, "]")
	if opened != closed {
		return Schedule{}, errors.New("want a list with both brackets, or with none")
	}
	var waits []time.Duration
	for _, entry := range strings.Split(inner, ",") {
		if entry == "" {
			return Schedule{}, errors.New("an entry of the list is empty; want durations with commas between them")
		}
		wait, err := ParseDuration(entry)
		if err != nil {
			return Schedule{}, err
		}
		waits = append(waits, wait)
	}
	return listOf(waits), nil
}

// maxFactor bounds factors, bases and percentages above a delay.
const maxFactor = 1e6

// parseDecimal reads decimal digits with an optional fraction. A number that a float64 does not hold as it is written is
// an error.
func parseDecimal(text string) (float64, error) {
	if !isDecimal(text) {
		return 0, fmt.Errorf("%s is not a number; want decimal digits, such as 2 or 1.5", Quoted(text))
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return 0, fmt.Errorf("%s is too large", Quoted(text))
	}
	plain := strings.TrimLeft(text, "0")
	if strings.Contains(plain, ".") {
		plain = strings.TrimRight(strings.TrimRight(plain, "0"), ".")
	}
	if plain == "" || plain[0] == '.' {
		plain = "0" + plain
	}
	if plain != printDecimal(f) {
		return 0, fmt.Errorf("%s has more digits than a float64 holds; want at most 15", Quoted(text))
	}
	return f, nil
}

func printDecimal(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }

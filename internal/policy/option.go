package policy

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/retrygen/retrygen/runtime/retry"
)

// Option describes one option of the language.
type Option struct {
	Name    string
	Values  string // how its values are written
	Meaning string

	field func(*Policy) field
	parse func(f field, value string) error // nil error means that f has been given its value
	print func(f field) string
	fixed bool // "none" has no meaning: the option is never inherited
}

// Options lists the language, in the order in which policies are printed.
func Options() []Option { return slices.Clone(options) }

var options = []Option{
	{
		Name: "retries", Values: "0, 1, 2, … or unlimited", Meaning: "retries after the first attempt",
		field: func(p *Policy) field { return &p.Retries },
		parse: value(parseRetries), print: text(printRetries),
	},
	{
		Name: "delay", Values: "5, 250ms, 1,2,4,8, exponential(2), exponential(2,base=3), linear(2), fibonacci(1) or a function", Meaning: "the waits between attempts; bare numbers are seconds",
		field: func(p *Policy) field { return &p.Delay },
		parse: value(parseDelay), print: text(Delay.String),
	},
	{
		Name: "jitter", Values: "a factor such as 3, 20%, full, equal or decorrelated", Meaning: "spreads the waits",
		field: func(p *Policy) field { return &p.Jitter },
		parse: value(parseJitter), print: text(Jitter.String),
	},
	{
		Name: "cap", Values: "a duration", Meaning: "no wait is longer",
		field: func(p *Policy) field { return &p.Cap },
		parse: value(parsePositive), print: text(printDuration),
	},
	{
		Name: "timeout", Values: "a duration", Meaning: "the time that one attempt gets",
		field: func(p *Policy) field { return &p.Timeout },
		parse: value(parsePositive), print: text(printDuration),
	},
	{
		Name: "within", Values: "a duration", Meaning: "no retry begins later than this after the call began",
		field: func(p *Policy) field { return &p.Within },
		parse: value(parsePositive), print: text(printDuration),
	},
	{
		Name: "if", Values: "a function", Meaning: "decides whether to retry",
		field: func(p *Policy) field { return &p.If },
		parse: value(parseName), print: text(printName),
	},
	{
		Name: "on", Values: "errors and error types, such as ErrBusy,*net.OpError", Meaning: "retry these only",
		field: func(p *Policy) field { return &p.On },
		parse: value(parseErrors), print: text(printErrors),
	},
	{
		Name: "except", Values: "errors and error types", Meaning: "never retry these",
		field: func(p *Policy) field { return &p.Except },
		parse: value(parseErrors), print: text(printErrors),
	},
	{
		Name: "budget", Values: "a variable", Meaning: "a *retry.Budget that callers share",
		field: func(p *Policy) field { return &p.Budget },
		parse: value(parseName), print: text(printName),
	},
	{
		Name: "notify", Values: "a function", Meaning: "called when a retry has been decided, before its wait",
		field: func(p *Policy) field { return &p.Notify },
		parse: value(parseName), print: text(printName),
	},
	{
		Name: "discard", Values: "a function", Meaning: "releases the results of an attempt that will be retried",
		field: func(p *Policy) field { return &p.Discard },
		parse: value(parseName), print: text(printName),
	},
	{
		Name: "checkpoint", Values: "nothing, or durable", Meaning: "a retried flow does not run the task again",
		field: func(p *Policy) field { return &p.Checkpoint },
		parse: value(parseCheckpoint), print: text(func(s string) string { return s }),
	},
	{
		Name: "policy", Values: "a string constant", Meaning: "start from the options in it",
		field: func(p *Policy) field { return &p.Policy },
		parse: value(parseName), print: text(printName), fixed: true,
	},
	{
		Name: "as", Values: "an identifier", Meaning: "the name of the generated function",
		field: func(p *Policy) field { return &p.As },
		parse: value(parseIdentifier), print: text(func(s string) string { return s }), fixed: true,
	},
}

// value makes a parser of one type of value fit every option's field.
func value[T any](parse func(string) (T, error)) func(field, string) error {
	return func(f field, text string) error {
		v, err := parse(text)
		if err != nil {
			return err
		}
		s := f.(*Setting[T])
		s.State, s.Value = Set, v
		return nil
	}
}

// text makes a printer of one type of value fit every option's field.
func text[T any](print func(T) string) func(field) string {
	return func(f field) string { return print(f.(*Setting[T]).Value) }
}

func parseRetries(text string) (int, error) {
	if text == "unlimited" {
		return Unlimited, nil
	}
	if !digits(text) {
		return 0, errors.New("want 0, 1, 2, … or unlimited")
	}
	n, err := strconv.ParseInt(text, 10, 32)
	if err != nil {
		return 0, fmt.Errorf("too many; want at most %d, or unlimited", 1<<31-1)
	}
	return int(n), nil
}

func printRetries(n int) string {
	if n < 0 {
		return "unlimited"
	}
	return strconv.Itoa(n)
}

func parsePositive(text string) (time.Duration, error) {
	d, err := retry.ParseDuration(text)
	if err == nil && d == 0 {
		err = errors.New("want more than 0")
	}
	return d, err
}

// printDuration writes a duration so that it reads back exactly.
func printDuration(d time.Duration) string { return d.String() }

func parseCheckpoint(text string) (string, error) {
	if text != "durable" {
		return "", errors.New("want checkpoint, or checkpoint=durable")
	}
	return text, nil
}

// digits reports whether a text is one or more decimal digits.
func digits(text string) bool {
	for _, c := range []byte(text) {
		if c < '0' || c > '9' {
			return false
		}
	}
	return text != ""
}

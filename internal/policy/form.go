package policy

import (
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/retrygen/retrygen/runtime/retry"
)

// Kind is what the values of an option are.
type Kind uint8

// The kinds of values.
const (
	Count      Kind = iota // a number of retries or attempts
	Schedule               // a Delay
	Spread                 // a Jitter
	Duration               // a duration that is not 0
	Function               // the name of a function
	Variable               // the name of a variable
	Errors                 // names of errors and of error types
	Flag                   // nothing, or a word
	Word                   // one word
	Constant               // the name of a policy constant
	Identifier             // an identifier that generated code declares
)

// form is how values of one kind are read and written. An option is bound to the form of its values by define, so that
// what holds for a kind, such as the names in its values, is said once.
type form[T any] struct {
	kind   Kind
	values string
	bare   bool // the option may stand without a value
	parse  func(text string) (T, error)
	print  func(T) string
	names  func(T) []ErrorName // nil if values hold no names

	// operands returns the names in place of numbers; nil if values hold none.
	operands func(*T) []Operand
}

// codec is a form that has been bound to the field of an option.
type codec struct {
	setting func(*Policy) setting
	bare    bool
	read    func(p *Policy, text string) error // an error leaves the field's value as it is
	print   func(*Policy) string
	names   func(*Policy) []ErrorName

	operands func(*Policy) []Operand
}

// define binds an option to its field and to the form of its values.
func define[T any](name string, field func(*Policy) *Setting[T], f form[T], o Option) Option {
	o.Name, o.Kind, o.Values = name, f.kind, f.values
	o.codec = codec{
		setting: func(p *Policy) setting { return field(p) },
		bare:    f.bare,
		read: func(p *Policy, text string) error {
			value, err := f.parse(text)
			if err == nil {
				field(p).Value, field(p).State = value, Set
			}
			return err
		},
		print: func(p *Policy) string { return f.print(field(p).Value) },
		names: func(p *Policy) []ErrorName {
			if f.names == nil || !field(p).IsSet() {
				return nil
			}
			return f.names(field(p).Value)
		},
		operands: func(p *Policy) []Operand {
			if f.operands == nil || !field(p).IsSet() {
				return nil
			}
			return f.operands(&field(p).Value)
		},
	}
	return o
}

func itself(text string) string        { return text }
func single(name Name) []ErrorName     { return []ErrorName{{Name: name}} }
func all(list []ErrorName) []ErrorName { return list }

// The forms.
var (
	retries = form[RetryCount]{
		kind: Count, values: "0, 1, 2, … or unlimited", parse: parseRetries, print: RetryCount.text, operands: (*RetryCount).operands,
	}
	attempts = form[RetryCount]{
		kind: Count, values: "1, 2, …", parse: parseAttempts, print: RetryCount.text, operands: (*RetryCount).operands,
	}
	schedule = form[Delay]{
		kind: Schedule, values: "5, 250ms, 1,2,4,8, exponential(2), exponential(2,base=3), linear(2), fibonacci(1), a function or a call of one",
		parse: parseDelay, print: Delay.String, names: Delay.names, operands: (*Delay).operands,
	}
	spread = form[Jitter]{
		kind: Spread, values: "a factor such as 3, 20%, +20%, -20%, 100ms, full, equal or decorrelated",
		parse: parseJitter, print: Jitter.String, operands: (*Jitter).operands,
	}
	function      = form[Callee]{kind: Function, values: "a function, or a call of one", parse: parseCallee, print: Callee.text, names: Callee.names}
	duration      = form[Length]{kind: Duration, values: "a duration", parse: parsePositive, print: printLength, operands: limit}
	variable      = form[Name]{kind: Variable, values: "a variable", parse: parseName, print: Name.text, names: single}
	stringConst   = form[Name]{kind: Constant, values: "a string constant, or a retry.Policy", parse: parseName, print: Name.text, names: single}
	identifier    = form[string]{kind: Identifier, values: "an identifier", parse: parseIdentifier, print: itself}
	flagOrDurable = form[string]{kind: Flag, values: "nothing, or durable", bare: true, parse: parseCheckpoint, print: itself}
	errorNames    = form[[]ErrorName]{
		kind: Errors, values: "errors and error types, such as ErrBusy,*net.OpError", parse: parseErrors, print: printErrors, names: all,
	}
)

// maxRetries leaves room for the first attempt in an int of 32 bits.
const maxRetries = 1<<31 - 2

func parseRetries(text string) (RetryCount, error) {
	if text == "unlimited" {
		return RetryCount{Number: Written(Unlimited)}, nil
	}
	return parseCount(text, "want 0, 1, 2, … or unlimited")
}

// parseAttempts reads a number of attempts, the first included.
func parseAttempts(text string) (RetryCount, error) {
	c, err := parseCount(text, "want 1, 2, …")
	c.Attempts = true
	switch {
	case text == "unlimited":
		err = &MisspelledError{"write retries=unlimited", Misspelling{"attempts=unlimited", "retries=unlimited"}}
	case err == nil && c.is(0) && c.name == "":
		err = errors.New("the first attempt counts; want 1, 2, …")
	case err == nil && c.name == "":
		c.value--
	}
	return c, err
}

// parseCount reads a number of times or a name that stands for it.
func parseCount(text, want string) (RetryCount, error) {
	if name, err := parseOperand(text); err == nil {
		return RetryCount{Number: Named[int](name)}, nil
	}
	if !digits(text) {
		return RetryCount{}, errors.New(want)
	}
	n, err := strconv.ParseInt(text, 10, 32)
	if err != nil || n > maxRetries {
		return RetryCount{}, fmt.Errorf("too many; want at most %d, or unlimited", maxRetries)
	}
	return RetryCount{Number: Written(int(n))}, nil
}

func printLength(n Length) string { return n.text(time.Duration.String) }

func printRetries(n int) string {
	if n < 0 {
		return "unlimited"
	}
	return strconv.Itoa(n)
}

// parseDuration reads a duration. Its errors quote the text as Quoted does.
func parseDuration(text string) (time.Duration, error) {
	d, err := retry.ParseDuration(text)
	if err != nil {
		return 0, requoted(err, text)
	}
	return d, nil
}

// parseLength reads a duration or a name that stands for it.
func parseLength(text string) (Length, error) {
	if name, err := parseOperand(text); err == nil {
		return Named[time.Duration](name), nil
	}
	d, err := parseDuration(text)
	return Written(d), err
}

func parsePositive(text string) (Length, error) {
	d, err := parseLength(text)
	if err == nil && d.is(0) {
		err = errors.New("want more than 0")
	}
	return d, err
}

// oneWord is the form of an option with one value.
func oneWord(value string) form[string] {
	return form[string]{kind: Word, values: value, print: itself, parse: func(text string) (string, error) {
		if near, ok := Nearest(text, []string{value}); ok {
			return "", &MisspelledError{"did you mean " + near + "?", Misspelling{text, near}}
		}
		if text != value {
			return "", errors.New("want " + value)
		}
		return text, nil
	}}
}

// noValues are the values of an option without one.
const noValues = "nothing"

// flag is the form of an option without a value.
func flag(name string) form[string] {
	return form[string]{kind: Flag, values: noValues, bare: true, print: itself, parse: func(string) (string, error) {
		return "", errors.New("want " + name + " without a value")
	}}
}

func parseCheckpoint(text string) (string, error) {
	if near, ok := Nearest(text, []string{"durable"}); ok && near != text {
		return "", &MisspelledError{"did you mean durable?", Misspelling{text, near}}
	}
	if text != "durable" {
		return "", errors.New("want checkpoint, or checkpoint=durable")
	}
	return text, nil
}

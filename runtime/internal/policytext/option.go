package policytext

import (
	"errors"
	"fmt"
	"strconv"
	"time"
)

// option is one option of the language.
type option struct {
	bit    Options
	name   string
	values string // how its values are written
	read   func(v *Values, value string) error
	print  func(v *Values) string
	copy   func(to, from *Values)
}

// options are in the order in which policies are printed. Attempts are another spelling of retries.
var options = []option{
	retries,
	define(Delay, "delay", func(v *Values) *Schedule { return &v.Delay }, parseSchedule, Schedule.String,
		"5, 250ms, 1,2,4,8, exponential(2), exponential(2,base=3), linear(2) or fibonacci(1)"),
	define(Jitter, "jitter", func(v *Values) *Spread { return &v.Jitter }, parseSpread, Spread.String,
		"a factor such as 3, 20%, +20%, -20%, 100ms, +100ms, -100ms, full, equal or decorrelated"),
	limit(Cap, "cap", func(v *Values) *time.Duration { return &v.Cap }),
	limit(Timeout, "timeout", func(v *Values) *time.Duration { return &v.Timeout }),
	limit(Within, "within", func(v *Values) *time.Duration { return &v.Within }),
	limit(Reset, "reset", func(v *Values) *time.Duration { return &v.Reset }),
}

var (
	retries  = define(Retries, "retries", number, parseRetries, printRetries, "0, 1, 2, … or unlimited")
	attempts = define(Retries, "attempts", number, parseAttempts, printRetries, "1, 2, …")
)

func number(v *Values) *int { return &v.Retries }

// define returns an option whose value is a field.
func define[T any](
	bit Options, name string, field func(*Values) *T, parse func(string) (T, error), print func(T) string, values string,
) option {
	return option{
		bit: bit, name: name, values: values,
		read: func(v *Values, text string) (err error) {
			*field(v), err = parse(text)
			return err
		},
		print: func(v *Values) string { return print(*field(v)) },
		copy:  func(to, from *Values) { *field(to) = *field(from) },
	}
}

// limit returns an option whose value is a duration of more than 0.
func limit(bit Options, name string, field func(*Values) *time.Duration) option {
	return define(bit, name, field, parseLimit, time.Duration.String, "a duration")
}

func parseLimit(text string) (time.Duration, error) {
	d, err := ParseDuration(text)
	if err == nil && d == 0 {
		err = errors.New("want more than 0")
	}
	return d, err
}

// maxRetries leaves room for the first attempt in an int of 32 bits.
const maxRetries = 1<<31 - 2

// unlimited is retry.Unlimited.
const unlimited = -1

func parseRetries(text string) (int, error) {
	if text == "unlimited" {
		return unlimited, nil
	}
	return parseCount(text, "want 0, 1, 2, … or unlimited")
}

// parseAttempts returns attempts as retries.
func parseAttempts(text string) (int, error) {
	if text == "unlimited" {
		return 0, errors.New("write retries=unlimited")
	}
	n, err := parseCount(text, "want 1, 2, …")
	if err == nil && n == 0 {
		err = errors.New("the first attempt counts; want 1, 2, …")
	}
	return n - 1, err
}

// parseCount reads a whole number.
func parseCount(text, want string) (int, error) {
	if !isDigits(text) {
		return 0, errors.New(want)
	}
	n, err := strconv.ParseInt(text, 10, 32)
	if err != nil || n > maxRetries {
		return 0, fmt.Errorf("too many; want at most %d, or unlimited", maxRetries)
	}
	return int(n), nil
}

func printRetries(n int) string {
	if n < 0 {
		return "unlimited"
	}
	return strconv.Itoa(n)
}

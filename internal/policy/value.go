package policy

import "time"

// Number is a number of a policy: one that is written, a constant by its name, or a value that only the running program
// knows. The zero value is a written 0.
type Number[T int | float64 | time.Duration] struct {
	value T
	name  Name // "" for a number that is written
	bound bool // the name is a constant's, and the value is known
}

// Length is a duration of a policy.
type Length = Number[time.Duration]

// Factor is a factor, a base or a percentage of a policy.
type Factor = Number[float64]

// Written returns a number that is written.
func Written[T int | float64 | time.Duration](value T) Number[T] { return Number[T]{value: value} }

// Named returns a number that is known by its name alone.
func Named[T int | float64 | time.Duration](name Name) Number[T] { return Number[T]{name: name} }

// Known returns the number. It reports false if only the running program knows it.
func (n Number[T]) Known() (value T, ok bool) {
	if n.name != "" && !n.bound {
		return 0, false
	}
	return n.value, true
}

// Name returns the name that stands for the number, "" if it is written.
func (n Number[T]) Name() Name { return n.name }

// is reports whether the number is known to have a value.
func (n Number[T]) is(value T) bool {
	known, ok := n.Known()
	return ok && known == value
}

// text prints the number as an option's value.
func (n Number[T]) text(print func(T) string) string {
	if n.name != "" {
		return string(n.name)
	}
	return print(n.value)
}

// RetryCount is a number of retries, or Unlimited. It may be given as a number of attempts.
type RetryCount struct {
	Number[int]
	Attempts bool // it was written as attempts=; the name, if there is one, is of a number of attempts
}

func (c RetryCount) text() string { return c.Number.text(printRetries) }

// Package policy is the language of retry directives: one string of options in, one typed [Policy] out.
//
//	p, problems := policy.Parse("retries=4 delay=exponential(2) jitter=3 if=worthRetrying", 0)
//
// gives p.Retries.Value = 4, p.Delay.Value.At(3) = 8s, and no problems. Every mistake comes back with the byte
// offset of the option it is in, and with what would be right:
//
//	policy.Parse("retires=4", 0) // 0: unknown option "retires": did you mean "retries"?
//
// A policy is a set of options, each absent, cleared by "none", or set. [Policy.Join] puts several lines together,
// [Policy.Or] lets one inherit from another, [Policy.Check] finds what cannot hold together, and [Policy.String]
// prints what parses to the same policy again. Names stay names here; what they mean is for a package that knows Go.
package policy

import (
	"time"

	"github.com/retrygen/retrygen/runtime/retry"
)

// Unlimited is the number of retries that never run out.
const Unlimited = retry.Unlimited

// State says what was written about an option.
type State uint8

// The states of an option.
const (
	Absent State = iota // nothing was written
	None                // "option=none": what would be inherited is cleared
	Set
)

// Setting is one option. The zero value is absent.
type Setting[T any] struct {
	State State
	Value T
	Pos   int // where the option's word begins
}

// IsSet reports whether the option has a value.
func (s Setting[T]) IsSet() bool { return s.State == Set }

// Policy is a set of options. The zero value has none.
type Policy struct {
	Retries    Setting[int] // retries after the first attempt; Unlimited
	Delay      Setting[Delay]
	Jitter     Setting[Jitter]
	Cap        Setting[time.Duration] // > 0, as are the next two
	Timeout    Setting[time.Duration]
	Within     Setting[time.Duration]
	If         Setting[Name]
	On         Setting[[]ErrorName]
	Except     Setting[[]ErrorName]
	Budget     Setting[Name]
	Notify     Setting[Name]
	Discard    Setting[Name]
	Checkpoint Setting[string] // "" or "durable"
	Policy     Setting[Name]
	As         Setting[string]
}

// Name is a name as it was written: "fn", ".method", "pkg.Fn", "value.Method", "net/http.ErrServerClosed".
type Name string

// ErrorName is an entry of on= or except=.
type ErrorName struct {
	Pointer bool // written with a star
	Name    Name
}

// String gives the entry as it is written.
func (e ErrorName) String() string {
	if e.Pointer {
		return "*" + string(e.Name)
	}
	return string(e.Name)
}

// Problem is a mistake, at the position of the option that has to change.
type Problem struct {
	Pos     int
	Message string
	Misspelling
}

// Misspelling says what stands where something known was likely meant: from the problem's position on, the first
// Written is to become Right. The zero value suggests nothing.
type Misspelling struct{ Written, Right string }

// MisspelledError is an error that a misspelling explains.
type MisspelledError struct {
	Message string
	Misspelling
}

// Error gives the message.
func (e *MisspelledError) Error() string { return e.Message }

// field is one option of a policy, whatever its type, so that what holds for all options is said once.
type field interface {
	state() State
	pos() int
	move(pos int)
	clear()
	inherit(from field)
}

func (s *Setting[T]) state() State { return s.State }
func (s *Setting[T]) pos() int     { return s.Pos }
func (s *Setting[T]) move(pos int) { s.Pos = pos }
func (s *Setting[T]) clear()       { s.State = None }

func (s *Setting[T]) inherit(from field) {
	if s.State == Absent {
		*s = *from.(*Setting[T])
	}
}

// Join puts the options of two lines on one function together. An option in both is a problem at the later one.
func (p Policy) Join(q Policy) (Policy, []Problem) {
	var problems []Problem
	for _, o := range options {
		mine, other := o.field(&p), o.field(&q)
		if mine.state() != Absent && other.state() != Absent {
			problems = append(problems, Problem{Pos: other.pos(), Message: o.Name + " given twice"})
			continue
		}
		mine.inherit(other)
	}
	return p, problems
}

// Or fills what p leaves open from what it inherits. An option that p clears stays cleared; the name of a function
// and that of a policy are not inherited.
func (p Policy) Or(inherited Policy) Policy {
	for _, o := range options {
		if o.Name != "as" && o.Name != "policy" {
			o.field(&p).inherit(o.field(&inherited))
		}
	}
	return p
}

// At gives a copy whose options all stand at one position.
func (p Policy) At(pos int) Policy {
	for _, o := range options {
		if f := o.field(&p); f.state() != Absent {
			f.move(pos)
		}
	}
	return p
}

// Positions lists where the options of a policy stand.
func (p Policy) Positions() []int {
	var list []int
	for _, o := range options {
		if f := o.field(&p); f.state() != Absent {
			list = append(list, f.pos())
		}
	}
	return list
}

// Check finds options that cannot hold together.
func (p Policy) Check() []Problem {
	var problems []Problem
	noDelay := p.Delay.State == None || p.Delay.IsSet() && p.Delay.Value.IsZero()
	if p.Retries.State == Absent || !noDelay {
		return nil // a delay is there, or the environment may give one
	}
	if p.Jitter.IsSet() {
		problems = append(problems, Problem{Pos: p.Jitter.Pos, Message: "jitter without a delay: there is no wait to spread; give delay= a value or drop jitter="})
	}
	if p.Cap.IsSet() {
		problems = append(problems, Problem{Pos: p.Cap.Pos, Message: "cap without a delay: there is no wait to cut; give delay= a value or drop cap="})
	}
	return problems
}

// Package advice says what is unwise about a policy: retries without an end or without a wait, waits beyond all use, options
// that do nothing. It asks the policy alone. So the linter says it of a directive, and "retrygen explain" of a policy in a
// configuration file, in the same words.
//
//	p, _ := policy.ParseValue("retries=4 delay=exponential(2)", 0)
//	for _, r := range advice.On(advice.Subject{Policy: p, MaxWait: advice.UsualWait, MaxRetries: advice.UsualRetries}) {
//		fmt.Println(r.Check, r.Pos, r.Message) // RL108 10 callers that fail together retry together, wave after wave; add jitter=1
//	}
//
// Each file has what one check of the linter asks of the policy. What needs more, such as the callers of a function, is the
// linter's.
package advice

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/retrygen/retrygen/internal/policy"
)

// Subject is a policy to look at.
type Subject struct {
	Name   string // of the function that is retried; "" for a policy that belongs to none
	Policy policy.Policy

	// Word returns the option that stands at a position, as it is written.
	Word func(pos int) string

	// Partial means that other places, which are not known, may say what the policy does not say. A policy that says both
	// retries and delay is taken as a whole.
	Partial bool

	Waits bool // something else makes attempts wait

	MaxWait    time.Duration // the longest wait that RL106 accepts
	MaxRetries int           // the most retries that RL109 accepts
}

// The limits that the checks have unless a flag says otherwise.
const (
	UsualWait    = time.Hour
	UsualRetries = 5
)

// Remark is something unwise about a policy.
type Remark struct {
	Check   string // the identifier of the linter's check
	Pos     int    // of the option that is unwise
	Message string
	Fix     Fix
}

// Fix is what would be right. The zero value is no fix.
type Fix struct {
	Pos    int    // of the option to change
	Option string // its name, with the equals sign
	Add    string // options to add behind it
	Write  string // what to write instead of it; it is dropped if both are ""
}

// IsZero reports whether there is no fix.
func (f Fix) IsZero() bool { return f == Fix{} }

// questions are what the checks ask of a policy, by their identifiers.
var questions = map[string]func(Subject) []Remark{
	"RL104": endless, "RL105": atOnce, "RL106": tooLong, "RL107": contradictions, "RL108": inStep, "RL109": tooMany, "RL111": unitless,
}

// By returns what one check remarks on a policy.
func By(check string, s Subject) []Remark {
	list := questions[check](s)
	for i := range list {
		list[i].Check = check
	}
	return list
}

// On returns what all checks remark on a policy, in the order of the positions. Of numbers that look like milliseconds it is
// not said as well that the waits are long.
func On(s Subject) []Remark {
	var list []Remark
	for check := range questions {
		list = append(list, By(check, s)...)
	}
	slices.SortFunc(list, func(a, b Remark) int {
		return cmp.Or(cmp.Compare(a.Pos, b.Pos), cmp.Compare(a.Check, b.Check), cmp.Compare(a.Message, b.Message))
	})
	return slices.DeleteFunc(list, func(r Remark) bool {
		return r.Check == "RL106" && slices.ContainsFunc(list, func(other Remark) bool {
			return other.Check == "RL111" && other.Pos == r.Pos
		})
	})
}

// call is what messages call what is retried.
func (s Subject) call() string { return cmp.Or(s.Name, "a call") }

// callers is what messages call those who call it.
func (s Subject) callers() string {
	if s.Name == "" {
		return "callers"
	}
	return "callers of " + s.Name
}

// whole reports whether nothing that matters to the waits can be said elsewhere.
func (s Subject) whole() bool {
	return !s.Partial || s.Policy.Retries.State != policy.Absent && s.Policy.Delay.State != policy.Absent
}

func remark(pos int, fix Fix, format string, args ...any) Remark {
	return Remark{Pos: pos, Fix: fix, Message: fmt.Sprintf(format, args...)}
}

// add returns the fix that adds options behind an option.
func add(pos int, option, options string) Fix { return Fix{Pos: pos, Option: option, Add: options} }

// instead returns the fix that writes something instead of an option, or drops it.
func instead(pos int, option, text string) Fix { return Fix{Pos: pos, Option: option, Write: text} }

// scheduled returns how many waits of a policy are to be looked at, and reports whether they are known.
func (s Subject) scheduled() (retries int, ok bool) {
	const many = 10_000
	pol := s.Policy
	if _, _, known := pol.Bounds(1); !known || !pol.Scheduled() {
		return 0, false
	}
	if !pol.Retries.IsSet() {
		return 1, true
	}
	if pol.Endless() {
		return many, true
	}
	n, known := pol.MaxRetries()
	return min(n, many), known && n > 0
}

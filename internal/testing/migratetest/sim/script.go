package sim

import (
	"fmt"
	"strings"
	"time"
)

// Params are values of a configuration.
type Params struct {
	N      int
	D, Max time.Duration
}

// When says when the context ends.
type When string

// The moments.
const (
	Never         When = ""
	Before        When = "before"
	DuringAttempt When = "during attempt"
	AfterAttempt  When = "after attempt"
	Deadline      When = "deadline"
)

// Reply is how an attempt ends, and after what time.
type Reply struct {
	Kind  Kind
	Takes time.Duration
}

// Script is a course of events.
type Script struct {
	Answers []Reply // the last one is repeated
	Heeds   bool    // attempts end with their context
	When    When
	Number  int           // of the attempt that When is about
	After   time.Duration // after that attempt, or until the deadline
	Params  Params
}

// String describes a script in a line.
func (s Script) String() string {
	var b strings.Builder
	for i, r := range s.Answers {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(string(r.Kind))
		if r.Takes > 0 {
			fmt.Fprintf(&b, " in %v", r.Takes)
		}
	}
	switch s.When {
	case Before:
		b.WriteString("; done before")
	case DuringAttempt:
		fmt.Fprintf(&b, "; done during attempt %d", s.Number)
	case AfterAttempt:
		fmt.Fprintf(&b, "; done %v after attempt %d", s.After, s.Number)
	case Deadline:
		fmt.Fprintf(&b, "; deadline %v", s.After)
	}
	if s.Heeds {
		b.WriteString("; attempts end with the context")
	}
	return fmt.Sprintf("%s; n=%d d=%v max=%v", b.String(), s.Params.N, s.Params.D, s.Params.Max)
}

// Soon is how long after an attempt a context ends, so that it ends the wait which follows. A wait that is drawn at random is hardly ever
// as short.
const Soon = time.Microsecond

// Scripts are those that sites are run with.
func Scripts() []Script {
	const ms, s = time.Millisecond, time.Second
	usual := Params{3, s, 4100 * ms}
	answers := func(kinds ...Kind) []Reply {
		var list []Reply
		for _, k := range kinds {
			list = append(list, Reply{Kind: k})
		}
		return list
	}
	list := []Script{
		{Answers: answers(OK)}, {Answers: answers(Down, OK)}, {Answers: answers(Down, Busy, OK)}, {Answers: answers(Down)},
		{Answers: answers(Fatal)}, {Answers: answers(Down, Wrapped)}, {Answers: answers(Busy, Down, Busy, Down)},
		{Answers: answers(Code503, Code404)}, {Answers: answers(Code503)}, {Answers: answers(Code503, OK)}, {Answers: answers(Own, Down)},
		{Answers: []Reply{{Down, 700 * ms}}}, {Answers: []Reply{{Down, 3 * s}, {Down, 3 * s}, {OK, s}}},
		{Answers: answers(Down), When: Before}, {Answers: answers(OK), When: Before}, {Answers: answers(Fatal), When: Before},
		{Answers: answers(OK), When: DuringAttempt, Number: 1}, {Answers: answers(Down, Fatal), When: DuringAttempt, Number: 2},
	}
	for n := 1; n <= 4; n++ {
		list = append(list,
			Script{Answers: answers(Down), When: DuringAttempt, Number: n},
			Script{Answers: []Reply{{Down, 500 * ms}}, Heeds: true, When: DuringAttempt, Number: n},
			Script{Answers: answers(Down), When: AfterAttempt, Number: n, After: Soon},
			Script{Answers: answers(Busy, Down, Down, OK), When: AfterAttempt, Number: n, After: 2517 * ms},
		)
	}
	for _, d := range []time.Duration{ms, 511 * ms, 1523 * ms, 3541 * ms, 20013 * ms} {
		list = append(list, Script{Answers: answers(Down), When: Deadline, After: d})
		list = append(list, Script{Answers: []Reply{{Down, 300 * ms}}, Heeds: true, When: Deadline, After: d})
	}
	for i := range list {
		list[i].Params = usual
	}
	for _, p := range []Params{
		{-1, s, 4100 * ms}, {0, s, 4100 * ms}, {1, s, 4100 * ms}, {2, 0, 0}, {4, -s, -s}, {5, s, 0}, {6, 3 * s, 2050 * ms},
		{60, s, 2100 * ms}, {60, time.Hour, 24*time.Hour + s},
		{5, 250 * ms, time.Hour}, {4, s, -1},
	} {
		list = append(list, Script{Answers: answers(Down), Params: p}, Script{Answers: answers(Down, Down, OK), Params: p},
			Script{Answers: answers(Down, Busy, Fatal), Params: p},
			Script{Answers: answers(Down), Params: p, When: AfterAttempt, Number: 1, After: Soon},
			Script{Answers: []Reply{{Down, 400 * ms}}, Params: p})
	}
	return list
}

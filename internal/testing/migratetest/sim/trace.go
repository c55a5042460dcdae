package sim

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/retrygen/retrygen/runtime/retry"
)

// Attempt is an attempt of a trace.
type Attempt struct {
	At, End time.Duration
	Arg     string // what it was called with
	Ctx     string // which context it had
	Err     string // how it ended
}

// Said is a note of a trace.
type Said struct {
	At    time.Duration
	Calls int // attempts made before
	Text  string
}

// Trace is what a site did.
type Trace struct {
	Calls  []Attempt
	Notes  []Said
	Ends   time.Duration
	DoneAt time.Duration // when its context was done; -1 if it was not
	Result string
	Err    string
	Type   string   // of the error
	Is     []string // the known errors in it
	Same   bool     // it is the last attempt's error itself
	Cut    bool     // there is a *retry.Error in it
	Cause  string   // its reason
	Panic  string
	Late   bool // attempts succeeded because it took so long
}

func (t *Trace) describe(err, last error) {
	if err == nil {
		return
	}
	t.Err, t.Type, t.Same = err.Error(), fmt.Sprintf("%T", err), err == last
	for _, known := range []error{ErrDown, ErrBusy, ErrFatal, ErrGaveUp, context.Canceled, context.DeadlineExceeded} {
		if errors.Is(err, known) {
			t.Is = append(t.Is, known.Error())
		}
	}
	if coded := (*Coded)(nil); errors.As(err, &coded) {
		t.Is = append(t.Is, coded.Error())
	}
	if cut := (*retry.Error)(nil); errors.As(err, &cut) {
		t.Cut, t.Cause = true, fmt.Sprint(cut.Reason)
	}
}

// String shows a trace.
func (t *Trace) String() string {
	var b strings.Builder
	for _, c := range t.Calls {
		fmt.Fprintf(&b, "  %v", c.At)
		if c.End != c.At {
			fmt.Fprintf(&b, "–%v", c.End)
		}
		fmt.Fprintf(&b, " %s (%s%s)", c.Err, c.Ctx, c.Arg)
	}
	fmt.Fprintf(&b, "  ends %v", t.Ends)
	for _, n := range t.Notes {
		fmt.Fprintf(&b, "\n      note %v/%d %s", n.At, n.Calls, n.Text)
	}
	if t.Result != "" {
		fmt.Fprintf(&b, "\n      result %s", t.Result)
	}
	if t.Err != "" {
		fmt.Fprintf(&b, "\n      error %q %s %v same=%t", t.Err, t.Type, t.Is, t.Same)
	}
	return b.String() + t.Panic
}

// Untimed returns a trace without the moments, for sites that draw their waits at random.
func (t *Trace) Untimed() *Trace {
	u := *t
	u.Calls, u.Notes, u.Ends = nil, nil, 0
	for _, c := range t.Calls {
		c.At, c.End = 0, 0
		u.Calls = append(u.Calls, c)
	}
	for _, n := range t.Notes {
		n.At = 0
		u.Notes = append(u.Notes, n)
	}
	return &u
}

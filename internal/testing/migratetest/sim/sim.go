// Package sim is what generated sites call: attempts that end as a script says, and a trace of what a site does.
//
//	trace := sim.Run(t, sim.Script{Answers: sim.Always(sim.Down)}, site)
//	fmt.Println(trace.Calls, trace.Err)
package sim

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"
)

// Errors of attempts, and one that sites return.
var (
	ErrDown   = errors.New("down")
	ErrBusy   = errors.New("busy")
	ErrFatal  = errors.New("fatal")
	ErrGaveUp = errors.New("gave up")
)

// Coded is an error with a number.
type Coded struct{ Code int }

func (c *Coded) Error() string { return fmt.Sprintf("code %d", c.Code) }

// Answer is a result of an attempt.
type Answer struct {
	Code int
	Text string
}

// Kind says how an attempt ends.
type Kind string

// The kinds. Those with a number end without an error, and have it in their result.
const (
	OK      Kind = "ok"
	Down    Kind = "down"
	Busy    Kind = "busy"
	Fatal   Kind = "fatal"
	Wrapped Kind = "wrapped fatal"
	Code503 Kind = "code 503"
	Code404 Kind = "code 404"
	Own     Kind = "own deadline" // context.DeadlineExceeded of a context of the attempt's own
)

// most is the number of attempts after which all succeed.
const most = 50

// longest is the time after which all succeed: the clock of a bubble must not overflow.
const longest = 40 * 365 * 24 * time.Hour

// running is the script that runs. Scripts run one after the other.
var running *run

type run struct {
	Script
	trace  *Trace
	began  time.Time
	cancel context.CancelFunc
	last   error
}

type key struct{}

// Call makes an attempt.
func Call(ctx context.Context) error {
	_, err := attempt(ctx, "")
	return err
}

// With makes an attempt with an argument.
func With(ctx context.Context, arg any) error {
	_, err := attempt(ctx, fmt.Sprint(arg))
	return err
}

// Get makes an attempt that has a text as its result, also one that fails.
func Get(ctx context.Context) (string, error) {
	kind, err := attempt(ctx, "")
	return fmt.Sprintf("text %d %s", len(running.trace.Calls), kind), err
}

// Ask makes an attempt whose result is nil where it fails. Codes are no errors.
func Ask(ctx context.Context) (*Answer, error) {
	_, err := attempt(ctx, "")
	if coded := (*Coded)(nil); errors.As(err, &coded) {
		return &Answer{Code: coded.Code}, nil
	}
	if err != nil {
		return nil, err
	}
	return &Answer{200, fmt.Sprint("answer ", len(running.trace.Calls))}, nil
}

// Try makes an attempt that reports whether it succeeded.
func Try(ctx context.Context) bool {
	_, err := attempt(ctx, "")
	return err == nil
}

func attempt(ctx context.Context, arg string) (Kind, error) {
	r := running
	number := len(r.trace.Calls)
	kind := OK
	var takes time.Duration
	r.trace.Late = r.trace.Late || time.Since(r.began) >= longest
	if number < most && !r.trace.Late {
		one := r.Answers[min(number, len(r.Answers)-1)]
		kind, takes = one.Kind, one.Takes
	}
	r.trace.Calls = append(r.trace.Calls, Attempt{At: time.Since(r.began), Arg: arg, Ctx: state(ctx)})
	if r.When == DuringAttempt && r.Number == number+1 {
		r.cancel()
	}
	if takes > 0 && r.Heeds {
		select {
		case <-time.After(takes):
		case <-ctx.Done():
			kind = Kind(ctx.Err().Error())
		}
	} else if takes > 0 {
		time.Sleep(takes)
	}
	if r.When == AfterAttempt && r.Number == number+1 {
		time.AfterFunc(r.After, r.cancel)
	}
	err := kind.err()
	if err == nil && kind != OK {
		err = ctx.Err()
	}
	one := &r.trace.Calls[number]
	one.End, one.Err = time.Since(r.began), string(kind)
	r.last = err
	return kind, err
}

// state says which context an attempt has: the caller's, which may be done, or another.
func state(ctx context.Context) string {
	switch {
	case ctx == nil:
		return "nil"
	case ctx.Value(key{}) == nil:
		return "other"
	case ctx.Err() != nil:
		return "done"
	}
	return "live"
}

func (k Kind) err() error {
	switch k {
	case Down:
		return ErrDown
	case Busy:
		return ErrBusy
	case Fatal:
		return ErrFatal
	case Wrapped:
		return fmt.Errorf("wrapped: %w", ErrFatal)
	case Code503:
		return &Coded{503}
	case Code404:
		return &Coded{404}
	case Own:
		return context.DeadlineExceeded
	}
	return nil
}

// Note keeps what a site says.
func Note(format string, args ...any) {
	for i, arg := range args {
		if d, ok := arg.(time.Duration); ok {
			args[i] = fmt.Sprintf("%.6gs", d.Seconds()) // 1.5 times a duration is rounded somehow
		}
	}
	running.trace.Notes = append(running.trace.Notes, Said{
		At: time.Since(running.began), Calls: len(running.trace.Calls), Text: fmt.Sprintf(format, args...),
	})
}

// IsFatal reports whether an error is not worth a retry.
func IsFatal(err error) bool { return errors.Is(err, ErrFatal) }

// Retryable reports whether an error is worth a retry.
func Retryable(err error) bool { return err != nil && !errors.Is(err, ErrFatal) }

// Run runs a site.
func Run(t *testing.T, s Script, site func(context.Context, Params) (string, error)) *Trace {
	trace := &Trace{DoneAt: -1}
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(context.WithValue(t.Context(), key{}, true))
		if s.When == Deadline {
			ctx, cancel = context.WithTimeout(ctx, s.After)
		}
		defer cancel()
		if s.When == Before {
			cancel()
		}
		r := &run{Script: s, trace: trace, began: time.Now(), cancel: cancel}
		running = r
		defer context.AfterFunc(ctx, func() {
			if trace.DoneAt < 0 {
				trace.DoneAt = time.Since(r.began)
			}
		})()
		if s.When == Before {
			trace.DoneAt = 0
		}
		r.end(ctx, site)
	})
	return trace
}

// end runs the site, and keeps how it ends.
func (r *run) end(ctx context.Context, site func(context.Context, Params) (string, error)) {
	returned := false
	defer func() {
		r.trace.Ends = time.Since(r.began)
		if p := recover(); p != nil || !returned {
			r.trace.Panic = fmt.Sprint("panic: ", p)
		}
	}()
	result, err := site(ctx, r.Params)
	returned = true
	r.trace.Result = result
	r.trace.describe(err, r.last)
}

package retry

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Decision says what was decided, most often after a failed attempt.
type Decision int

// The decisions.
const (
	Retry      Decision = iota + 1 // there will be another attempt
	GaveUp                         // retries ran out or were cut short
	Refused                        // the error is not one to retry
	Recovered                      // an attempt after the first succeeded
	Remembered                     // nothing was called: an earlier attempt of the flow had recorded the results
)

// String gives the decision in words.
func (d Decision) String() string {
	switch d {
	case Retry:
		return "retry"
	case GaveUp:
		return "gave up"
	case Refused:
		return "refused"
	case Recovered:
		return "recovered"
	case Remembered:
		return "remembered"
	}
	return fmt.Sprintf("Decision(%d)", int(d))
}

// Event is one decision of a wrapper. It never holds arguments or results.
type Event struct {
	Task     string        // "pkg.Func" or "pkg.Type.Method"
	Attempt  int           // the attempt that led to the decision, from 1; 0 for Remembered
	Retries  int           // retries in force, or Unlimited; 0 for Remembered
	Wait     time.Duration // before the next attempt, for Retry
	Err      error         // of the attempt; nil for Recovered and Remembered
	Decision Decision
	Reason   Reason // why retries were cut short, for GaveUp; else 0
}

// observer is one installed function; its address tells it apart from others.
type observer struct {
	observe func(context.Context, Event)
}

var (
	observers     atomic.Pointer[[]*observer]
	observersLock sync.Mutex
)

// Observe has a function called with every event of the process, in the goroutine that retries, before the wait. It
// gives a function that takes it out again. Several may be installed; they are called in that order. The function
// must be safe for concurrent use. Without any, nothing is reported.
func Observe(observe func(context.Context, Event)) (remove func()) {
	if observe == nil {
		return func() {}
	}
	installed := &observer{observe}
	change(func(list []*observer) []*observer { return append(slices.Clone(list), installed) })
	return func() {
		change(func(list []*observer) []*observer {
			return slices.DeleteFunc(slices.Clone(list), func(o *observer) bool { return o == installed })
		})
	}
}

func change(f func([]*observer) []*observer) {
	observersLock.Lock()
	defer observersLock.Unlock()
	var list []*observer
	if now := observers.Load(); now != nil {
		list = *now
	}
	list = f(list)
	observers.Store(&list)
}

// LogTo gives an observer that logs: a retry as a warning, giving up and refusing as errors, recovery
// and what is remembered as information.
// A nil logger means slog's default at the time of the event.
func LogTo(logger *slog.Logger) func(context.Context, Event) {
	return func(ctx context.Context, e Event) {
		to := logger
		if to == nil {
			to = slog.Default()
		}
		level := slog.LevelError
		switch e.Decision {
		case Retry:
			level = slog.LevelWarn
		case Recovered, Remembered:
			level = slog.LevelInfo
		}
		attrs := []slog.Attr{slog.String("task", e.Task)}
		if e.Attempt > 0 {
			attrs = append(attrs, slog.Int("attempt", e.Attempt))
		}
		if e.Attempt > 0 && e.Retries >= 0 {
			attrs = append(attrs, slog.Int("retries", e.Retries))
		}
		if e.Decision == Retry {
			attrs = append(attrs, slog.Duration("wait", e.Wait))
		}
		if e.Reason != 0 {
			attrs = append(attrs, slog.String("reason", e.Reason.String()))
		}
		if e.Err != nil {
			attrs = append(attrs, slog.Any("error", e.Err))
		}
		to.LogAttrs(ctx, level, "retry: "+e.Decision.String(), attrs...)
	}
}

// report passes an event on to those who watch: those of the context, then those of the process.
func report(ctx context.Context, options *settings, e Event) {
	if options != nil {
		for _, observe := range options.observers {
			observe(ctx, e)
		}
	}
	if list := observers.Load(); list != nil {
		for _, o := range *list {
			o.observe(ctx, e)
		}
	}
}

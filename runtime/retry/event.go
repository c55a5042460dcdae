package retry

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/retrygen/retrygen/runtime/internal/bridge"
)

// Decision says what a wrapper decided, in most cases after a failed attempt.
type Decision int

// The decisions.
const (
	DecisionRetry      Decision = iota + 1 // there will be another attempt
	DecisionGaveUp                         // retries ran out or were cut short
	DecisionRefused                        // the error is not to be retried
	DecisionRecovered                      // an attempt after the first succeeded
	DecisionRemembered                     // nothing was called: an earlier attempt of the flow had recorded the results
	DecisionSucceeded                      // the first attempt succeeded; only tasks and flows with the option observe report it
)

// decisions are the texts.
var decisions = [...]string{
	0:                  "no decision",
	DecisionRetry:      "retry",
	DecisionGaveUp:     "gave up",
	DecisionRefused:    "refused",
	DecisionRecovered:  "recovered",
	DecisionRemembered: "remembered",
	DecisionSucceeded:  "succeeded",
}

// String returns the decision in words.
func (d Decision) String() string {
	if d >= 0 && int(d) < len(decisions) {
		return decisions[d]
	}
	return fmt.Sprintf("Decision(%d)", int(d))
}

// Event is one decision of a wrapper. It never holds arguments or results.
type Event struct {
	Task     string        // the full name, such as "example.com/shop/pricing.FetchPrice"
	Attempt  int           // the attempt that led to the decision, from 1; 0 if there was none
	Retries  int           // the number of retries in force, or Unlimited; 0 for DecisionRemembered
	Wait     time.Duration // before the next attempt, for DecisionRetry
	Err      error         // of the attempt; nil if there was none, and for a success
	Elapsed  time.Duration // since the call began, if the policy has the wrapper read a clock when it begins; otherwise 0
	Decision Decision
	Reason   Reason // why retries were cut short, for DecisionGaveUp; ReasonWait for DecisionRefused; otherwise 0

	// For ReasonWait, the wait that was asked for and the longest that the policy allows. Otherwise 0.
	Asked, Limit time.Duration
}

// observer is an installed function. Its address tells it from others.
type observer struct {
	observe func(context.Context, Event)
}

var (
	observers     atomic.Pointer[[]*observer]
	observersLock sync.Mutex
)

// Observe installs a function that is called with every event of the process, in the goroutine that retries, before the
// wait. It returns a function that removes it again. Several may be installed; they are called in that order. The
// function must be safe for concurrent use. Without any, nothing is reported.
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

// LogTo returns an observer that logs to a logger: a retry as a warning, giving up and refusing as errors, recovery and
// remembered results and success as information. If the logger is nil, it is slog's default at the time of the event.
func LogTo(logger *slog.Logger) func(context.Context, Event) {
	return func(ctx context.Context, e Event) {
		to := logger
		if to == nil {
			to = slog.Default()
		}
		level := slog.LevelError
		switch e.Decision {
		case DecisionRetry:
			level = slog.LevelWarn
		case DecisionRecovered, DecisionRemembered, DecisionSucceeded:
			level = slog.LevelInfo
		}
		to.LogAttrs(ctx, level, "retry: "+e.Decision.String(), e.attrs()...)
	}
}

// attrs returns what is to be logged of an event.
func (e Event) attrs() []slog.Attr {
	attrs := []slog.Attr{slog.String("task", short(e.Task))}
	if e.Attempt > 0 {
		attrs = append(attrs, slog.Int("attempt", e.Attempt))
	}
	if e.Attempt > 0 && e.Retries >= 0 {
		attrs = append(attrs, slog.Int("retries", e.Retries))
	}
	if e.Decision == DecisionRetry {
		attrs = append(attrs, slog.Duration("wait", e.Wait))
	}
	if e.Reason != 0 {
		attrs = append(attrs, slog.String("reason", e.Reason.String()))
	}
	if e.Reason == ReasonWait {
		attrs = append(attrs, slog.Duration("asked", e.Asked), slog.Duration("limit", e.Limit))
	}
	if e.Elapsed > 0 {
		attrs = append(attrs, slog.Duration("elapsed", e.Elapsed))
	}
	if e.Err != nil {
		attrs = append(attrs, slog.Any("error", e.Err))
	}
	return attrs
}

// report passes an event to the observers of the context, then to the observers of the process.
func report(ctx context.Context, options *bridge.Settings[Event], e Event) {
	if options != nil {
		for _, observe := range options.Observers {
			observe(ctx, e)
		}
	}
	if list := observers.Load(); list != nil {
		for _, o := range *list {
			o.observe(ctx, e)
		}
	}
}

// observed reports whether anything observes a call with these options, which may be nil.
func observed(options *bridge.Settings[Event]) bool {
	if options != nil && len(options.Observers) > 0 {
		return true
	}
	list := observers.Load()
	return list != nil && len(*list) > 0
}

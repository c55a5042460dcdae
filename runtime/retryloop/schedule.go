package retryloop

import (
	"math"
	"time"

	"github.com/retrygen/retrygen/runtime/retry"
)

// longest is the duration at which schedules saturate.
const longest = time.Duration(math.MaxInt64)

// start is the delay before the first retry, if a schedule knows it.
type start struct {
	first     time.Duration
	scheduled bool
}

// startAt keeps the delay before the first retry, for Decorrelated.
func (s *start) startAt(first time.Duration) { s.first, s.scheduled = first, true }

// Exponential is [retry.Exponential] for the coming retry. A base that is not more than 0, or no number, counts as 1.
//
//go:noinline
func (l *Loop) Exponential(first time.Duration, base float64) time.Duration {
	if base = finite(base, maxFactor); base == 0 {
		base = 1
	}
	l.startAt(first)
	return retry.Exponential(first, base, l.Retry())
}

// Linear is [retry.Linear] for the coming retry.
//
//go:noinline
func (l *Loop) Linear(step time.Duration) time.Duration {
	l.startAt(step)
	return retry.Linear(step, l.Retry())
}

// Fibonacci is [retry.Fibonacci] for the coming retry.
//
//go:noinline
func (l *Loop) Fibonacci(step time.Duration) time.Duration {
	l.startAt(step)
	return retry.Fibonacci(step, l.Retry())
}

// List is [retry.List] for the coming retry.
//
//go:noinline
func (l *Loop) List(delays ...time.Duration) time.Duration {
	l.startAt(retry.List(1, delays...))
	return retry.List(l.Retry(), delays...)
}

// TaskDelay is the function [TaskDelay] for the coming retry.
func (l *Loop) TaskDelay() time.Duration { return l.List(taskDelays()...) }

// FlowDelay is the function [FlowDelay] for the coming retry.
func (l *Loop) FlowDelay() time.Duration { return l.List(flowDelays()...) }

// saturate rounds to whole nanoseconds.
func saturate(nanoseconds float64) time.Duration {
	if nanoseconds >= float64(longest) {
		return longest
	}
	return time.Duration(math.Round(nanoseconds))
}

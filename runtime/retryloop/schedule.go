package retryloop

import (
	"math"
	"time"

	"github.com/retrygen/retrygen/runtime/retry"
)

// longest is the duration at which schedules saturate.
const longest = time.Duration(math.MaxInt64)

// Exponential is [retry.Exponential] for the coming retry. A base that is not more than 0, or no number, counts as 1.
//
//go:noinline
func (l *Loop) Exponential(first time.Duration, base float64) time.Duration {
	if base = finite(base, maxFactor); base == 0 {
		base = 1
	}
	return retry.Exponential(first, base, l.Retry())
}

// Linear is [retry.Linear] for the coming retry.
//
//go:noinline
func (l *Loop) Linear(step time.Duration) time.Duration { return retry.Linear(step, l.Retry()) }

// Fibonacci is [retry.Fibonacci] for the coming retry.
//
//go:noinline
func (l *Loop) Fibonacci(step time.Duration) time.Duration { return retry.Fibonacci(step, l.Retry()) }

// List is [retry.List] for the coming retry.
//
//go:noinline
func (l *Loop) List(delays ...time.Duration) time.Duration { return retry.List(l.Retry(), delays...) }

// TaskDelay is the function [TaskDelay] for the coming retry.
func (l *Loop) TaskDelay() time.Duration { return TaskDelay(l.Retry()) }

// FlowDelay is the function [FlowDelay] for the coming retry.
func (l *Loop) FlowDelay() time.Duration { return FlowDelay(l.Retry()) }

// saturate rounds to whole nanoseconds.
func saturate(nanoseconds float64) time.Duration {
	if nanoseconds >= float64(longest) {
		return longest
	}
	return time.Duration(math.Round(nanoseconds))
}

package retryloop

import (
	"math"
	"time"
)

// longest is the duration at which schedules saturate.
const longest = time.Duration(math.MaxInt64)

// Exponential is the function [Exponential] for the coming retry.
//
//go:noinline
func (l *Loop) Exponential(first time.Duration, base float64) time.Duration {
	return Exponential(first, base, l.attempts)
}

// Linear is the function [Linear] for the coming retry.
//
//go:noinline
func (l *Loop) Linear(step time.Duration) time.Duration { return Linear(step, l.attempts) }

// Fibonacci is the function [Fibonacci] for the coming retry.
//
//go:noinline
func (l *Loop) Fibonacci(step time.Duration) time.Duration { return Fibonacci(step, l.attempts) }

// List is the function [List] for the coming retry.
//
//go:noinline
func (l *Loop) List(delays ...time.Duration) time.Duration { return List(l.attempts, delays...) }

// TaskDelay is the function [TaskDelay] for the coming retry.
func (l *Loop) TaskDelay() time.Duration { return TaskDelay(l.attempts) }

// FlowDelay is the function [FlowDelay] for the coming retry.
func (l *Loop) FlowDelay() time.Duration { return FlowDelay(l.attempts) }

// Exponential returns the wait before a retry, counted from 1: first·base^(retry-1). It saturates at the longest
// duration and is never negative.
func Exponential(first time.Duration, base float64, retry int) time.Duration {
	if first <= 0 || !(base > 0) {
		return 0
	}
	if base != math.Trunc(base) || base > 1<<53 {
		return saturate(float64(first) * math.Pow(base, float64(max(retry, 1)-1)))
	}
	wait, factor := first, time.Duration(base)
	if factor == 1 {
		return wait
	}
	for range max(retry, 1) - 1 {
		if wait > longest/factor {
			return longest
		}
		wait *= factor
	}
	return wait
}

// saturate rounds to whole nanoseconds.
func saturate(nanoseconds float64) time.Duration {
	if nanoseconds >= float64(longest) {
		return longest
	}
	return time.Duration(math.Round(nanoseconds))
}

// Linear returns the wait before a retry, counted from 1: step·retry, saturating.
func Linear(step time.Duration, retry int) time.Duration {
	if step <= 0 {
		return 0
	}
	n := time.Duration(max(retry, 1))
	if step > longest/n {
		return longest
	}
	return step * n
}

// Fibonacci returns the wait before a retry, counted from 1: step times 1, 1, 2, 3, 5 …, saturating.
func Fibonacci(step time.Duration, retry int) time.Duration {
	if step <= 0 {
		return 0
	}
	previous, wait := time.Duration(0), step
	for range max(retry, 1) - 1 {
		if wait > longest-previous {
			return longest
		}
		previous, wait = wait, previous+wait
	}
	return wait
}

// List returns the wait before a retry, counted from 1, from a list whose last entry repeats. An empty list means no
// wait.
func List(retry int, delays ...time.Duration) time.Duration {
	if len(delays) == 0 {
		return 0
	}
	return max(delays[min(max(retry, 1), len(delays))-1], 0)
}

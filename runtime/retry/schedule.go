package retry

import (
	"math"
	"time"
)

// longest is the duration at which schedules saturate.
const longest = time.Duration(math.MaxInt64)

// Exponential returns the wait before a retry, counted from 1: first·base^(retry-1). It saturates at the longest
// duration and is never negative. It is what delay=exponential(first,base=…) waits, for a delay function that wants it
// in some cases only:
//
//	//retry:task retries=8 delay=patient
//	func Fetch(ctx context.Context) error
//
//	func patient(n int, err error) time.Duration {
//		if errors.Is(err, ErrMaintenance) {
//			return time.Minute
//		}
//		return retry.Exponential(time.Second, 2, n)
//	}
func Exponential(first time.Duration, base float64, retry int) time.Duration {
	if first <= 0 || !(base > 0) {
		return 0
	}
	if base != math.Trunc(base) || base > 1<<53 {
		wait := math.Round(float64(first) * math.Pow(base, float64(max(retry, 1)-1)))
		if wait >= float64(longest) {
			return longest
		}
		return time.Duration(wait)
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

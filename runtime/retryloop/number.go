package retryloop

import "math"

// Integer is any integer type.
type Integer interface {
	~int | ~int8 | ~int16 | ~int32 | ~int64 | ~uint | ~uint8 | ~uint16 | ~uint32 | ~uint64 | ~uintptr
}

// Int returns a number of retries as an int. Numbers below 0 count as 0, and those beyond an int as its largest number.
func Int[T Integer](retries T) int {
	switch {
	case retries <= 0:
		return 0
	case uint64(retries) > math.MaxInt:
		return math.MaxInt
	}
	return int(retries)
}

// Attempts returns the number of retries that a number of attempts allows: one less, but not below 0.
func Attempts[T Integer](attempts T) int { return max(Int(attempts)-1, 0) }

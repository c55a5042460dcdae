package librarytest

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

var errFailed = errors.New("failed")

// call makes a call that retries.
type call func(ctx context.Context, try attempt) error

// span is an interval that waits are drawn from.
type span struct{ from, to time.Duration }

// row is a policy of a library and what is to replace it.
type row struct {
	name    string
	library call
	here    call
	waits   []span
	ends    bool // the call fails after these waits; otherwise there would be more
}

func (r row) run(t *testing.T) {
	t.Run(r.name, func(t *testing.T) {
		for name, c := range map[string]call{"the library": r.library, "the wrapper": r.here} {
			seen := make([]span, len(r.waits))
			const draws = 300
			for i := range draws {
				waits, err := waitsOf(t, c, r, i)
				switch {
				case err != nil && !r.ends, err == nil && r.ends:
					t.Fatalf("%s: %v", name, err)
				case len(waits) != len(r.waits):
					t.Fatalf("%s: waits %v, want %d", name, waits, len(r.waits))
				}
				for k, w := range waits {
					if i == 0 {
						seen[k] = span{w, w}
					}
					seen[k].from, seen[k].to = min(seen[k].from, w), max(seen[k].to, w)
				}
			}
			for k, want := range r.waits {
				if near := (want.to - want.from) / 10; !seen[k].fits(want, near) {
					t.Errorf("%s: wait %d is from %v to %v, want %v to %v", name, k+1, seen[k].from, seen[k].to, want.from, want.to)
				}
			}
		}
	})
}

// fits reports whether what was seen lies in an interval and comes near its ends. A nanosecond is lost in rounding.
func (s span) fits(want span, near time.Duration) bool {
	return s.from >= want.from-1 && s.from <= want.from+near+1 && s.to <= want.to+1 && s.to >= want.to-near-1
}

// waitsOf returns the waits between the attempts of a call. Calls begin at different times, since a library takes the time as
// the seed of its random numbers.
func waitsOf(t *testing.T, c call, r row, draw int) (waits []time.Duration, err error) {
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Duration(draw) * time.Microsecond)
		attempts, ended := 0, time.Now()
		err = c(t.Context(), func(context.Context) error {
			if attempts++; attempts > 1 {
				waits = append(waits, time.Since(ended))
			}
			time.Sleep(time.Millisecond)
			ended = time.Now()
			if !r.ends && attempts > len(r.waits) {
				return nil
			}
			return errFailed
		})
	})
	return waits, err
}

// exactly returns waits in seconds that do not vary.
func exactly(seconds ...float64) (waits []span) { return spread(1, 1, seconds...) }

// spread returns intervals around waits in seconds.
func spread(from, to float64, seconds ...float64) (waits []span) {
	for _, s := range seconds {
		waits = append(waits, span{time.Duration(s * from * 1e9), time.Duration(s * to * 1e9)})
	}
	return waits
}

// above returns intervals that begin at waits in seconds and have the same length.
func above(length time.Duration, seconds ...float64) (waits []span) {
	for _, s := range exactly(seconds...) {
		waits = append(waits, span{s.from, s.to + length})
	}
	return waits
}

package behavior

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/retrygen/retrygen/runtime/retry"
)

// TestCalls runs a wrapper whose functions get what the directive names.
func TestCalls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &Service{act: fails(99)}
		if err := s.AskedWithRetry(t.Context(), "gold"); err != errOutage {
			t.Errorf("error %v, want the last attempt's", err)
		}
		// 10 s for each retry, 1 s for each attempt and 4 s for the symbol; the condition stops after as many attempts as the
		// symbol has letters.
		want := []time.Duration{15e9, 26e9, 37e9}
		if !slices.Equal(s.waits, want) || !slices.Equal(s.calls, []time.Duration{0, 15e9, 41e9, 78e9}) {
			t.Errorf("waits %v, attempts at %v, want waits %v", s.waits, s.calls, want)
		}
		for i, e := range s.events {
			if e.Decision != retry.DecisionRetry || e.Attempt != i+1 || e.Wait != want[i] || e.Err != errOutage || e.Task != path+"Service.Asked" {
				t.Errorf("event %d is %+v", i+1, e)
			}
		}
	})
}

// TestCalledResults decides by a result of an attempt that has succeeded, and drops it.
func TestCalledResults(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &Service{act: fails(0)}
		if n, err := s.PolledWithRetry(t.Context()); n != 3 || err != nil {
			t.Errorf("result %d, %v, want 3", n, err)
		}
		if !slices.Equal(s.released, []int{1, 2}) {
			t.Errorf("dropped %v, want the results of attempts 1 and 2", s.released)
		}
	})
}

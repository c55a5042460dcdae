package retryloop

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/retrygen/retrygen/runtime/retry"
)

// disguised is an error that shows what is behind it through its method As alone.
type disguised struct{ err error }

func (d disguised) Error() string      { return "disguised" }
func (d disguised) As(target any) bool { return errors.As(d.err, target) }

// TestVerdict reads what errors say of retries, as they are, wrapped, joined, and behind a method As.
func TestVerdict(t *testing.T) {
	outage := errors.New("outage")
	second, minute := retry.After(outage, time.Second), retry.After(outage, time.Minute)
	budget := &retry.Error{Reason: retry.ReasonBudget, Last: outage}
	for _, test := range []struct {
		name string
		err  error
		want verdict
	}{
		{"nil", nil, verdict{}},
		{"a plain one", outage, verdict{}},
		{"a context's", context.DeadlineExceeded, verdict{}},
		{"permanent", retry.Permanent(outage), verdict{final: true}},
		{"a wait", second, verdict{wait: time.Second}},
		{"no wait", retry.After(outage, 0), verdict{}},
		{"a negative wait", retry.After(outage, -time.Hour), verdict{}},
		{"the longer of two that are joined", errors.Join(second, minute, outage), verdict{wait: time.Minute}},
		{"the longer of two, one in the other", retry.After(fmt.Errorf("inner: %w", minute), time.Second), verdict{wait: time.Minute}},
		{"an inner wrapper's budget", fmt.Errorf("inner: %w", budget), verdict{final: true}},
		{"its reason alone", fmt.Errorf("inner: %w", retry.ReasonBudget), verdict{final: true}},
		{"the attempts of an inner flow", &retry.Error{Reason: retry.ReasonAttempts}, verdict{final: true}},
		{"an inner wrapper's time", &retry.Error{Reason: retry.ReasonWithin, Last: minute}, verdict{wait: time.Minute}},
		{"within an inner wrapper's time", &retry.Error{Reason: retry.ReasonWithin, Last: budget}, verdict{final: true}},
		{"permanent behind a method", fmt.Errorf("outer: %w", disguised{retry.Permanent(outage)}), verdict{final: true}},
		{"a nil *retry.Error", errors.Join(second, (*retry.Error)(nil)), verdict{wait: time.Second}},
		{"a budget behind a method", disguised{budget}, verdict{final: true}},
		{"a wait behind a method", errors.Join(second, disguised{minute}), verdict{wait: time.Minute}},
		{"nothing behind a method", disguised{outage}, verdict{}},
	} {
		t.Run(test.name, func(t *testing.T) {
			var got verdict
			got.read(test.err)
			if got.final != test.want.final || !got.final && got.wait != test.want.wait {
				t.Errorf("read %+v, want %+v", got, test.want)
			}
		})
	}
}

// TestVerdictAllocates looks into errors as a loop does after each failure.
func TestVerdictAllocates(t *testing.T) {
	err := fmt.Errorf("outer: %w", retry.After(errors.New("outage"), time.Second))
	if n := testing.AllocsPerRun(100, func() {
		var v verdict
		v.read(err)
	}); n != 0 {
		t.Errorf("%v allocations, want 0", n)
	}
}

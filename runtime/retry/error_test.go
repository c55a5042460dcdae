package retry_test

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"testing"

	"github.com/retrygen/retrygen/runtime/retry"
)

// TestReason asks errors for their reasons, as they are, wrapped and within other errors of their kind.
func TestReason(t *testing.T) {
	deadline := &retry.Error{Task: "a.F", Reason: retry.ReasonDeadline, Cause: context.DeadlineExceeded}
	for _, test := range []struct {
		name   string
		err    error
		reason retry.Reason
		want   bool
	}{
		{"its own", deadline, retry.ReasonDeadline, true},
		{"another", deadline, retry.ReasonCanceled, false},
		{"the zero reason", deadline, 0, false},
		{"the zero reason of a zero error", &retry.Error{}, 0, false},
		{"wrapped", fmt.Errorf("nightly: %w", deadline), retry.ReasonDeadline, true},
		{"the inner wrapper's", &retry.Error{Reason: retry.ReasonBudget, Last: deadline}, retry.ReasonDeadline, true},
		{"the outer wrapper's", &retry.Error{Reason: retry.ReasonBudget, Last: deadline}, retry.ReasonBudget, true},
		{"joined", errors.Join(errors.New("outage"), deadline), retry.ReasonDeadline, true},
		{"a reason alone", retry.ReasonDeadline, retry.ReasonDeadline, true},
		{"an error without a reason", errors.New("outage"), retry.ReasonDeadline, false},
		{"nil", nil, retry.ReasonDeadline, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := errors.Is(test.err, test.reason); got != test.want {
				t.Errorf("errors.Is(%v, %v) = %t, want %t", test.err, test.reason, got, test.want)
			}
		})
	}
	if !errors.Is(deadline, context.DeadlineExceeded) {
		t.Error("an error with a reason does not wrap its cause any more")
	}
}

// TestTimeout asks errors whether a deadline has cut the retries short, as http.Client's errors pass it on.
func TestTimeout(t *testing.T) {
	for _, test := range []struct {
		name string
		err  *retry.Error
		want bool
	}{
		{"the deadline is near", &retry.Error{Reason: retry.ReasonDeadline}, true},
		{"the deadline has passed", &retry.Error{Reason: retry.ReasonCanceled, Context: context.DeadlineExceeded}, true},
		{"cancelled", &retry.Error{Reason: retry.ReasonCanceled, Context: context.Canceled}, false},
		{"no token", &retry.Error{Reason: retry.ReasonBudget, Last: context.DeadlineExceeded}, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := (&url.Error{Err: test.err}).Timeout(); got != test.want {
				t.Errorf("Timeout of %v is %t, want %t", test.err, got, test.want)
			}
		})
	}
}

// TestTexts holds every reason and decision to a text of its own, and other numbers to one that shows them.
func TestTexts(t *testing.T) {
	seen := map[string]bool{}
	for reason := retry.Reason(0); reason <= retry.ReasonGuard; reason++ {
		seen[reason.Error()] = true
		if reason.Error() == "" || reason.Error() != reason.String() || fmt.Sprint(reason) != reason.Error() {
			t.Errorf("texts of %d: %q and %q", int(reason), reason.Error(), reason.String())
		}
	}
	if want := int(retry.ReasonGuard) + 1; len(seen) != want {
		t.Errorf("%d texts of reasons, want %d", len(seen), want)
	}
	for _, test := range []struct{ got, want string }{
		{retry.Reason(0).Error(), "no reason"},
		{retry.Reason(-1).Error(), "Reason(-1)"},
		{retry.Reason(99).Error(), "Reason(99)"},
		{retry.DecisionRetry.String(), "retry"},
		{retry.DecisionRemembered.String(), "remembered"},
		{retry.Decision(0).String(), "no decision"},
		{retry.Decision(-1).String(), "Decision(-1)"},
		{retry.Decision(99).String(), "Decision(99)"},
	} {
		if test.got != test.want {
			t.Errorf("text %q, want %q", test.got, test.want)
		}
	}
}

func ExampleReason() {
	var err error = &retry.Error{Task: "pricing.Fetch", Attempts: 3, Reason: retry.ReasonBudget, Last: errors.New("status 503")}
	if errors.Is(err, retry.ReasonBudget) {
		fmt.Println(err)
	}
	// Output: pricing.Fetch: stopped after 3 attempts: the retry budget is empty; last error: status 503
}

package main

import (
	"context"
	"testing"

	"github.com/retrygen/retrygen/runtime/retry"
)

// TestQuickstart calls the real server without waiting between attempts.
func TestQuickstart(t *testing.T) {
	base, stop, err := serve()
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	for _, test := range []struct {
		symbol string
		events []retry.Decision
		err    string
	}{
		{"GOLD", []retry.Decision{retry.DecisionRetry, retry.DecisionRetry, retry.DecisionRecovered}, ""},
		{"SECRET", []retry.Decision{retry.DecisionRefused}, "status 401 Unauthorized"},
		{"LEAD", []retry.Decision{retry.DecisionRefused}, "status 404 Not Found"},
	} {
		var events []retry.Decision
		ctx := retry.With(context.Background(), retry.NoDelay(), retry.Observer(func(_ context.Context, e retry.Event) {
			events = append(events, e.Decision)
		}))
		_, err := FetchPriceWithRetry(ctx, base+"/"+test.symbol)
		if got := message(err); got != test.err {
			t.Errorf("%s: error %q, want %q", test.symbol, got, test.err)
		}
		if len(events) != len(test.events) {
			t.Fatalf("%s: events %v, want %v", test.symbol, events, test.events)
		}
		for i := range events {
			if events[i] != test.events[i] {
				t.Errorf("%s: events %v, want %v", test.symbol, events, test.events)
			}
		}
	}
}

func message(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

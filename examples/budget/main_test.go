package main

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"

	"github.com/retrygen/retrygen/runtime/retry"
)

func TestLoad(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		if got := load(QueryWithRetry); got != clients*queries*5 {
			t.Errorf("retries alone make %d calls, want %d", got, clients*queries*5)
		}
		// Each call is made once, deposits a tenth, and twenty retries were in hand.
		budget = retry.NewBudget(0.1, 0, 20)
		if got := load(QueryFrugallyWithRetry); got > clients*queries*11/10+20 || got < clients*queries {
			t.Errorf("with a budget %d calls, want between %d and %d", got, clients*queries, clients*queries*11/10+20)
		}
	})
}

func TestEmptyBudget(t *testing.T) {
	budget = retry.NewBudget(0, 0, 0)
	err := QueryFrugallyWithRetry(context.Background())
	stopped, ok := errors.AsType[*retry.Error](err)
	if !ok || stopped.Reason != retry.ReasonBudget || !errors.Is(err, errDown) {
		t.Errorf("error %v, want one that names the empty budget and wraps %v", err, errDown)
	}
}

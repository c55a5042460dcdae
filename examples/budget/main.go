// Budget shows what a shared retry budget does in an outage: a hundred clients call a server that has stopped
// answering, first with retries alone, then with a budget that allows one retry in ten calls.
package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/retrygen/retrygen/runtime/retry"
)

//go:generate go tool retrygen

// calls counts what reaches the server.
var calls atomic.Int64

var errDown = errors.New("server is down")

// Query asks the server, and asks it up to four times more.
//
//retry:task retries=4 delay=10ms jitter=full
func Query(ctx context.Context) error {
	calls.Add(1)
	return errDown
}

// budget is shared by every call of QueryFrugally: a tenth of a retry for each call, and twenty in hand.
var budget = retry.NewBudget(0.1, 0, 20)

// QueryFrugally asks in the same way, while the budget lasts.
//
//retry:task retries=4 delay=10ms jitter=full budget=budget
func QueryFrugally(ctx context.Context) error {
	calls.Add(1)
	return errDown
}

const clients, queries = 100, 10

func main() {
	fmt.Printf("%d clients make %d queries each while the server is down:\n", clients, queries)
	fmt.Printf("  retries alone   %5d calls\n", load(QueryWithRetry))
	fmt.Printf("  with a budget   %5d calls\n", load(QueryFrugallyWithRetry))
}

// load has all clients query at the same time and returns the number of calls that reached the server.
func load(query func(context.Context) error) int64 {
	calls.Store(0)
	var group sync.WaitGroup
	for range clients {
		group.Go(func() {
			for range queries {
				_ = query(context.Background()) // that it fails is the point
			}
		})
	}
	group.Wait()
	return calls.Load()
}

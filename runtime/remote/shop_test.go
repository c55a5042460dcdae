package remote_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/retrygen/retrygen/runtime/remote"
	"github.com/retrygen/retrygen/runtime/retryloop"
)

var errBusy = errors.New("busy")

// statusError is a type that the policy names.
type statusError struct {
	Code int
	Err  error
}

func (e *statusError) Error() string { return fmt.Sprintf("status %d: %v", e.Code, e.Err) }
func (e *statusError) Unwrap() error { return e.Err }

// shop is the receiver. The worker's has what it works with.
type shop struct {
	fetch func(ctx context.Context, symbol string) (int, error)
	rate  int
	calls []string
}

func (s *shop) RetryKey() string { return "shop" }

// Fetch is annotated so:
//
//	//retry:task retries=4 delay=exponential(2) timeout=5s on=errBusy,*statusError remote
func (s *shop) Fetch(ctx context.Context, symbol string) (int, error) { return s.fetch(ctx, symbol) }

// Total is annotated so:
//
//	//retry:flow retries=2 delay=10 remote
func (s *shop) Total(ctx context.Context, symbols []string) (int, error) {
	total := 0
	for _, symbol := range symbols {
		price, err := s.FetchWithRetry(ctx, symbol)
		if err != nil {
			return 0, err
		}
		total += price
	}
	return total, nil
}

func (s *shop) FetchWithRetry(ctx context.Context, symbol string) (int, error) {
	if retryloop.HasEngine(ctx) {
		return s.sendFetch(ctx, symbol)
	}
	return s.retryFetch(ctx, nil, symbol)
}

func (s *shop) sendFetch(ctx context.Context, symbol string) (int, error) {
	key := retryloop.RemoteKey(ctx, "example.com/shop.shop.Fetch", "example.com/shop.shop.Fetch(string) int")
	key.Keyed(s)
	key.String(symbol)
	type arguments struct {
		Symbol string `json:"symbol"`
	}
	call := remote.Call{Delay: 2 * time.Second, Timeout: 5 * time.Second}
	return retryloop.Send[int](ctx, &key, call, arguments{symbol}, s.errorsOfFetch()...)
}

// FetchTask describes Fetch to a worker.
func (s *shop) FetchTask() remote.Task {
	return remote.Task{Name: "example.com/shop.shop.Fetch", Attempt: s.serveFetch}
}

func (s *shop) serveFetch(ctx context.Context, attempt remote.Attempt) remote.Outcome {
	type arguments struct {
		Symbol string `json:"symbol"`
	}
	served, given := retryloop.Serve[arguments](ctx, "example.com/shop.shop.Fetch", attempt, s.errorsOfFetch()...)
	if served.Failed() {
		return served.Outcome()
	}
	result, err := s.retryFetch(served.Context(), served, given.Symbol)
	return retryloop.Answer(served, result, err)
}

func (s *shop) errorsOfFetch() []retryloop.Named {
	return []retryloop.Named{
		retryloop.NamedValue("example.com/shop.errBusy", errBusy),
		retryloop.NamedType[*statusError]("*example.com/shop.statusError"),
	}
}

func (s *shop) retryFetch(ctx context.Context, served *retryloop.Served, symbol string) (int, error) {
	if failed := served.Begin(4); failed != nil {
		return 0, failed
	}
	result, err := s.attemptFetch(ctx, 5*time.Second, symbol)
	if err == nil {
		return result, nil
	}
	loop := retryloop.Loop{Context: ctx, Task: "example.com/shop.shop.Fetch", Retries: 4, Served: served}
	for loop.Again(err) {
		if !errors.Is(err, errBusy) && !retryloop.IsType[*statusError](err) {
			break
		}
		if !loop.Wait(loop.Exponential(2*time.Second, 2)) {
			break
		}
		result, err = s.attemptFetch(ctx, 5*time.Second, symbol)
	}
	return result, loop.End(err)
}

func (s *shop) attemptFetch(ctx context.Context, timeout time.Duration, symbol string) (int, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	return s.Fetch(ctx, symbol)
}

func (s *shop) TotalWithRetry(ctx context.Context, symbols []string) (int, error) {
	if retryloop.HasEngine(ctx) {
		return s.sendTotal(ctx, symbols)
	}
	return s.retryTotal(ctx, nil, symbols)
}

func (s *shop) sendTotal(ctx context.Context, symbols []string) (int, error) {
	key := retryloop.RemoteKey(ctx, "example.com/shop.shop.Total", "example.com/shop.shop.Total([]string) int")
	key.Keyed(s)
	if key.Len(len(symbols), symbols == nil) {
		for _, elem := range symbols {
			key.String(elem)
		}
	}
	type arguments struct {
		Symbols []string `json:"symbols"`
	}
	call := remote.Call{Flow: true, Delay: 10 * time.Second}
	return retryloop.Send[int](ctx, &key, call, arguments{symbols})
}

// TotalTask describes Total to a worker.
func (s *shop) TotalTask() remote.Task {
	return remote.Task{Name: "example.com/shop.shop.Total", Flow: true, Attempt: s.serveTotal}
}

func (s *shop) serveTotal(ctx context.Context, attempt remote.Attempt) remote.Outcome {
	type arguments struct {
		Symbols []string `json:"symbols"`
	}
	served, given := retryloop.ServeFlow[arguments](ctx, "example.com/shop.shop.Total", attempt)
	if served.Failed() {
		return served.Outcome()
	}
	result, err := s.retryTotal(served.Context(), served, given.Symbols)
	return retryloop.Answer(served, result, err)
}

func (s *shop) retryTotal(ctx context.Context, served *retryloop.Served, symbols []string) (int, error) {
	if failed := served.Begin(2); failed != nil {
		return 0, failed
	}
	key := retryloop.NewKey(ctx, "example.com/shop.shop.Total", "example.com/shop.shop.Total([]string) int")
	flow, failed := served.OpenFlow(ctx, &key, 2)
	if failed != nil {
		return 0, failed
	}
	defer flow.Close()
	result, err := s.Total(flow.Next(), symbols)
	if err == nil {
		flow.Succeed()
		return result, nil
	}
	loop := retryloop.Loop{Context: ctx, Task: "example.com/shop.shop.Total", Retries: 2, Flow: flow, Served: served}
	for loop.Again(err) && loop.Wait(10*time.Second) {
		result, err = s.Total(flow.Next(), symbols)
	}
	return result, loop.End(err)
}

// Batch shows how a batch is retried of which a part has failed: each attempt looks at the error of the one before, and
// sends only the items that this error names.
package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/retrygen/retrygen/runtime/retry"
)

//go:generate go tool retrygen

// PartialError is the error of a batch of which some items were not stored.
type PartialError struct {
	Failed []string
	Err    error
}

// Error names the items that were not stored.
func (e *PartialError) Error() string {
	return "not stored: " + strings.Join(e.Failed, ", ") + ": " + e.Err.Error()
}

// Unwrap returns why they were not stored.
func (e *PartialError) Unwrap() error { return e.Err }

var errBusy, errDown = errors.New("the server is busy"), errors.New("the server is down")

// Server stores items, each of them once it has been sent as often as is written here.
type Server struct {
	after  map[string]int
	down   map[int]bool // attempts in which nothing gets through
	stored []string
}

// Store sends items to the server. If an attempt before this one has stored some of them, it sends the others alone.
// Every error names what is left, whatever has failed: if one did not, the next attempt would send all items again.
//
//retry:task retries=4 delay=exponential(10ms) jitter=full
func (s *Server) Store(ctx context.Context, attempt retry.Attempt, items []string) error {
	if partial, ok := errors.AsType[*PartialError](attempt.Err); ok {
		items = partial.Failed
	}
	fmt.Printf("attempt %d sends %s\n", attempt.Number, strings.Join(items, ", "))
	return s.send(ctx, attempt.Number, items)
}

// send is what a client of the server does.
func (s *Server) send(_ context.Context, attempt int, items []string) error {
	if s.down[attempt] {
		return &PartialError{items, errDown}
	}
	var failed []string
	for _, item := range items {
		if s.after[item]--; s.after[item] > 0 {
			failed = append(failed, item)
			continue
		}
		s.stored = append(s.stored, item)
	}
	if len(failed) > 0 {
		return &PartialError{failed, errBusy}
	}
	return nil
}

func main() {
	server := &Server{after: map[string]int{"pears": 3, "plums": 2}, down: map[int]bool{3: true}}
	if err := server.StoreWithRetry(context.Background(), []string{"apples", "pears", "plums", "quinces"}); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("stored", strings.Join(server.stored, ", "))
}

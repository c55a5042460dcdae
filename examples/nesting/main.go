// Nesting shows what retries inside retries come to: three layers of 4 attempts call the database 64 times while it is
// down, and the waits of the layers lie in one another.
//
//	go run ./examples/nesting
//	go run ./cmd/retrygen explain ./examples/nesting
package main

import (
	"context"
	"errors"
	"fmt"
)

var errDown = errors.New("the database is down")

// queries counts the calls that reach the database.
var queries int

// query asks the database.
//
//retry:task retries=3 delay=exponential(10ms) jitter=full
func query(context.Context) error {
	queries++
	return errDown
}

// serve answers a request of the page.
//
//retry:ignore RL301 to show what comes of it is the point of this example
//retry:task retries=3 delay=exponential(10ms) jitter=full
func serve(ctx context.Context) error {
	return queryWithRetry(ctx)
}

// page shows what a person has asked for.
//
//retry:ignore RL301 to show what comes of it is the point of this example
//retry:task retries=3 delay=exponential(10ms) jitter=full
func page(ctx context.Context) error {
	return serveWithRetry(ctx)
}

func main() {
	ctx := context.Background()
	err := pageWithRetry(ctx)
	fmt.Printf("three layers of 4 attempts: %d queries, %v\n", queries, err)

	// One layer retries, the one that is next to what fails; the others hand its error on.
	queries = 0
	err = queryWithRetry(ctx)
	fmt.Printf("one layer of 4 attempts: %d queries, %v\n", queries, err)
}

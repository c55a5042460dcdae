// Package prefect shows every feature of Prefect's page "How to automatically rerun your workflow when it fails" as
// the Go that one would write. The functions do nothing but call [Work], so that the tests can let them fail.
package prefect

import (
	"context"
	"errors"
	"fmt"
	"net/http"
)

//go:generate go tool retrygen

// Work stands for what really happens in a workflow.
var Work = func(ctx context.Context, what string) error { return nil }

// FetchData is retried up to two times.
//
//	@task(retries=2)
//
//retry:ignore RL105 Prefect's form without a delay
//retry:task retries=2 delay=0
func FetchData(ctx context.Context) (string, error) { return "data", Work(ctx, "fetch") }

// Report is a whole flow that is rerun, five seconds after it failed.
//
//	@flow(retries=3, retry_delay_seconds=5)
//
//retry:flow retries=3 delay=5
func Report(ctx context.Context) error { return Work(ctx, "report") }

// Euler waits a fraction of seconds, exactly.
//
//	@flow(retries=3, retry_delay_seconds=2.7182)
//
//retry:flow retries=3 delay=2.7182
func Euler(ctx context.Context) error { return Work(ctx, "euler") }

// Backfill waits 1, 2, 4 and 8 seconds.
//
//	@task(retries=4, retry_delay_seconds=[1, 2, 4, 8])
//
//retry:task retries=4 delay=[1,2,4,8]
func Backfill(ctx context.Context) error { return Work(ctx, "backfill") }

// Sync waits 10, 20 and 40 seconds.
//
//	@task(retries=3, retry_delay_seconds=exponential_backoff(backoff_factor=10))
//
//retry:ignore RL108 Prefect's form without jitter
//retry:task retries=3 delay=exponential(10)
func Sync(ctx context.Context) error { return Work(ctx, "sync") }

// Call does not retry what will not change.
//
//	@task(retries=3, retry_condition_fn=retry_handler)
//
//retry:task retries=3 delay=1 if=worthRetrying
func Call(ctx context.Context) error { return Work(ctx, "call") }

// StatusError is the answer of a server.
type StatusError struct{ Code int }

func (e *StatusError) Error() string { return fmt.Sprintf("status %d", e.Code) }

// worthRetrying says no to 401 and 404.
func worthRetrying(err error) bool {
	status, ok := errors.AsType[*StatusError](err)
	return !ok || status.Code != http.StatusUnauthorized && status.Code != http.StatusNotFound
}

// Crowd spreads its waits, so that many callers do not come back together.
//
//	@task(retries=3, retry_delay_seconds=exponential_backoff(backoff_factor=10), retry_jitter_factor=1)
//
//retry:task retries=3 delay=exponential(10) jitter=1
func Crowd(ctx context.Context) error { return Work(ctx, "crowd") }

package behavior

import (
	"context"

	"github.com/retrygen/retrygen/runtime/retry"
)

// Count is a flow whose attempts a run with a store counts.
//
//retry:flow retries=3 delay=10,20,40
func Count(ctx context.Context, a retry.Attempt, body func(context.Context, retry.Attempt) error) error {
	return body(ctx, a)
}

// CountForever is Count without a limit.
//
//retry:ignore RL104 its tests end it
//retry:flow retries=unlimited delay=10
func CountForever(ctx context.Context, a retry.Attempt, body func(context.Context, retry.Attempt) error) error {
	return body(ctx, a)
}

// CountAgain is a task around a flow.
//
//retry:ignore RL301 the flow's run bounds them together
//retry:task retries=5 delay=1
func CountAgain(ctx context.Context, body func(context.Context, retry.Attempt) error) error {
	return CountWithRetry(ctx, body)
}

// CountResults is a flow whose results decide.
//
//retry:flow retries=3 delay=10 if=tooFew
func CountResults(ctx context.Context, a retry.Attempt, body func(retry.Attempt) int) (int, error) {
	return body(a), nil
}

func tooFew(n int, err error) bool { return n < 0 }

// Package defaults shows what Prefect keeps in its settings: retries for every task and every flow.
//
//	PREFECT_TASK_DEFAULT_RETRIES=2
//	PREFECT_FLOW_DEFAULT_RETRIES=1
//
// A package says the same for itself; where it says nothing, the environment may: RETRY_TASK_DEFAULT_RETRIES,
// RETRY_TASK_DEFAULT_DELAY, RETRY_FLOW_DEFAULT_RETRIES and RETRY_FLOW_DEFAULT_DELAY.
//
//retry:ignore RL107 tasks may override the retries, and then need more of the delays
//retry:default task retries=2 delay=1,10,100
//retry:ignore RL105 RETRY_FLOW_DEFAULT_DELAY sets the delay
//retry:default flow retries=1
package defaults

import "context"

//go:generate go tool retrygen

// Work stands for what really happens.
var Work = func(ctx context.Context, what string) error { return nil }

// Step has the package's retries and delays.
//
//retry:task
func Step(ctx context.Context) error { return Work(ctx, "step") }

// Once overrides the retries.
//
//retry:task retries=0
func Once(ctx context.Context) error { return Work(ctx, "once") }

// Nightly has the package's retries for flows, and the delay of the environment.
//
//retry:flow
func Nightly(ctx context.Context) error { return Work(ctx, "nightly") }

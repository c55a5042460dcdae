package librarytest

import (
	"context"
	"time"

	"github.com/retrygen/retrygen/runtime/retry"
)

// attempt makes one attempt.
type attempt = func(context.Context) error

//retry:task retries=unlimited delay=exponential(500ms,base=1.5) jitter=50% cap=1m within=15m
func backoffDefaults(ctx context.Context, try attempt) error { return try(ctx) }

//retry:task retries=4 delay=1
func constant(ctx context.Context, try attempt) error { return try(ctx) }

//retry:ignore RL105 as in the library
//retry:task attempts=4 delay=0
func atOnce(ctx context.Context, try attempt) error { return try(ctx) }

//retry:ignore RL108 as in the library
//retry:task attempts=5 delay=exponential(2,base=3) jitter=20% cap=1m
func exponential(ctx context.Context, try attempt) error { return try(ctx) }

//retry:ignore RL108 as in the library
//retry:task attempts=3 delay=exponential(1) notify=record(err,wait)
func notified(ctx context.Context, try attempt, record func(error, time.Duration)) error {
	return try(ctx)
}

//retry:task attempts=10 delay=exponential(100ms) jitter=+100ms
func avastDefaults(ctx context.Context, try attempt) error { return try(ctx) }

//retry:task attempts=4 delay=300ms jitter=full
func random(ctx context.Context, try attempt) error { return try(ctx) }

//retry:task attempts=4 delay=1 jitter=+300ms
func fixedAndRandom(ctx context.Context, try attempt) error { return try(ctx) }

//retry:task attempts=6 delay=exponential(200ms) jitter=full cap=1s
func fullJitter(ctx context.Context, try attempt) error { return try(ctx) }

//retry:ignore RL104 as in the library
//retry:task retries=unlimited delay=1
func unlimited(ctx context.Context, try attempt) error { return try(ctx) }

//retry:task attempts=4 delay=byAttempt
func computed(ctx context.Context, try attempt) error { return try(ctx) }

func byAttempt(retry int, err error) time.Duration {
	return time.Duration(10*retry+len(err.Error())) * time.Second
}

//retry:ignore RL108 as in the library
//retry:task retries=5 delay=exponential(1)
func doubled(ctx context.Context, try attempt) error { return try(ctx) }

//retry:task retries=5 delay=sum
func fibonacci(ctx context.Context, try attempt) error { return try(ctx) }

// sum returns 1, 2, 3, 5, 8 s: the sequence of go-retry has one 1.
func sum(n int) time.Duration { return retry.Fibonacci(time.Second, n+1) }

//retry:ignore RL108 as in the library
//retry:task retries=5 delay=exponential(1) cap=3s
func capped(ctx context.Context, try attempt) error { return try(ctx) }

//retry:task retries=5 delay=1 jitter=300ms
func around(ctx context.Context, try attempt) error { return try(ctx) }

//retry:task retries=5 delay=1 jitter=20%
func percent(ctx context.Context, try attempt) error { return try(ctx) }

//retry:task retries=5 delay=1 jitter=full
func full(ctx context.Context, try attempt) error { return try(ctx) }

//retry:ignore RL105 as in the library
//retry:task retries=2 delay=0
func failsafeDefaults(ctx context.Context, try attempt) error { return try(ctx) }

//retry:task retries=4 delay=1 jitter=+2s
func between(ctx context.Context, try attempt) error { return try(ctx) }

//retry:task attempts=5 delay=10ms jitter=+10%
func defaultRetry(ctx context.Context, try attempt) error { return try(ctx) }

//retry:ignore RL108 as in the library
//retry:task attempts=4 delay=exponential(10ms,base=5) jitter=+10%
func defaultBackoff(ctx context.Context, try attempt) error { return try(ctx) }

//retry:ignore RL108 as in the library
//retry:task retries=4 delay=exponential(1) cap=30s
func httpDefaults(ctx context.Context, try attempt) error { return try(ctx) }

//retry:task retries=4 delay=linear(1) jitter=20%
func httpLinear(ctx context.Context, try attempt) error { return try(ctx) }

//retry:ignore RL108 as in the library
//retry:task retries=unlimited delay=exponential(1) cap=1m within=10s
func limited(ctx context.Context, try attempt) error { return try(ctx) }

//retry:ignore RL108 as in the library
//retry:task retries=4 delay=exponential(1)
func asked(ctx context.Context, try attempt) error { return try(ctx) }

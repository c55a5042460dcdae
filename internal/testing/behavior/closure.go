package behavior

import (
	"context"
	"errors"
	"time"

	"github.com/retrygen/retrygen/runtime/retry"
)

// Query reads something. The schedule is exact, so that tests can ask for times.
//
//retry:ignore RL108 the tests ask for exact times
//retry:task retries=3 delay=exponential(1) except=errUnwell
type Query[T any] func(ctx context.Context) (T, error)

var errUnwell = errors.New("unwell")

// Sum takes as many numbers as there are.
//
//retry:task retries=2 delay=1 if=tooSmall notify=noteSum discard=dropSum budget=sums
type Sum func(attempt retry.Attempt, numbers ...int) (sum, count int, err error)

func tooSmall(ctx context.Context, sum, count int, err error) (time.Duration, bool) {
	if err != nil {
		return 0, true
	}
	return 3 * time.Second, sum < 10
}

var (
	sums    = retry.NewBudget(0, 0, 100)
	noted   []retry.Event
	dropped []int
)

func noteSum(_ context.Context, e retry.Event) { noted = append(noted, e) }
func dropSum(sum, count int)                   { dropped = append(dropped, sum) }

type (
	// Slowly allows a second for each attempt, and five for all of them.
	//
	//retry:task retries=unlimited delay=1 timeout=1s within=5s as=Patiently
	Slowly func(context.Context) error

	// Work takes no context, so its method does.
	//
	//retry:task retries=1 delay=1
	Work func() error
)

// Sleepily is Slowly with another policy.
//
//retry:task retries=1 delay=1 timeout=3s
type Sleepily Slowly

package temporal

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/retrygen/retrygen/runtime/remote"
	"github.com/retrygen/retrygen/runtime/retry"
)

// machine is the receiver of tasks with all kinds of decisions. Its attempts end with errors in turn; after them they
// succeed. A caller's machine has its name alone.
type machine struct {
	Policy retry.Policy
	Max    int
	errs   func(attempt int) error
	made   int
}

// RetryKey identifies the machine.
func (m *machine) RetryKey() string { return "machine" }

func (m *machine) run() error {
	m.made++
	return m.errs(m.made)
}

var (
	errBusy   = errors.New("busy")
	errBroken = errors.New("broken")
)

type codeError struct{ Code int }

func (e *codeError) Error() string { return fmt.Sprintf("code %d", e.Code) }

// fixed has the same wait each time.
//
//retry:task retries=3 delay=2 remote
func (m *machine) fixed(ctx context.Context) error { return m.run() }

// never is not retried.
//
//retry:task retries=0 remote
func (m *machine) never(ctx context.Context) error { return m.run() }

// atOnce does not wait.
//
//retry:ignore RL105 the tests look at it
//retry:task retries=2 delay=0 remote
func (m *machine) atOnce(ctx context.Context) error { return m.run() }

// list has one wait after the other.
//
//retry:task retries=5 delay=1,2,4 jitter=3 remote
func (m *machine) list(ctx context.Context) error { return m.run() }

// doubled grows by a factor.
//
//retry:ignore RL108 the tests look at it
//retry:task retries=5 delay=exponential(1,base=3) jitter=20% cap=20s remote
func (m *machine) doubled(ctx context.Context) error { return m.run() }

// straight grows by steps.
//
//retry:task retries=4 delay=linear(2) jitter=+20% remote
func (m *machine) straight(ctx context.Context) error { return m.run() }

// golden grows by the sum of two waits.
//
//retry:task retries=6 delay=fibonacci(1) jitter=-20% cap=4s remote
func (m *machine) golden(ctx context.Context) error { return m.run() }

// custom asks a function.
//
//retry:task retries=4 delay=.pause jitter=equal remote
func (m *machine) custom(ctx context.Context) error { return m.run() }

func (m *machine) pause(attempt int) time.Duration { return time.Duration(attempt) * 3 * time.Second }

// wandering draws each wait from the one before.
//
//retry:task retries=6 delay=exponential(1) jitter=decorrelated cap=30s remote
func (m *machine) wandering(ctx context.Context) error { return m.run() }

// wide draws from all.
//
//retry:ignore RL107 the tests look at it
//retry:task retries=3 delay=10 jitter=full cap=5s remote
func (m *machine) wide(ctx context.Context) error { return m.run() }

// around spreads by a duration.
//
//retry:task retries=3 delay=10 jitter=100ms remote
func (m *machine) around(ctx context.Context) error { return m.run() }

// above spreads upwards.
//
//retry:task retries=3 delay=10 jitter=+100ms cap=10s remote
func (m *machine) above(ctx context.Context) error { return m.run() }

// below spreads downwards.
//
//retry:task retries=3 delay=10 jitter=-100ms remote
func (m *machine) below(ctx context.Context) error { return m.run() }

// unlimited is limited by time alone.
//
//retry:ignore RL106,RL108 the tests look at it
//retry:task retries=unlimited delay=exponential(1) within=1m remote
func (m *machine) unlimited(ctx context.Context) error { return m.run() }

// configured has the policy of its worker.
//
//retry:task policy=.Policy remote
func (m *machine) configured(ctx context.Context) error { return m.run() }

// counted has the number of its worker.
//
//retry:task retries=.Max delay=4 remote
func (m *machine) counted(ctx context.Context) error { return m.run() }

// chosen is retried after some errors.
//
//retry:task retries=4 delay=1 on=errBusy,*codeError except=errBroken remote
func (m *machine) chosen(ctx context.Context) error { return m.run() }

// judged asks a condition.
//
//retry:task retries=4 delay=1 if=worthIt remote
func (m *machine) judged(ctx context.Context) error { return m.run() }

func worthIt(err error) (wait time.Duration, again bool) {
	code, ok := errors.AsType[*codeError](err)
	switch {
	case !ok:
		return 0, true
	case code.Code == 429:
		return retry.Immediately, true
	}
	return 7 * time.Second, code.Code < 500
}

// decisions are the tasks of a machine.
var decisions = []struct {
	name string
	call func(*machine, context.Context) error
	task func(*machine) remote.Task
}{
	{"fixed", (*machine).fixedWithRetry, (*machine).fixedTask},
	{"never", (*machine).neverWithRetry, (*machine).neverTask},
	{"atOnce", (*machine).atOnceWithRetry, (*machine).atOnceTask},
	{"list", (*machine).listWithRetry, (*machine).listTask},
	{"doubled", (*machine).doubledWithRetry, (*machine).doubledTask},
	{"straight", (*machine).straightWithRetry, (*machine).straightTask},
	{"golden", (*machine).goldenWithRetry, (*machine).goldenTask},
	{"custom", (*machine).customWithRetry, (*machine).customTask},
	{"wandering", (*machine).wanderingWithRetry, (*machine).wanderingTask},
	{"wide", (*machine).wideWithRetry, (*machine).wideTask},
	{"around", (*machine).aroundWithRetry, (*machine).aroundTask},
	{"above", (*machine).aboveWithRetry, (*machine).aboveTask},
	{"below", (*machine).belowWithRetry, (*machine).belowTask},
	{"unlimited", (*machine).unlimitedWithRetry, (*machine).unlimitedTask},
	{"configured", (*machine).configuredWithRetry, (*machine).configuredTask},
	{"counted", (*machine).countedWithRetry, (*machine).countedTask},
	{"chosen", (*machine).chosenWithRetry, (*machine).chosenTask},
	{"judged", (*machine).judgedWithRetry, (*machine).judgedTask},
}

// failures are the errors of attempts, counted from 1.
var failures = map[string]func(attempt int) error{
	"succeeds": func(int) error { return nil },
	"fails":    func(int) error { return errBusy },
	"recovers": func(n int) error {
		if n > 2 {
			return nil
		}
		return errBusy
	},
	"is permanent": func(n int) error {
		if n == 2 {
			return retry.Permanent(errBusy)
		}
		return errBusy
	},
	"asks for a wait":          func(n int) error { return retry.After(errBusy, time.Duration(n)*1900*time.Millisecond) },
	"asks for a wait too long": func(n int) error { return retry.After(errBusy, time.Duration(n)*31*time.Minute) },
	"is not named":             func(n int) error { return []error{errBusy, &codeError{429}, &codeError{400}, errBroken}[min(n, 4)-1] },
	"is excluded":              func(n int) error { return fmt.Errorf("%w, %w", errBusy, errBroken) },
	"is refused":               func(n int) error { return &codeError{500} },
}

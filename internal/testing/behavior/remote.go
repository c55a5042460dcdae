package behavior

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/retrygen/retrygen/runtime/retry"
)

// Machine is the receiver of tasks whose calls can be made in other processes. A caller's machine has its name alone.
type Machine struct {
	Name   string
	Max    int
	First  time.Duration
	Policy retry.Policy
	Tokens *retry.Budget
	Gate   *gate

	act  func(attempt int) (int, error)
	made int

	lock sync.Mutex
	told []string
}

// RetryKey identifies the machine.
func (m *Machine) RetryKey() string { return m.Name }

func (m *Machine) run() (int, error) {
	m.made++
	return m.act(m.made)
}

func (m *Machine) note(format string, args ...any) {
	m.told = append(m.told, fmt.Sprintf(format, args...))
}

// gate is a guard that refuses an attempt, counted from 1.
type gate struct{ asked, refused int }

var errRefused = errors.New("refused")

// Allow allows an attempt.
func (g *gate) Allow() (func(error), error) {
	if g.asked++; g.asked == g.refused {
		return nil, errRefused
	}
	return func(error) {}, nil
}

// The errors that tasks of a Machine return.
var (
	ErrBusy   = errors.New("busy")
	errBroken = errors.New("broken")
)

// CodeError is an error with parts.
type CodeError struct {
	Code  int
	Op    string
	Inner error
}

// Error returns the code.
func (e *CodeError) Error() string { return fmt.Sprintf("%s: code %d: %v", e.Op, e.Code, e.Inner) }

// Unwrap returns what the error wraps.
func (e *CodeError) Unwrap() error { return e.Inner }

// Fixed has the same wait each time.
//
//retry:task retries=3 delay=2 remote
func (m *Machine) Fixed(ctx context.Context, n int) (int, error) { return m.run() }

// Listed has a list.
//
//retry:task retries=4 delay=1,2,4 jitter=3 remote
func (m *Machine) Listed(ctx context.Context, n int) (int, error) { return m.run() }

// Doubled grows.
//
//retry:task retries=5 delay=exponential(1,base=3) jitter=50% cap=20s remote
func (m *Machine) Doubled(ctx context.Context, n int) (int, error) { return m.run() }

// Straight grows by steps.
//
//retry:task retries=4 delay=linear(2) jitter=+20% remote
func (m *Machine) Straight(ctx context.Context, n int) (int, error) { return m.run() }

// Golden grows by the sum of two waits.
//
//retry:task retries=6 delay=fibonacci(1) jitter=-20% cap=4s remote
func (m *Machine) Golden(ctx context.Context, n int) (int, error) { return m.run() }

// Custom has a function.
//
//retry:task retries=4 delay=.pause(attempt.Number,n) jitter=equal remote
func (m *Machine) Custom(ctx context.Context, n int) (int, error) { return m.run() }

func (m *Machine) pause(attempt, n int) time.Duration { return time.Duration(attempt*n) * time.Second }

// Wandering draws each wait from the one before.
//
//retry:task retries=6 delay=exponential(1) jitter=decorrelated cap=30s remote
func (m *Machine) Wandering(ctx context.Context, n int) (int, error) { return m.run() }

// Wide has full jitter.
//
//retry:task retries=3 delay=10 jitter=full cap=1m remote
func (m *Machine) Wide(ctx context.Context, n int) (int, error) { return m.run() }

// Around, Above and Below spread by a duration.
//
//retry:task retries=3 delay=10 jitter=100ms remote
func (m *Machine) Around(ctx context.Context, n int) (int, error) { return m.run() }

// Above spreads upwards.
//
//retry:task retries=3 delay=10 jitter=+100ms cap=10s remote
func (m *Machine) Above(ctx context.Context, n int) (int, error) { return m.run() }

// Below spreads downwards.
//
//retry:task retries=3 delay=10 jitter=-100ms remote
func (m *Machine) Below(ctx context.Context, n int) (int, error) { return m.run() }

// Endless is limited by time alone.
//
//retry:task retries=unlimited delay=exponential(1) jitter=1 cap=20s within=1m remote
func (m *Machine) Endless(ctx context.Context, n int) (int, error) { return m.run() }

// Never is not retried.
//
//retry:task retries=0 remote
func (m *Machine) Never(ctx context.Context, n int) (int, error) { return m.run() }

// Measured has numbers of its receiver.
//
//retry:task attempts=.Max delay=exponential(.First) jitter=1 remote
func (m *Machine) Measured(ctx context.Context, n int) (int, error) { return m.run() }

// Policed has a policy of its receiver.
//
//retry:task retries=2 delay=1 policy=.Policy remote
func (m *Machine) Policed(ctx context.Context, n int) (int, error) { return m.run() }

// Named retries some errors.
//
//retry:task retries=4 delay=1 on=ErrBusy,*CodeError except=errBroken remote
func (m *Machine) Named(ctx context.Context, n int) (int, error) { return m.run() }

// Judged asks a condition over results, with the attempt and an argument.
//
//retry:task retries=4 delay=1 if=.judge(ctx,attempt,n,result,err) discard=.drop notify=.hear(event,n) remote
func (m *Machine) Judged(ctx context.Context, n int) (int, error) { return m.run() }

func (m *Machine) judge(_ context.Context, attempt retry.Attempt, n, result int, err error) (time.Duration, bool) {
	m.note("attempt %d of %d: %d, %v", attempt.Number, n, result, err)
	switch {
	case errors.Is(err, errBroken):
		return 0, false
	case result == 3:
		return retry.Immediately, true
	case errors.Is(err, ErrBusy):
		return 90 * time.Second, true
	}
	return 0, err != nil || result < 7
}

func (m *Machine) drop(result int) { m.note("drop %d", result) }
func (m *Machine) hear(event retry.Event, n int) {
	m.note("hear %d: %v %v", n, event.Attempt, event.Wait)
}

// Lasting begins again after a long attempt.
//
//retry:task retries=2 delay=exponential(1) jitter=decorrelated reset=1h within=10m remote
func (m *Machine) Lasting(ctx context.Context, n int) (int, error) {
	if m.made%3 == 2 {
		time.Sleep(2 * time.Hour)
	}
	return m.run()
}

// Limited asks for tokens and at a gate, and is told which attempt it is.
//
//retry:ignore RL114 each worker is to have tokens of its own
//retry:task retries=4 delay=1 budget=.Tokens guard=.Gate observe remote
func (m *Machine) Limited(ctx context.Context, n int, attempt retry.Attempt) (int, error) {
	m.note("%d %v %v", attempt.Number, attempt.Elapsed, attempt.Err)
	return m.run()
}

// Frank returns the error of its last attempt.
//
//retry:task retries=9 delay=1 within=3s error=last observe remote
func (m *Machine) Frank(ctx context.Context, n int) (int, error) { return m.run() }

// Timed has attempts that end.
//
//retry:task retries=2 delay=8 timeout=5s remote
func (m *Machine) Timed(ctx context.Context, n int) (int, error) {
	if m.made == 0 {
		m.made++ //retry:ignore RL206 it counts attempts
		<-ctx.Done()
		return 0, ctx.Err()
	}
	return m.run()
}

// Whole is a flow.
//
//retry:flow retries=4 delay=linear(2) jitter=1 guard=.Gate observe remote
func (m *Machine) Whole(ctx context.Context, n int, attempt retry.Attempt) (int, error) {
	m.note("%d %v", attempt.Number, attempt.Err)
	return m.run()
}

// Step is what flows call.
//
//retry:task retries=1 delay=1 except=errBroken remote
func (m *Machine) Step(ctx context.Context, name string, i int) (string, error) {
	m.lock.Lock()
	m.note("%s %d", name, i)
	m.lock.Unlock()
	_, err := m.act(i)
	return fmt.Sprintf("%s%d of %d", name, i, m.Max), err
}

// Batch makes its steps at the same time, some of them with equal arguments.
//
//retry:ignore RL301 both have their retries
//retry:flow retries=2 delay=10 remote
func (m *Machine) Batch(ctx context.Context, name string, n int) ([]string, error) {
	results, errs := make([]string, n), make([]error, n)
	var group sync.WaitGroup
	for i := range n {
		group.Add(1)
		go func() {
			defer group.Done()
			results[i], errs[i] = m.StepWithRetry(ctx, name, i/2)
		}()
	}
	group.Wait()
	return results, errors.Join(errs...)
}

// Twice makes two batches, and a third one that is equal to the second.
//
//retry:flow retries=0 remote
func (m *Machine) Twice(ctx context.Context) (lines []string, err error) {
	for _, name := range []string{"a", "b", "b"} {
		more, err := m.BatchWithRetry(ctx, name, 2)
		if err != nil {
			return nil, err
		}
		lines = append(lines, more...)
	}
	return lines, nil
}

// Chain is a task that calls another one.
//
//retry:task retries=0 remote
func (m *Machine) Chain(ctx context.Context) (string, error) {
	return m.StepWithRetry(ctx, "chained", 1)
}

// Text takes and returns a text.
//
//retry:task retries=0 remote
func Text(ctx context.Context, text string, parts map[string][]int) (string, map[string][]int, error) {
	if text == "other" {
		text = "\xff"
	}
	return text, parts, nil
}

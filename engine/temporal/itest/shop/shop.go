// Package shop has the tasks and flows of the tests. What they do is in their arguments; what they have done is in a file,
// so that all processes can read it.
package shop

//go:generate go tool retrygen

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/retrygen/retrygen/runtime/retry"
)

// Job says what a task is to do.
type Job struct {
	Name string
	Fail int           // attempts that fail
	Err  string        // how they fail: "busy", "status" or anything else
	Once bool          // it fails until it has been done once before
	Kill int           // the attempts that end their process
	Time time.Duration // of each attempt
	Size int           // of the result
}

// ErrBusy is an error that policies name.
var ErrBusy = errors.New("the shop is busy")

// StatusError is an error type that policies name.
type StatusError struct{ Code int }

// Error returns the status in words.
func (e *StatusError) Error() string { return fmt.Sprintf("status %d", e.Code) }

func (j Job) run(ctx context.Context, number int) (string, error) {
	Trace("%s %d", j.Name, number)
	select {
	case <-time.After(j.Time):
	case <-ctx.Done():
		Trace("%s %d canceled", j.Name, number)
		return "", ctx.Err()
	}
	if number <= j.Kill {
		die()
	}
	if number <= j.Fail || j.Once && len(Traced(os.Getenv(TraceFile), j.Name)) == 1 {
		return "", j.err()
	}
	return j.Name + strings.Repeat("!", j.Size), nil
}

func (j Job) err() error {
	switch j.Err {
	case "busy":
		return fmt.Errorf("%s: %w", j.Name, ErrBusy)
	case "status":
		return fmt.Errorf("%s: %w", j.Name, &StatusError{Code: 503})
	}
	return errors.New(j.Err)
}

// die ends the process as kill -9 does.
func die() {
	self, err := os.FindProcess(os.Getpid())
	if err == nil {
		err = self.Kill()
	}
	panic(err)
}

// Work does a job.
//
//retry:task retries=3 delay=1,2,3 on=ErrBusy,*StatusError remote
func Work(ctx context.Context, attempt retry.Attempt, job Job) (string, error) {
	return job.run(ctx, attempt.Number)
}

// Patient does a job that may be interrupted often.
//
//retry:ignore RL104 the tests end it
//retry:task retries=unlimited delay=1 remote
func Patient(ctx context.Context, attempt retry.Attempt, job Job) (string, error) {
	return job.run(ctx, attempt.Number)
}

// Slow does a job that waits long before it is done again.
//
//retry:task retries=3 delay=6 remote
func Slow(ctx context.Context, attempt retry.Attempt, job Job) (string, error) {
	return job.run(ctx, attempt.Number)
}

// Brief does a job within a time.
//
//retry:task retries=unlimited delay=1 timeout=1 within=3 remote
func Brief(ctx context.Context, attempt retry.Attempt, job Job) (string, error) {
	return job.run(ctx, attempt.Number)
}

// Missing is a task that no worker of the tests knows.
//
//retry:task retries=2 delay=1 remote
func Missing(ctx context.Context) error { return nil }

// All does jobs one after the other.
//
//retry:ignore RL301 the tests look at it
//retry:flow retries=3 delay=1 remote
func All(ctx context.Context, attempt retry.Attempt, jobs []Job) ([]string, error) {
	Trace("all %d", attempt.Number)
	done := make([]string, len(jobs))
	for i, job := range jobs {
		var err error
		if done[i], err = WorkWithRetry(ctx, job); err != nil {
			return nil, err
		}
	}
	return done, nil
}

// Together does jobs at the same time.
//
//retry:ignore RL301 the tests look at it
//retry:flow retries=3 delay=1 remote
func Together(ctx context.Context, attempt retry.Attempt, jobs []Job) ([]string, error) {
	Trace("together %d", attempt.Number)
	done, errs := make([]string, len(jobs)), make([]error, len(jobs))
	var group sync.WaitGroup
	for i, job := range jobs {
		group.Go(func() { done[i], errs[i] = WorkWithRetry(ctx, job) })
	}
	group.Wait()
	return done, errors.Join(errs...)
}

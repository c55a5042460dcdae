package backup

import (
	"context"
	"io"
	"time"
)

// RetryByHand is a Backend with retries.
type RetryByHand struct {
	Backend
	MaxElapsed time.Duration
	First      time.Duration
	Report     func(err error, wait time.Duration)
}

// retry calls a function until it succeeds, or until the time is up.
func (r *RetryByHand) retry(ctx context.Context, call func() error) error {
	began, wait := time.Now(), r.First
	for {
		err := call()
		if err == nil || r.IsPermanent(err) || time.Since(began)+wait > r.MaxElapsed {
			return err
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		r.Report(err, wait)
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		}
		wait = wait * 3 / 2
	}
}

// Save stores what a reader has.
func (r *RetryByHand) Save(ctx context.Context, name string, file io.ReadSeeker) error {
	return r.retry(ctx, func() error {
		if _, err := file.Seek(0, io.SeekStart); err != nil {
			return err
		}
		return r.Backend.Save(ctx, name, file)
	})
}

// Load calls a function with the contents of a file.
func (r *RetryByHand) Load(ctx context.Context, name string, use func(io.Reader) error) error {
	return r.retry(ctx, func() error { return r.Backend.Load(ctx, name, use) })
}

// Stat describes a file.
func (r *RetryByHand) Stat(ctx context.Context, name string) (info Info, err error) {
	err = r.retry(ctx, func() error {
		info, err = r.Backend.Stat(ctx, name)
		return err
	})
	return info, err
}

// Remove removes a file.
func (r *RetryByHand) Remove(ctx context.Context, name string) error {
	return r.retry(ctx, func() error { return r.Backend.Remove(ctx, name) })
}

// List calls a function for each file, and after a failure only for those that it has not seen.
func (r *RetryByHand) List(ctx context.Context, use func(name string, info Info) error) error {
	seen := map[string]bool{}
	return r.retry(ctx, func() error {
		return r.Backend.List(ctx, func(name string, info Info) error {
			if seen[name] {
				return nil
			}
			seen[name] = true
			return use(name, info)
		})
	})
}

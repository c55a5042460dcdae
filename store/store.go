package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/retrygen/retrygen/runtime/retry"
)

// The reasons why a run cannot be opened. They are wrapped in errors with the run's name and its file.
var (
	// ErrRunHeld means that the run is open already, in this process or in another.
	ErrRunHeld = errors.New("the run is open already")

	// ErrDamaged means that the file is not as it was written.
	ErrDamaged = errors.New("the file is damaged")

	// ErrForeign means that something else stands where the run's file should be: a file of another program, or of
	// another version of this package, a directory, a pipe, a link that leads nowhere.
	ErrForeign = errors.New("the file does not belong to this store")
)

// Store is a [retry.Store] in a directory. It keeps nothing open, so it has no Close method, and any number of
// processes may use the same directory. It is safe for concurrent use.
type Store struct{ dir string }

var _ retry.Store = (*Store)(nil)

// Open returns the store in a directory. If the directory does not exist, Open makes it, with its parents. Files in it
// that are not runs are left alone.
func Open(dir string) (*Store, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	if err := makeDirectory(dir); err != nil {
		return nil, err
	}
	return &Store{dir}, nil
}

// Open opens a run. A flow's wrapper calls it, see [retry.WithRun]. A name has at most 64 bytes, or 193 if they are all
// plain characters.
func (s *Store) Open(ctx context.Context, name string) (retry.Run, error) {
	var opened *run
	err := s.do(ctx, name, func(path string) error {
		r, err := openFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			r, err = createFile(path)
		}
		if err == nil {
			r.name, r.path = name, path
			opened = r
		}
		return err
	})
	if err != nil {
		return nil, err // and not a nil *run
	}
	return opened, nil
}

// do calls a function with the path of a run's file. It completes its error.
func (s *Store) do(ctx context.Context, name string, f func(path string) error) error {
	path, err := s.path(name)
	if err != nil {
		return err
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return explain(retryMoved(func() error { return f(path) }), name, path)
}

// explain adds the run and its file to an error. It marks the error as permanent if a retry cannot help.
func explain(err error, name, path string) error {
	if err == nil {
		return nil
	}
	err = fmt.Errorf("run %q, %s: %w", name, path, err)
	if errors.Is(err, ErrDamaged) || errors.Is(err, ErrForeign) {
		return retry.Permanent(err)
	}
	return err
}

// Delete deletes a run with all its records. The error is [ErrRunHeld] if the run is open, and [fs.ErrNotExist] if
// there is no such run. A file that cannot be opened as a run is left where it is, and the error says why.
func (s *Store) Delete(ctx context.Context, name string) error { return s.do(ctx, name, deleteFile) }

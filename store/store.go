package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/retrygen/retrygen/runtime/retry"
)

// Errors that a run cannot be opened for. They come wrapped, with the run's name and its file.
var (
	// ErrRunHeld is that of a run that is open already, in this process or in another.
	ErrRunHeld = errors.New("the run is open already")

	// ErrDamaged is that of a file which is not as it was written.
	ErrDamaged = errors.New("the file is damaged")

	// ErrForeign is that of a file which something else wrote, or another version of this package.
	ErrForeign = errors.New("the file is none of this store")
)

// Store is a [retry.Store] in a directory. It holds nothing open, so there is nothing to close, and any number of
// processes may use the same directory. It is safe for concurrent use.
type Store struct{ dir string }

var _ retry.Store = (*Store)(nil)

// Open gives the store in a directory, which it makes, with its parents, if there is none. Files in it that are no
// runs are left alone.
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

// Open opens a run, as [retry.WithRun] has it done. A name has up to 64 bytes, and up to 193 where it is of plain characters.
func (s *Store) Open(ctx context.Context, name string) (retry.Run, error) {
	path, err := s.path(name)
	if err != nil {
		return nil, err
	}
	for ctx.Err() == nil {
		r, err := openFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			r, err = createFile(path)
		}
		switch {
		case err == nil:
			r.name, r.path = name, path
			return r, nil
		case !errors.Is(err, errMoved):
			return nil, explain(err, name, path)
		}
	}
	return nil, context.Cause(ctx)
}

// explain says which run and which file an error is about, and that no retry helps where none does.
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

// Delete deletes a run with all its records. One that is open is [ErrRunHeld], and one that there is not
// [fs.ErrNotExist]. A file that cannot be opened as a run is left where it is, with the error that says why.
func (s *Store) Delete(ctx context.Context, name string) error {
	path, err := s.path(name)
	if err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return context.Cause(ctx)
	}
	return explain(deleteFile(path), name, path)
}

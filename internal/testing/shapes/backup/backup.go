// Package backup keeps files in a store that fails now and then. A decorator retries all of its methods by the same policy,
// which the user of the decorator sets.
package backup

import (
	"context"
	"errors"
	"io"
)

//go:generate go tool retrygen

// Info describes a file.
type Info struct{ Size int64 }

// Backend is a store of files.
type Backend interface {
	// Location names the store.
	Location() string
	// Save stores what a reader has.
	Save(ctx context.Context, name string, file io.ReadSeeker) error
	// Load calls a function with the contents of a file.
	Load(ctx context.Context, name string, use func(io.Reader) error) error
	// Stat describes a file.
	Stat(ctx context.Context, name string) (Info, error)
	// Remove removes a file.
	Remove(ctx context.Context, name string) error
	// List calls a function for each file.
	List(ctx context.Context, use func(name string, info Info) error) error
	// IsPermanent reports whether an error of the store will be the same the next time.
	IsPermanent(err error) bool
}

// ErrNotExist is the error of a file that does not exist.
var ErrNotExist = errors.New("backup: no such file")

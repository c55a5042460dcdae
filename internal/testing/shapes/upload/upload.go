// Package upload stores large files in parts. Its user says for each upload how often a part is tried again, or leaves it to the
// package.
package upload

import (
	"context"
	"errors"
	"fmt"
	"io"
)

//go:generate go tool retrygen

// Server is where parts are stored.
type Server interface {
	// Put stores a part, and returns the tag by which it is named later.
	Put(ctx context.Context, number int, part io.Reader) (tag string, err error)
	// Complete makes a file of parts.
	Complete(ctx context.Context, tags []string) error
	// Abort forgets the parts.
	Abort(ctx context.Context) error
}

// ErrRefused is the error of a server that will not take a part.
var ErrRefused = errors.New("upload: refused")

// partSize is the size of all parts but the last.
const partSize = 4

// parts stores a file by functions that store a part and complete the file.
func parts(
	ctx context.Context, server Server, file io.ReaderAt, size int64,
	put func(number int, part *io.SectionReader) (string, error), complete func(tags []string) error,
) (err error) {
	defer func() {
		if err != nil {
			err = errors.Join(err, server.Abort(context.WithoutCancel(ctx)))
		}
	}()
	var tags []string
	for at := int64(0); at < size; at += partSize {
		number := len(tags) + 1
		tag, err := put(number, io.NewSectionReader(file, at, min(partSize, size-at)))
		if err != nil {
			return fmt.Errorf("part %d: %w", number, err)
		}
		tags = append(tags, tag)
	}
	return complete(tags)
}

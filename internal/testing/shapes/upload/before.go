package upload

import (
	"context"
	"errors"
	"io"
	"time"
)

// Options say how often a part is tried again.
type Options struct {
	Retries  int
	MinWait  time.Duration
	MaxWait  time.Duration
	Constant bool // waits do not grow
}

// UploadByHand stores a file. Without options, a part is tried again twice, after one and two seconds.
func UploadByHand(ctx context.Context, server Server, file io.ReaderAt, size int64, options *Options) error {
	if options == nil {
		options = &Options{Retries: 2, MinWait: time.Second, MaxWait: 10 * time.Second}
	}
	put := func(number int, part *io.SectionReader) (tag string, err error) {
		err = options.retry(ctx, func() error {
			if _, err := part.Seek(0, io.SeekStart); err != nil {
				return err
			}
			tag, err = server.Put(ctx, number, part)
			return err
		})
		return tag, err
	}
	return parts(ctx, server, file, size, put, func(tags []string) error {
		return options.retry(ctx, func() error { return server.Complete(ctx, tags) })
	})
}

// retry calls a function until it succeeds, or no retry is left.
func (o *Options) retry(ctx context.Context, call func() error) error {
	wait := o.MinWait
	for retry := 0; ; retry++ {
		err := call()
		if err == nil || errors.Is(err, ErrRefused) || retry >= o.Retries {
			return err
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return ctx.Err()
		}
		if !o.Constant {
			wait = min(2*wait, o.MaxWait)
		}
	}
}

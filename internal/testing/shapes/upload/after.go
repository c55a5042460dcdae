package upload

import (
	"context"
	"io"

	"github.com/retrygen/retrygen/runtime/retry"
)

// These hold for what a policy does not say.
//
//retry:default task retries=2 delay=exponential(1) cap=10s

// Upload stores a file. What the policy does not say is as the package's defaults say: a part is tried again twice, after one
// and two seconds.
func Upload(ctx context.Context, server Server, file io.ReaderAt, size int64, policy retry.Policy) error {
	put := func(number int, part *io.SectionReader) (string, error) {
		return putWithRetry(ctx, policy, server, number, part)
	}
	return parts(ctx, server, file, size, put, func(tags []string) error {
		return completeWithRetry(ctx, policy, server, tags)
	})
}

// put stores a part. Each attempt gets a reader of its own, at the part's beginning.
//
//retry:task policy=policy except=ErrRefused
func put(ctx context.Context, policy retry.Policy, server Server, number int, part *io.SectionReader) (string, error) {
	return server.Put(ctx, number, part)
}

//retry:task policy=policy except=ErrRefused
func complete(ctx context.Context, policy retry.Policy, server Server, tags []string) error {
	return server.Complete(ctx, tags)
}

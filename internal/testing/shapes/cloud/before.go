package cloud

import (
	"context"
	"io"
	"net/http"
	"time"
)

// GetByHand reads a resource.
func (c *Client) GetByHand(ctx context.Context, path string) (*http.Response, error) {
	for retry := 0; ; retry++ {
		resp, err := c.get(ctx, path)
		if retry >= c.config.MaxRetries || !worthRetrying(ctx, resp, err) {
			return resp, err
		}
		if resp != nil {
			_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, 4096))
			_ = resp.Body.Close()
		}
		timer := time.NewTimer(backoff(c.config.MinRetryWait, c.config.MaxRetryWait, retry))
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return nil, ctx.Err()
		}
	}
}

// backoff doubles a wait with each retry, up to a limit.
func backoff(first, limit time.Duration, retry int) time.Duration {
	wait := first
	for range retry {
		if wait >= limit/2 {
			return limit
		}
		wait *= 2
	}
	return min(wait, limit)
}

package cloud

import (
	"context"
	"net/http"
)

// Get reads a resource.
//
//retry:task retries=.config.MaxRetries delay=exponential(.config.MinRetryWait) cap=.config.MaxRetryWait if=worthRetrying
func (c *Client) Get(ctx context.Context, path string) (*http.Response, error) {
	return c.get(ctx, path)
}

// Package cloud is the client of a cloud service. Its configuration says how often a request is repeated and how long the
// client waits, and the status decides whether it is worth it.
package cloud

import (
	"context"
	"net/http"
	"time"
)

//go:generate go tool retrygen

// Config is the configuration of a client.
type Config struct {
	Address      string
	MaxRetries   int
	MinRetryWait time.Duration
	MaxRetryWait time.Duration
	HTTPClient   *http.Client
}

// Client is a client of the service.
type Client struct{ config *Config }

// New returns a client.
func New(config *Config) *Client { return &Client{config} }

func (c *Client) get(ctx context.Context, path string) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.config.Address+path, nil)
	if err != nil {
		return nil, err
	}
	return c.config.HTTPClient.Do(req)
}

// worthRetrying reports whether a request should be sent again.
func worthRetrying(ctx context.Context, resp *http.Response, err error) bool {
	switch {
	case ctx.Err() != nil:
		return false
	case err != nil, resp.StatusCode == http.StatusTooManyRequests:
		return true
	}
	return resp.StatusCode >= 500 && resp.StatusCode != http.StatusNotImplemented
}

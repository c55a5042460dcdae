// Package acme is a client for certificates. It is patient: a request is repeated until its context ends, when the server is
// overloaded, when it asks for a pause, and when it does not accept the nonce of a request.
package acme

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

//go:generate go tool retrygen

// Problem is an error of the server.
type Problem struct {
	Status int
	Nonce  bool          // the nonce was not accepted
	After  time.Duration // the pause that the server asks for; 0 for none
}

func (p *Problem) Error() string { return fmt.Sprintf("acme: status %d", p.Status) }

// temporary reports whether a request may be repeated.
func (p *Problem) temporary() bool {
	return p.Nonce || p.Status >= 500 || p.Status == http.StatusTooManyRequests
}

// Client sends requests.
type Client struct {
	http   *http.Client
	nonces []string
	random func() float64 // from 0 to 1
}

// clearNonces forgets what an error says is old.
func (c *Client) clearNonces(err error) {
	if problem, ok := err.(*Problem); ok && problem.Nonce {
		c.nonces = nil
	}
}

// statusBadNonce stands for the type of problem that says so.
const statusBadNonce = 419

// post sends a request once. All statuses from 400 on are a [Problem].
func (c *Client) post(ctx context.Context, url string, body []byte) error {
	nonce := "fresh"
	if last := len(c.nonces) - 1; last >= 0 {
		nonce, c.nonces = c.nonces[last], c.nonces[:last]
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(append([]byte(nonce+" "), body...)))
	if err != nil {
		return err
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return err
	}
	_ = resp.Body.Close()
	if resp.StatusCode < 400 {
		return nil
	}
	seconds, _ := strconv.Atoi(resp.Header.Get("Retry-After"))
	return &Problem{resp.StatusCode, resp.StatusCode == statusBadNonce, time.Duration(seconds) * time.Second}
}

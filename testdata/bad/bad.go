// Package bad retries by hand, and does it wrong in ways that retrylint finds: go vet with it exits with 1 here.
package bad

import (
	"bytes"
	"context"
	"net/http"
	"time"
)

// Send has one finding of each check for loops that is on by default.
func Send(ctx context.Context, client *http.Client, url string, data []byte) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPut, url, bytes.NewReader(data))
	if err != nil {
		return err
	}
	for attempt := 0; attempt < 3; attempt++ {
		resp, err := client.Do(req)
		if err == nil {
			return resp.Body.Close()
		}
		time.Sleep(Backoff(attempt))
	}
	return err
}

// Backoff overflows for a large number of attempts.
func Backoff(attempt int) time.Duration {
	wait := time.Second << attempt
	if wait > time.Minute {
		wait = time.Minute
	}
	return wait
}

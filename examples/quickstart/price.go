package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
)

//go:generate go tool retrygen

// FetchPrice asks the server for a price.
//
//retry:task retries=4 delay=exponential(200ms) jitter=1 timeout=2s if=worthRetrying
func FetchPrice(ctx context.Context, url string) (float64, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return 0, err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return 0, &StatusError{resp.StatusCode}
	}
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return 0, err
	}
	return strconv.ParseFloat(string(text), 64)
}

// StatusError is an answer that is not 200 OK.
type StatusError struct{ Code int }

func (e *StatusError) Error() string {
	return fmt.Sprintf("status %d %s", e.Code, http.StatusText(e.Code))
}

// worthRetrying says no to answers that will not change.
func worthRetrying(err error) bool {
	status, ok := errors.AsType[*StatusError](err)
	return !ok || status.Code != http.StatusUnauthorized && status.Code != http.StatusNotFound
}

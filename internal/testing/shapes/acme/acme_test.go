package acme

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"testing"
	"time"

	"github.com/retrygen/retrygen/internal/testing/shapes"
)

var (
	errDial  = errors.New("no route")
	overload = shapes.Answer{Status: 503}
	oldNonce = shapes.Answer{Status: statusBadNonce}
)

func run(post func(*Client, context.Context, string, []byte) error) shapes.Run {
	return func(ctx context.Context, s *shapes.Service) error {
		c := &Client{
			http:   &http.Client{Transport: shapes.Transport{Service: s}},
			nonces: []string{"stale", "given"},
			random: rand.New(s.Random).Float64,
		}
		err := post(c, ctx, "https://ca.example/order", []byte("csr"))
		if problem, ok := errors.AsType[*Problem](err); ok {
			return shapes.Answer{Status: problem.Status}
		}
		return err
	}
}

func TestPost(t *testing.T) {
	for _, test := range []struct {
		name string
		shapes.Case
	}{
		{"success", shapes.Case{Answers: []error{nil}, Attempts: shapes.Seconds(0), Notes: []string{"given csr"}}},
		{"overloaded", shapes.Case{
			Answers: []error{overload, overload, overload, nil}, Attempts: shapes.Seconds(0, 1, 3, 7),
			Notes: []string{"given csr", "stale csr", "fresh csr", "fresh csr"}}},
		{"a nonce is old", shapes.Case{
			Answers: []error{oldNonce, nil}, Attempts: shapes.Seconds(0, 1), Notes: []string{"given csr", "fresh csr"}}},
		{"a pause", shapes.Case{
			Answers: []error{shapes.Answer{Status: 429, After: 30}, overload, nil}, Attempts: shapes.Seconds(0, 30, 32),
			Notes: []string{"given csr", "stale csr", "fresh csr"}}},
		{"refused", shapes.Case{
			Answers: []error{shapes.Answer{Status: 403}}, Attempts: shapes.Seconds(0), Err: shapes.Answer{Status: 403},
			Notes: []string{"given csr"}}},
		{"cancelled", shapes.Case{
			Answers: []error{overload}, Cancel: 2 * time.Second, Attempts: shapes.Seconds(0, 1), Ends: 2 * time.Second, Err: overload,
			Notes: []string{"given csr", "stale csr"}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.Check(t, run((*Client).PostByHand), run((*Client).PostWithRetry))
		})
	}
}

func TestNoConnection(t *testing.T) {
	test := shapes.Case{Answers: []error{errDial}, Attempts: shapes.Seconds(0), Err: errDial, Notes: []string{"given csr"}}
	test.Check(t, run((*Client).PostByHand), run((*Client).PostWithRetry))
}

// TestManyRetries shows a difference from the fifth retry on.
func TestManyRetries(t *testing.T) {
	for _, test := range []struct {
		name     string
		post     func(*Client, context.Context, string, []byte) error
		attempts []time.Duration
	}{
		{"before", (*Client).PostByHand, shapes.Seconds(0, 1, 3, 7, 15, 25, 35)},
		{"after", (*Client).PostWithRetry, shapes.Seconds(0, 1, 3, 7, 15, 31, 63)},
	} {
		answers := []error{oldNonce, oldNonce, oldNonce, oldNonce, oldNonce, oldNonce, nil}
		notes := []string{"given csr", "fresh csr", "fresh csr", "fresh csr", "fresh csr", "fresh csr", "fresh csr"}
		_ = shapes.Case{Answers: answers, Attempts: test.attempts, Notes: notes}.CheckOne(t, test.name, run(test.post))
	}
}

// TestLongPause shows a difference: a pause that is longer than the cap ends the call with the server's error.
func TestLongPause(t *testing.T) {
	test := shapes.Case{Answers: []error{shapes.Answer{Status: 429, After: 120}, nil}}
	before := test
	before.Attempts, before.Notes = shapes.Seconds(0, 120), []string{"given csr", "stale csr"}
	_ = before.CheckOne(t, "before", run((*Client).PostByHand))
	after := test
	after.Attempts, after.Notes, after.Err = shapes.Seconds(0), []string{"given csr"}, shapes.Answer{Status: 429}
	_ = after.CheckOne(t, "after", run((*Client).PostWithRetry))
}

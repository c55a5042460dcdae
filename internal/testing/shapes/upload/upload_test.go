package upload

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/retrygen/retrygen/internal/testing/shapes"
	"github.com/retrygen/retrygen/runtime/retry"
)

var errBusy = errors.New("busy")

// server is a server that answers as a test says.
type server struct{ *shapes.Service }

func (s server) note(format string, args ...any) {
	s.Notes = append(s.Notes, fmt.Sprintf(format, args...))
}

func (s server) Put(ctx context.Context, number int, part io.Reader) (string, error) {
	data, err := io.ReadAll(part)
	s.note("%d: %s", number, data)
	return fmt.Sprintf("tag %d", number), errors.Join(err, s.Call(ctx))
}

func (s server) Complete(ctx context.Context, tags []string) error {
	s.note("complete: %s", strings.Join(tags, ", "))
	return s.Call(ctx)
}

func (s server) Abort(context.Context) error {
	s.note("abort")
	return nil
}

func check(t *testing.T, test shapes.Case, options *Options, policy string) {
	t.Helper()
	const text = "one, two"
	test.Check(t,
		func(ctx context.Context, s *shapes.Service) error {
			return UploadByHand(ctx, server{s}, strings.NewReader(text), int64(len(text)), options)
		},
		func(ctx context.Context, s *shapes.Service) error {
			return Upload(ctx, server{s}, strings.NewReader(text), int64(len(text)), retry.MustParsePolicy(policy))
		})
}

func TestUpload(t *testing.T) {
	first, second, complete := "1: one,", "2:  two", "complete: tag 1, tag 2"
	for _, test := range []struct {
		name string
		shapes.Case
	}{
		{"success", shapes.Case{
			Answers: []error{nil}, Attempts: shapes.Seconds(0, 0, 0), Notes: []string{first, second, complete}}},
		{"each part has retries of its own", shapes.Case{
			Answers: []error{errBusy, errBusy, nil, errBusy, nil, nil}, Attempts: shapes.Seconds(0, 1, 3, 3, 4, 4),
			Notes: []string{first, first, first, second, second, complete}}},
		{"completing has retries, too", shapes.Case{
			Answers: []error{nil, nil, errBusy, nil}, Attempts: shapes.Seconds(0, 0, 0, 1),
			Notes: []string{first, second, complete, complete}}},
		{"retries run out", shapes.Case{
			Answers: []error{nil, errBusy}, Attempts: shapes.Seconds(0, 0, 1, 3), Err: errBusy,
			Notes: []string{first, second, second, second, "abort"}}},
		{"refused", shapes.Case{
			Answers: []error{ErrRefused}, Attempts: shapes.Seconds(0), Err: ErrRefused, Notes: []string{first, "abort"}}},
		{"cancelled", shapes.Case{
			Answers: []error{nil, errBusy}, Cancel: 2 * time.Second, Attempts: shapes.Seconds(0, 0, 1), Ends: 2 * time.Second,
			Err: context.Canceled, Cut: retry.ReasonCanceled, Notes: []string{first, second, second, "abort"}}},
	} {
		t.Run(test.name, func(t *testing.T) { check(t, test.Case, nil, "") })
	}
}

func TestPolicies(t *testing.T) {
	for _, test := range []struct {
		policy   string
		options  Options
		attempts []time.Duration
	}{
		{"", Options{Retries: 2, MinWait: time.Second, MaxWait: 10 * time.Second}, shapes.Seconds(0, 1, 3)},
		{"retries=0", Options{}, shapes.Seconds(0)},
		{"retries=4 cap=3", Options{Retries: 4, MinWait: time.Second, MaxWait: 3 * time.Second}, shapes.Seconds(0, 1, 3, 6, 9)},
		{"attempts=4 delay=500ms", Options{Retries: 3, MinWait: 500 * time.Millisecond, Constant: true}, shapes.Seconds(0, 0.5, 1, 1.5)},
		{"delay=0", Options{Retries: 2}, shapes.Seconds(0, 0, 0)},
	} {
		t.Run(test.policy, func(t *testing.T) {
			var notes []string
			for range test.attempts {
				notes = append(notes, "1: one,")
			}
			check(t, shapes.Case{
				Answers: []error{errBusy}, Attempts: test.attempts, Err: errBusy, Notes: append(notes, "abort"),
			}, &test.options, test.policy)
		})
	}
}

package backup

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/retrygen/retrygen/internal/testing/shapes"
)

var errBusy = errors.New("busy")

// disk is a store that answers as a test says.
type disk struct{ *shapes.Service }

func (d disk) Location() string           { return "disk" }
func (d disk) IsPermanent(err error) bool { return errors.Is(err, ErrNotExist) }

func (d disk) Save(ctx context.Context, _ string, file io.ReadSeeker) error {
	data, err := io.ReadAll(file)
	d.Notes = append(d.Notes, string(data))
	return errors.Join(err, d.Call(ctx))
}

func (d disk) Load(ctx context.Context, _ string, use func(io.Reader) error) error {
	if err := d.Call(ctx); err != nil {
		return err
	}
	return use(strings.NewReader("contents"))
}

func (d disk) Stat(ctx context.Context, _ string) (Info, error) { return Info{Size: 7}, d.Call(ctx) }

func (d disk) Remove(ctx context.Context, _ string) error { return d.Call(ctx) }

func (d disk) List(ctx context.Context, use func(string, Info) error) error {
	if err := use("first", Info{}); err != nil {
		return err
	}
	if err := d.Call(ctx); err != nil {
		return err
	}
	return use("second", Info{})
}

// use calls one method of a backend.
type use func(ctx context.Context, b Backend, note func(format string, args ...any)) error

func check(t *testing.T, test shapes.Case, call use) {
	t.Helper()
	const limit = 10 * time.Second
	run := func(retries func(b Backend, report func(error, time.Duration)) Backend) shapes.Run {
		return func(ctx context.Context, s *shapes.Service) error {
			note := func(format string, args ...any) { s.Notes = append(s.Notes, fmt.Sprintf(format, args...)) }
			report := func(err error, wait time.Duration) { note("%v, again in %v", err, wait) }
			return call(ctx, retries(disk{s}, report), note)
		}
	}
	test.Check(t,
		run(func(b Backend, report func(error, time.Duration)) Backend {
			return &RetryByHand{Backend: b, MaxElapsed: limit, First: time.Second, Report: report}
		}),
		run(func(b Backend, report func(error, time.Duration)) Backend {
			return WithRetries(b, Settings{MaxElapsed: limit, First: time.Second, Report: report})
		}))
}

func TestMethods(t *testing.T) {
	for _, test := range []struct {
		name  string
		call  use
		notes []string
	}{
		{"Save", func(ctx context.Context, b Backend, _ func(string, ...any)) error {
			return b.Save(ctx, "a", strings.NewReader("data"))
		}, []string{"data", "busy, again in 1s", "data"}},
		{"Load", func(ctx context.Context, b Backend, note func(string, ...any)) error {
			return b.Load(ctx, "a", func(file io.Reader) error {
				data, err := io.ReadAll(file)
				note("loaded %s", data)
				return err
			})
		}, []string{"busy, again in 1s", "loaded contents"}},
		{"Stat", func(ctx context.Context, b Backend, note func(string, ...any)) error {
			info, err := b.Stat(ctx, "a")
			note("size %d at %s", info.Size, b.Location())
			return err
		}, []string{"busy, again in 1s", "size 7 at disk"}},
		{"Remove", func(ctx context.Context, b Backend, _ func(string, ...any)) error {
			return b.Remove(ctx, "a")
		}, []string{"busy, again in 1s"}},
		{"List", func(ctx context.Context, b Backend, note func(string, ...any)) error {
			return b.List(ctx, func(name string, _ Info) error {
				note("found %s", name)
				return nil
			})
		}, []string{"found first", "busy, again in 1s", "found second"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			check(t, shapes.Case{Answers: []error{errBusy, nil}, Attempts: shapes.Seconds(0, 1), Notes: test.notes}, test.call)
		})
	}
}

func TestEnds(t *testing.T) {
	reports := []string{"busy, again in 1s", "busy, again in 1.5s", "busy, again in 2.25s", "busy, again in 3.375s"}
	for _, test := range []struct {
		name string
		shapes.Case
	}{
		{"permanent", shapes.Case{Answers: []error{ErrNotExist}, Attempts: shapes.Seconds(0), Err: ErrNotExist}},
		{"the time is up", shapes.Case{
			Answers: []error{errBusy}, Attempts: shapes.Seconds(0, 1, 2.5, 4.75, 8.125), Err: errBusy, Notes: reports}},
		{"attempts count", shapes.Case{
			Answers: []error{shapes.Slow{Takes: 5 * time.Second, Err: errBusy}}, Attempts: shapes.Seconds(0, 6), Ends: 11 * time.Second,
			Err: errBusy, Notes: reports[:1]}},
	} {
		t.Run(test.name, func(t *testing.T) {
			check(t, test.Case, func(ctx context.Context, b Backend, _ func(string, ...any)) error { return b.Remove(ctx, "a") })
		})
	}
}

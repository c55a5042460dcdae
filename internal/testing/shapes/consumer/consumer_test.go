package consumer

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/retrygen/retrygen/internal/testing/shapes"
)

var errClosed = errors.New("closed")

func run(config Config, read func(*Consumer, context.Context) error) shapes.Run {
	return func(ctx context.Context, s *shapes.Service) error {
		log := func(text string) { s.Notes = append(s.Notes, text) }
		return read(&Consumer{config: config, session: s.Call, log: log}, ctx)
	}
}

// lost returns what a consumer logs.
func lost(waits ...string) (notes []string) {
	for _, wait := range waits {
		notes = append(notes, "session lost: closed, connecting again in "+wait)
	}
	return notes
}

func TestRun(t *testing.T) {
	usual := Config{MaxReconnects: 3, MinBackoff: time.Second, MaxBackoff: 3 * time.Second, Stable: time.Minute}
	endless := usual
	endless.MaxReconnects = -1
	once := usual
	once.MaxReconnects = 0
	hour := shapes.Slow{Takes: time.Hour, Err: errClosed}
	short := shapes.Slow{Takes: 59 * time.Second, Err: errClosed}
	for _, test := range []struct {
		name   string
		config Config
		shapes.Case
	}{
		{"a session that ends well", usual, shapes.Case{Answers: []error{nil}, Attempts: shapes.Seconds(0)}},
		{"does not come up", usual, shapes.Case{
			Answers: []error{errClosed}, Attempts: shapes.Seconds(0, 1, 3, 6), Err: errClosed, Notes: lost("1s", "2s", "3s")}},
		{"long sessions", usual, shapes.Case{
			Answers: []error{hour, hour, hour, hour, hour, nil}, Attempts: shapes.Seconds(0, 3601, 7202, 10803, 14404, 18005),
			Notes: lost("1s", "1s", "1s", "1s", "1s")}},
		{"short sessions", usual, shapes.Case{
			Answers: []error{short}, Attempts: shapes.Seconds(0, 60, 121, 183), Ends: 242 * time.Second, Err: errClosed,
			Notes: lost("1s", "2s", "3s")}},
		{"is lost and comes up again", usual, shapes.Case{
			Answers: []error{errClosed, errClosed, hour, errClosed, nil}, Attempts: shapes.Seconds(0, 1, 3, 3604, 3606),
			Notes: lost("1s", "2s", "1s", "2s")}},
		{"no limit", endless, shapes.Case{
			Answers: []error{errClosed, errClosed, errClosed, errClosed, errClosed, nil}, Attempts: shapes.Seconds(0, 1, 3, 6, 9, 12),
			Notes: lost("1s", "2s", "3s", "3s", "3s")}},
		{"no reconnects", once, shapes.Case{Answers: []error{hour}, Attempts: shapes.Seconds(0), Ends: time.Hour, Err: errClosed}},
		{"denied", usual, shapes.Case{
			Answers: []error{errClosed, ErrDenied}, Attempts: shapes.Seconds(0, 1), Err: ErrDenied, Notes: lost("1s")}},
		{"ends while it waits", usual, shapes.Case{
			Answers: []error{errClosed}, Cancel: 2 * time.Second, Attempts: shapes.Seconds(0, 1), Ends: 2 * time.Second,
			Notes: lost("1s", "2s")}},
		{"ends in a session", usual, shapes.Case{
			Answers: []error{hour}, Cancel: time.Minute, Attempts: shapes.Seconds(0), Ends: time.Minute}},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.Check(t, run(test.config, (*Consumer).RunByHand), run(test.config, (*Consumer).Run))
		})
	}
}

// TestNoTime shows a difference: by hand, every session has been up for a time of 0, and for the wrapper such a time means that
// no session counts.
func TestNoTime(t *testing.T) {
	config := Config{MaxReconnects: 2, MinBackoff: time.Second, MaxBackoff: 3 * time.Second}
	before := shapes.Case{
		Answers: []error{errClosed, errClosed, errClosed, nil}, Attempts: shapes.Seconds(0, 1, 2, 3), Notes: lost("1s", "1s", "1s")}
	after := before
	after.Attempts, after.Notes, after.Err = shapes.Seconds(0, 1, 3), lost("1s", "2s"), errClosed
	_ = before.CheckOne(t, "before", run(config, (*Consumer).RunByHand))
	_ = after.CheckOne(t, "after", run(config, (*Consumer).Run))
}

// TestFirstWait shows a difference: by hand, the first wait may be longer than the longest one.
func TestFirstWait(t *testing.T) {
	config := Config{MaxReconnects: 2, MinBackoff: 5 * time.Second, MaxBackoff: 3 * time.Second, Stable: time.Minute}
	before := shapes.Case{Answers: []error{errClosed}, Attempts: shapes.Seconds(0, 5, 8), Err: errClosed, Notes: lost("5s", "3s")}
	after := before
	after.Attempts, after.Notes = shapes.Seconds(0, 3, 6), lost("3s", "3s")
	_ = before.CheckOne(t, "before", run(config, (*Consumer).RunByHand))
	_ = after.CheckOne(t, "after", run(config, (*Consumer).Run))
}

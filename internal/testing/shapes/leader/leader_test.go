package leader

import (
	"context"
	"errors"
	"flag"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/retrygen/retrygen/internal/testing/shapes"
	"github.com/retrygen/retrygen/runtime/retry"
)

var errServer = errors.New("no answer")

// run takes part in an election with the flags of a command line.
func run(t *testing.T, args []string, run func(*Elector, context.Context, func(context.Context)) error) shapes.Run {
	flags := &Flags{}
	set := flag.NewFlagSet("elector", flag.ContinueOnError)
	flags.Register(set)
	if err := set.Parse(args); err != nil {
		t.Fatal(err)
	}
	return func(ctx context.Context, s *shapes.Service) error {
		began := time.Now()
		lead := func(ctx context.Context) {
			s.Notes = append(s.Notes, "leads after "+time.Since(began).String())
			<-ctx.Done()
		}
		return run(&Elector{flags: flags, claim: s.Call, random: rand.New(s.Random).Float64}, ctx, lead)
	}
}

func TestRun(t *testing.T) {
	for _, test := range []struct {
		name string
		args []string
		shapes.Case
	}{
		{"leads at once", nil, shapes.Case{
			Answers: []error{nil}, Cancel: 12 * time.Second, Attempts: shapes.Seconds(0, 5, 10), Ends: 12 * time.Second,
			Err: context.Canceled, Notes: []string{"leads after 0s"}}},
		{"the place is free later", nil, shapes.Case{
			Answers: []error{ErrHeld, errServer, ErrHeld, nil, ErrHeld}, Attempts: shapes.Seconds(0, 1.6, 3.2, 4.8, 9.8), Err: ErrLost,
			Notes: []string{"leads after 4.8s"}}},
		{"other flags", []string{"-leader-retry-period=10s", "-leader-retry-jitter=5s"}, shapes.Case{
			Answers: []error{ErrHeld, ErrHeld, nil, ErrHeld}, Attempts: shapes.Seconds(0, 5, 10, 15), Err: ErrLost,
			Notes: []string{"leads after 10s"}}},
		{"no jitter", []string{"-leader-retry-jitter=0"}, shapes.Case{
			Answers: []error{ErrHeld, nil, ErrHeld}, Attempts: shapes.Seconds(0, 2, 7), Err: ErrLost, Notes: []string{"leads after 2s"}}},
		{"renews after a failure", nil, shapes.Case{
			Answers: []error{nil, errServer, errServer, nil, ErrHeld}, Attempts: shapes.Seconds(0, 5, 6.6, 8.2, 13.2), Err: ErrLost,
			Notes: []string{"leads after 0s"}}},
		{"never leads", nil, shapes.Case{
			Answers: []error{ErrHeld}, Cancel: 4 * time.Second, Attempts: shapes.Seconds(0, 1.6, 3.2), Ends: 4 * time.Second,
			Err: context.Canceled, Cut: retry.ReasonCanceled}},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.Check(t, run(t, test.args, (*Elector).RunByHand), run(t, test.args, (*Elector).Run))
		})
	}
}

// TestLost shows a difference: the loop by hand waits once more before it gives up the place.
func TestLost(t *testing.T) {
	before := shapes.Case{
		Answers: []error{nil, errServer}, Attempts: shapes.Seconds(0, 5, 6.6, 8.2, 9.8, 11.4, 13, 14.6), Ends: 16200 * time.Millisecond,
		Err: ErrLost, Notes: []string{"leads after 0s"}}
	after := before
	after.Ends = 14600 * time.Millisecond
	_ = before.CheckOne(t, "before", run(t, nil, (*Elector).RunByHand))
	_ = after.CheckOne(t, "after", run(t, nil, (*Elector).Run))
}

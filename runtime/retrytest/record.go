package retrytest

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/retrygen/retrygen/runtime/retry"
)

// Recorder holds the events of calls, in the order in which they happened. It is safe for concurrent use.
type Recorder struct {
	t      testing.TB
	task   string
	lock   sync.Mutex
	events []retry.Event
}

// Record returns a context below which the events of a task are recorded. The task is named as in [retry.For], such as
// "pricing.FetchPrice"; an empty name means all tasks. For several tasks, call Record for each, one context below the
// other. If the test fails, the events are logged at its end.
//
// An event is a decision after a failed attempt, see [retry.Event]. So a call that succeeds at once leaves nothing, unless
// its directive has the option observe.
func Record(t testing.TB, ctx context.Context, task string) (context.Context, *Recorder) {
	t.Helper()
	r := &Recorder{t: t, task: task}
	t.Cleanup(r.logIfFailed)
	return retry.With(ctx, retry.For(task, retry.Observer(r.record))), r
}

func (r *Recorder) record(_ context.Context, e retry.Event) {
	r.lock.Lock()
	defer r.lock.Unlock()
	r.events = append(r.events, e)
}

// Events returns the events so far.
func (r *Recorder) Events() []retry.Event {
	r.lock.Lock()
	defer r.lock.Unlock()
	return slices.Clone(r.events)
}

// Attempts returns the number of attempts in all calls that have ended and left an event.
func (r *Recorder) Attempts() int {
	n := 0
	for _, e := range r.Events() {
		if e.Decision != retry.DecisionRetry {
			n += e.Attempt
		}
	}
	return n
}

// Waits returns the waits before all retries, as they were decided. A wait that the context has ended was shorter.
func (r *Recorder) Waits() []time.Duration {
	var waits []time.Duration
	for _, e := range r.Events() {
		if e.Decision == retry.DecisionRetry {
			waits = append(waits, e.Wait)
		}
	}
	return waits
}

// WantAttempts reports an error of the test if [Recorder.Attempts] is not n.
func (r *Recorder) WantAttempts(n int) {
	r.t.Helper()
	if got := r.Attempts(); got != n {
		r.t.Errorf("%s: %d attempts, want %d", r.name(), got, n)
	}
}

// WantWaits reports an error of the test if [Recorder.Waits] are not these. Without jitter, see [retry.NoJitter], a test
// can name them exactly.
func (r *Recorder) WantWaits(waits ...time.Duration) {
	r.t.Helper()
	if got := r.Waits(); !slices.Equal(got, waits) {
		r.t.Errorf("%s: waits %v, want %v", r.name(), got, waits)
	}
}

// name returns the task for messages.
func (r *Recorder) name() string {
	if r.task == "" {
		return "all tasks"
	}
	return r.task
}

// logIfFailed shows what happened, in the words of retry.LogTo.
func (r *Recorder) logIfFailed() {
	if !r.t.Failed() {
		return
	}
	r.t.Helper()
	var text strings.Builder
	log := retry.LogTo(slog.New(slog.NewTextHandler(&text, &slog.HandlerOptions{ReplaceAttr: withoutTime})))
	for _, e := range r.Events() {
		log(context.Background(), e)
	}
	r.t.Logf("%s: %d events\n%s", r.name(), len(r.Events()), text.String())
}

// withoutTime leaves out the time of logging, which is not the time of the event.
func withoutTime(_ []string, a slog.Attr) slog.Attr {
	if a.Key == slog.TimeKey {
		return slog.Attr{}
	}
	return a
}

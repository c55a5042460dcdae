package backup

import (
	"context"
	"time"

	"github.com/retrygen/retrygen/runtime/retry"
)

// limited is a Backend with the settings of its retries. Its decorator is what [WithRetries] returns.
//
//retry:task retries=unlimited delay=exponential(.First,base=1.5) within=.MaxElapsed if=.worthRetrying notify=.Report error=last
type limited interface {
	Backend
	MaxElapsed() time.Duration
	First() time.Duration
	Report(ctx context.Context, event retry.Event)
	worthRetrying(err error) bool
}

// Settings are the settings of retries.
type Settings struct {
	MaxElapsed time.Duration
	First      time.Duration
	Report     func(err error, wait time.Duration)
}

// WithRetries returns a Backend with retries.
func WithRetries(b Backend, settings Settings) Backend {
	return listOnce{limitedWithRetry{with{b, settings}}}
}

// with is a Backend and the settings of its retries.
type with struct {
	Backend
	settings Settings
}

func (w with) MaxElapsed() time.Duration { return w.settings.MaxElapsed }
func (w with) First() time.Duration      { return w.settings.First }

func (w with) Report(_ context.Context, event retry.Event) { w.settings.Report(event.Err, event.Wait) }

func (w with) worthRetrying(err error) bool { return !w.IsPermanent(err) }

// listOnce makes List call its function once for each file, however many attempts there are.
type listOnce struct{ Backend }

func (l listOnce) List(ctx context.Context, use func(name string, info Info) error) error {
	seen := map[string]bool{}
	return l.Backend.List(ctx, func(name string, info Info) error {
		if seen[name] {
			return nil
		}
		seen[name] = true
		return use(name, info)
	})
}

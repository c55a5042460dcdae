package retryloop

import (
	"errors"
	"io"
	"time"

	"github.com/retrygen/retrygen/runtime/retry"
)

// next is what was prepared for the next attempt.
type next struct {
	made  io.Closer     // to be closed here if the attempt does not begin; may be nil
	seeks []seek        // put parameters back
	spent time.Duration // of the planned wait, on the release of results
}

// Prepare holds what was made for the next attempt, such as a request's body. End closes it if that attempt does not
// begin.
func (l *Loop) Prepare(made io.Closer) {
	if l.made != nil {
		made = closers{l.made, made}
	}
	l.made = made
}

// closers are closed together.
type closers [2]io.Closer

// Close closes both.
func (c closers) Close() error { return errors.Join(c[0].Close(), c[1].Close()) }

// drop closes what was made for an attempt that has not begun.
func (l *Loop) drop() {
	if l.made != nil {
		_ = l.made.Close() // It was not used, so an error does not matter.
	}
}

// Spend counts time that the release of results took as part of the planned wait.
func (l *Loop) Spend(d time.Duration) { l.spent += d }

// rewind puts parameters back after the wait. It reports false, and ends the loop, if one cannot be put back, or if the
// release of results has taken the time that was left for retries.
func (l *Loop) rewind() bool {
	if l.Within > 0 && l.spent > l.planned && time.Since(l.begun()) > l.Within {
		return l.cut(retry.ReasonWithin, nil)
	}
	for _, s := range l.seeks {
		if err := s.run(); err != nil {
			return l.cut(retry.ReasonBody, err)
		}
	}
	return true
}

// proceed counts the attempt that starts now.
func (l *Loop) proceed() bool {
	if l.Flow != nil {
		if err := l.Flow.begin(); err != nil {
			return l.cut(retry.ReasonCheckpoint, err)
		}
	}
	l.attempts++
	if l.Reset > 0 {
		l.latest = time.Now()
	}
	return true
}

package retryloop

import "time"

// series is what starts again when an attempt has run so long that its failure counts as the first one of a new outage:
// the numbers of retries, the schedule, and the policy's limit. Attempts go on counting.
type series struct {
	before int       // attempts before the series
	latest time.Time // when the latest attempt began; the zero time for the first
	from   time.Time // when the series began; the zero time for the first
}

// renew begins a new series if the attempt that has just ended ran long enough.
func (l *Loop) renew() {
	start := l.latest
	if start.IsZero() {
		start = l.First
	}
	if start.IsZero() {
		start = l.Started
	}
	if now := time.Now(); now.Sub(start) >= l.Reset {
		l.before, l.from, l.previous = l.attempts-1, now, 0
	}
}

// begun returns when the series began.
func (l *Loop) begun() time.Time {
	if l.from.IsZero() {
		return l.Started
	}
	return l.from
}

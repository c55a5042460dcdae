package retryloop

import (
	"time"

	"github.com/retrygen/retrygen/runtime/retry"
)

// Ask sets the wait that a condition asks for, with the meaning of retry.After, or retry.Immediately. Any other wait that
// is not more than 0 leaves it to the error and the schedule.
func (l *Loop) Ask(wait time.Duration) {
	if wait > 0 || wait == retry.Immediately {
		l.asked = wait
	}
}

// longest is the longest wait that an error may ask for.
func (l *Loop) longest() time.Duration {
	if l.Cap > 0 {
		return l.Cap
	}
	return time.Hour
}

// wait returns how long to wait: as the error asks, or as the schedule says.
func (l *Loop) wait(delay time.Duration) time.Duration {
	switch {
	case l.undelayed(), l.asked == retry.Immediately:
		return 0
	case l.asked > 0 && l.unjittered():
		return l.asked
	case l.asked > 0:
		return between(l.asked, add(l.asked, l.asked/10), l.Cap, l.draw())
	}
	return max(capped(delay, l.Cap), 0)
}

// undelayed reports whether delays are turned off.
func (l *Loop) undelayed() bool { return l.settings != nil && l.settings.NoDelay }

// unjittered reports whether jitter is turned off.
func (l *Loop) unjittered() bool { return l.settings != nil && l.settings.NoJitter }

package main

// becomes is what becomes of a place.
type becomes string

const (
	isTurned  becomes = "turned"
	isDiffers becomes = "differs"
	isStays   becomes = "stays"
	isUnseen  becomes = "unseen" // the command does not take it for a retry
)

// place is what becomes of a place: it does the same, or does what it did with some differences, or stays for a reason.
type place struct {
	status      becomes
	reason      string
	differences []string
}

// shapeMigration is what becomes of the code by hand of a shape.
type shapeMigration struct {
	places map[string]place  // by the function around
	shown  map[string]string // tests that show a difference, and which one
}

// Sentences of the command.
const (
	saysDone = "the context ends the retries, with a *retry.Error, when it is done or its deadline comes before the next retry; " +
		"before, they did not look at it"
	saysDeadline = "a wait that would end after the context's deadline is not begun; before, it was waited for until the deadline"
	saysCut      = "when the context ends the retries, the error is a *retry.Error that wraps the last attempt's error and the context's"
	saysNone     = "no attempt is made if the context is done already; before, one was"
	saysWithin   = "when the time for all retries is over, the error is a *retry.Error that wraps the last attempt's error; " +
		"before, it was that error itself"
	saysLast = "after the last attempt there is no wait; before, the loop waited once more"
)

// Sentences about one shape.
const (
	noTime    = "where c.config.Stable is 0 or less, each attempt was long enough to begin anew; now none is"
	firstWait = "a first delay above c.config.MaxBackoff was waited for; now no wait is longer than that"
)

// shapeMigrations says what becomes of all shapes.
var shapeMigrations = map[string]shapeMigration{
	"acme": {places: map[string]place{
		"PostByHand": {status: isDiffers, differences: []string{
			saysDeadline, "an error of type Problem is waited for as long as its method RetryAfter says",
		}},
	}},
	"backup": {
		places: map[string]place{
			"retry": {status: isDiffers, differences: []string{
				"where r.MaxElapsed is 0 or less, the loop made no more than one attempt; now nothing limits the time",
				"a delay that no longer fits a time.Duration stays the longest one; before, it was negative or 0, and there was no wait",
				saysDeadline, saysWithin, saysCut, "line 28 is told 0 for a negative delay",
				"what line 28 does before a wait is not done if the context or the time ends the retries before it", saysNone,
			}},
		},
		shown: map[string]string{"TestEnds/the_time_is_up": saysWithin, "TestEnds/attempts_count": saysWithin},
	},
	"broker": {
		places: map[string]place{
			"SendByHand": {status: isDiffers, differences: []string{saysDone}},
			"commit":     {status: isUnseen}, // a function that calls itself is no loop
		},
		shown: map[string]string{"TestCancelled": saysDone},
	},
	"cloud": {places: map[string]place{
		"GetByHand": {status: isDiffers, differences: []string{
			saysDeadline, saysCut, "a response of an attempt that is retried is drained and closed before the wait",
		}},
	}},
	"consumer": {
		places: map[string]place{
			"RunByHand": {status: isDiffers, differences: []string{
				noTime, firstWait,
				"a maximum c.config.MaxBackoff of 0 or less, with which the loop did not wait, is now no maximum",
				"where the first delay is negative, there is never a wait; before, doubled often enough, it became one",
				saysDeadline, "line 28 is told 0 for a negative delay",
				"what line 28 does before a wait is not done if the context or the time ends the retries before it",
			}},
		},
		shown: map[string]string{"TestNoTime": noTime, "TestFirstWait": firstWait},
	},
	"database": {places: map[string]place{
		"InTxByHand": {status: isDiffers, differences: []string{saysDeadline, saysCut}},
	}},
	"leader": {
		places: map[string]place{
			"acquireByHand": {status: isDiffers, differences: []string{saysDeadline, saysCut}},
			"renewByHand": {status: isDiffers, differences: []string{
				"where e.flags.RenewDeadline is 0 or less, the loop made no more than one attempt; now nothing limits the time",
				"a retry that would begin after e.flags.RenewDeadline is not made; before, the time was compared before the wait",
				saysLast, saysDeadline, saysCut,
			}},
		},
		shown: map[string]string{"TestLost": saysLast},
	},
	"poll": {places: map[string]place{
		"UntilByHand": {status: isStays, reason: "line 9: the attempt is a part of a condition; it has to be a statement that assigns its error"},
		"CheckByHand": {status: isTurned},
	}},
	"registry": {places: map[string]place{
		"RoundTrip": {status: isUnseen}, // each attempt sends another request
	}},
	"sdk": {places: map[string]place{
		"CallByHand": {status: isDiffers, differences: []string{
			saysDeadline, saysCut, "an attempt that follows at once (line 16) is not made if the context is done",
		}},
	}},
	"upload": {places: map[string]place{
		"retry": {status: isDiffers, differences: []string{saysDeadline, saysCut, saysNone}},
	}},
}

package shapes_test

// status is what becomes of a place.
type status string

const (
	turned  status = "turned"
	differs status = "differs"
	stays   status = "stays"
	unseen  status = "unseen" // the command does not take it for a retry
)

// place is what becomes of a place: it does the same, or does what it did with some differences, or stays for a reason.
type place struct {
	status      status
	reason      string
	differences []string
}

// migration is what becomes of the code by hand of a shape.
type migration struct {
	places map[string]place  // by the function around
	shown  map[string]string // tests that show a difference, and which one
}

// Sentences of the command.
const (
	deadline = "a wait that would end after the context's deadline is not begun; before, it was waited for until the deadline"
	cut      = "when the context ends the retries, the error is a *retry.Error that wraps the last attempt's error and the context's"
	done     = "a done context ends the retries; before, they did not look at it"
)

// migrations says what becomes of all shapes.
var migrations = map[string]migration{
	"acme": {places: map[string]place{
		"PostByHand": {status: differs, differences: []string{
			deadline, "an error of type Problem is waited for as long as its method RetryAfter says",
		}},
	}},
	"backup": {places: map[string]place{
		"retry": {status: stays, reason: "line 22: whether another attempt follows depends on the wait"},
	}},
	"broker": {
		places: map[string]place{
			"SendByHand": {status: differs, differences: []string{done}},
			"commit":     {status: unseen}, // a function that calls itself is no loop
		},
		shown: map[string]string{"TestCancelled": done},
	},
	"cloud": {places: map[string]place{
		"GetByHand": {status: differs, differences: []string{
			deadline, cut, "a response of an attempt that is retried is drained and closed before the wait",
		}},
	}},
	"consumer": {places: map[string]place{
		"RunByHand": {status: stays, reason: "line 12: wait: its value is carried from attempt to attempt"},
	}},
	"database": {places: map[string]place{
		"InTxByHand": {status: stays, reason: "line 10: the number of the attempt, attempt, is used when the loop ends"},
	}},
	"leader": {places: map[string]place{
		"acquireByHand": {status: stays, reason: "line 19: it waits by pause, which does more than to wait"},
		"renewByHand":   {status: stays, reason: "line 35: it waits by pause, which does more than to wait"},
	}},
	"poll": {places: map[string]place{
		"UntilByHand": {status: stays, reason: "line 9: the attempt stands inside of another statement"},
		"CheckByHand": {status: turned},
	}},
	"registry": {places: map[string]place{
		"RoundTrip": {status: unseen}, // each attempt sends another request
	}},
	"sdk": {places: map[string]place{
		"CallByHand": {status: stays, reason: "line 11: 2 ways lead to another attempt, and do not do the same"},
	}},
	"upload": {places: map[string]place{
		"retry": {status: stays, reason: "line 41: wait: its value is carried from attempt to attempt"},
	}},
}

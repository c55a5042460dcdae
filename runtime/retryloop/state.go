package retryloop

import "math/rand/v2"

// state is the state of a loop between two attempts.
type state uint8

const (
	running   state = iota
	succeeded       // the latest attempt returned no error
	exhausted       // no retry is left
	judged          // conditions are being asked: if the loop ends now, one of them said no
	overlong        // the wait that was asked for is too long
	postponed       // there is another attempt, which an engine has made
)

// draw returns 64 random bits.
func (l *Loop) draw() uint64 {
	if l.settings != nil && l.settings.Random != nil {
		return l.settings.Random.Uint64()
	}
	return rand.Uint64()
}

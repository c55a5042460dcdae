package remote

import "time"

// Error is an error of a task that ran in another process. The errors that the task's policy names in on= and except=, as
// far as they were in it, are wrapped: variables are those of this process, so that errors.Is finds them, and types hold
// what JSON carries of them, for errors.As. So are [retry.Error], marks of retry.Permanent and the errors of package
// context. Of everything else the text is left, and the name of the type.
type Error struct {
	Message string        // what the error's method Error returned
	Type    string        // the type of the error, with its package: "*shop.StatusError"
	After   time.Duration // the wait that the error asked for; 0 for none
	Wrapped []error       // what could be rebuilt of it
}

// Error returns the text of the error.
func (e *Error) Error() string { return e.Message }

// Unwrap returns what could be rebuilt of the error.
func (e *Error) Unwrap() []error { return e.Wrapped }

// RetryAfter returns the wait that the error asks for.
func (e *Error) RetryAfter() time.Duration { return e.After }

package errs

// Permanent is the mark that retry.Permanent puts on an error.
type Permanent struct{ Err error }

// Error returns the text of the marked error.
func (e *Permanent) Error() string { return e.Err.Error() }

// Unwrap returns the marked error.
func (e *Permanent) Unwrap() error { return e.Err }

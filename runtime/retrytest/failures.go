package retrytest

import "sync/atomic"

// Failures says which calls of a fake fail. It is safe for concurrent use; callers at the same time share its calls.
type Failures struct {
	calls atomic.Int64
	err   func(call int) error // by the number of the call, from 1
}

// FailFirst returns failures with which the first n calls fail with err and later ones succeed.
func FailFirst(n int, err error) *Failures {
	return &Failures{err: func(call int) error {
		if call > n {
			return nil
		}
		return err
	}}
}

// FailWith returns failures with which each call fails with its own error: the first call with the first error, and so
// on. A nil error is a success, and so are calls after the last error.
func FailWith(errs ...error) *Failures {
	return &Failures{err: func(call int) error {
		if call > len(errs) {
			return nil
		}
		return errs[call-1]
	}}
}

// FailAlways returns failures with which every call fails with err.
func FailAlways(err error) *Failures { return &Failures{err: func(int) error { return err }} }

// Next counts a call and returns its error, or nil if it is to succeed. A fake calls it once in each call.
func (f *Failures) Next() error { return f.err(int(f.calls.Add(1))) }

// Calls returns how many calls were counted: the attempts, those that succeeded included.
func (f *Failures) Calls() int { return int(f.calls.Load()) }

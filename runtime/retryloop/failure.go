package retryloop

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/retrygen/retrygen/runtime/internal/errs"
	"github.com/retrygen/retrygen/runtime/remote"
	"github.com/retrygen/retrygen/runtime/retry"
)

// failure is an error as JSON, for another process.
type failure struct {
	Message   string          `json:"message"`
	Type      string          `json:"type"`
	Itself    string          `json:"itself,omitempty"` // the name of the value or type that the error is, if it wraps nothing
	Named     []namedError    `json:"named,omitempty"`
	Permanent bool            `json:"permanent,omitempty"`
	After     time.Duration   `json:"after,omitempty"`    // in nanoseconds
	Stopped   *stopped        `json:"stopped,omitempty"`  // the *retry.Error in it
	Results   json.RawMessage `json:"results,omitempty"`  // that the task returned with the error
	Unwanted  bool            `json:"unwanted,omitempty"` // the task returned them without an error
}

// namedError is an error that was found by its name.
type namedError struct {
	Name  string          `json:"name"`
	Value json.RawMessage `json:"value,omitempty"`
}

// stopped is a *retry.Error.
type stopped struct {
	Task     string       `json:"task"`
	Attempts int          `json:"attempts"`
	Reason   retry.Reason `json:"reason"`
	Last     *failure     `json:"last,omitempty"`
	Cause    *failure     `json:"cause,omitempty"`
	Context  *failure     `json:"context,omitempty"`
}

// contextErrors are known to every process.
var contextErrors = []Named{
	NamedValue("context.Canceled", context.Canceled), NamedValue("context.DeadlineExceeded", context.DeadlineExceeded),
}

// failureOf encodes an error, nil for nil.
func failureOf(err error, names []Named) *failure {
	if err == nil {
		return nil
	}
	f := &failure{Message: err.Error(), Type: fmt.Sprintf("%T", err)}
	for _, list := range [][]Named{names, contextErrors} {
		for _, n := range list {
			value, found := n.find(err)
			if !found {
				continue
			}
			f.Named = append(f.Named, namedError{n.name, value})
			if n.is(err) {
				f.Itself = n.name
			}
		}
	}
	var v verdict
	v.read(err)
	_, f.Permanent = errs.As[*errs.Permanent](err)
	f.After = v.wait
	if e, ok := errs.As[*retry.Error](err); ok && e != nil {
		f.Stopped = &stopped{
			Task: e.Task, Attempts: e.Attempts, Reason: e.Reason,
			Last: failureOf(e.Last, names), Cause: failureOf(e.Cause, names), Context: failureOf(e.Context, names),
		}
	}
	return f
}

// error rebuilds the error, nil for nil.
func (f *failure) error(names []Named) error {
	if f == nil {
		return nil
	}
	e := &remote.Error{Message: f.Message, Type: f.Type, After: f.After}
	for _, named := range f.Named {
		err := named.error(names)
		if err == nil {
			continue
		}
		if f.is(named, err) {
			return err
		}
		e.Wrapped = append(e.Wrapped, err)
	}
	if s := f.Stopped; s != nil {
		err := &retry.Error{
			Task: s.Task, Attempts: s.Attempts, Reason: s.Reason,
			Last: s.Last.error(names), Cause: s.Cause.error(names), Context: s.Context.error(names),
		}
		if f.Type == fmt.Sprintf("%T", err) {
			return err
		}
		e.Wrapped = append(e.Wrapped, err)
	}
	if f.Permanent {
		e.Wrapped = append(e.Wrapped, retry.Permanent(errors.New(f.Message)))
	}
	return e
}

// is reports whether a rebuilt error is all of the error.
func (f *failure) is(named namedError, rebuilt error) bool {
	alone := len(f.Named) == 1 && f.Stopped == nil && !f.Permanent && f.After == 0
	return alone && named.Name == f.Itself && rebuilt.Error() == f.Message
}

// error rebuilds the error, nil if this process does not know the name, or the value.
func (n namedError) error(names []Named) error {
	for _, list := range [][]Named{names, contextErrors} {
		for _, named := range list {
			if named.name == n.Name {
				return spoken(named.make(n.Value))
			}
		}
	}
	return nil
}

// spoken returns an error that has a text. A value that was made anew may lack what its method Error needs; of such a one
// nothing is left.
func spoken(err error) (whole error) {
	defer func() {
		if recover() != nil {
			whole = nil
		}
	}()
	if err != nil {
		_ = err.Error()
	}
	return err
}

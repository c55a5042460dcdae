package errs_test

import (
	"errors"
	"fmt"
	"io/fs"
	"testing"

	"github.com/retrygen/retrygen/runtime/internal/errs"
)

// timeout is an interface to look for.
type timeout interface {
	error
	Timeout() bool
}

// late is a value type that has the method.
type late struct{ name string }

func (late) Error() string { return "late" }
func (late) Timeout() bool { return true }

// secret shows a path error through its method As.
type secret struct{ shows bool }

func (secret) Error() string { return "secret" }

func (s secret) As(target any) bool {
	if p, ok := target.(**fs.PathError); ok && s.shows {
		*p = &fs.PathError{Op: "open", Path: "by method", Err: fs.ErrNotExist}
		return true
	}
	return false
}

// TestAs holds As against errors.As, for a pointer, a value and an interface.
func TestAs(t *testing.T) {
	path := &fs.PathError{Op: "open", Path: "a", Err: late{"inner"}}
	for _, test := range []struct {
		name string
		err  error
	}{
		{"nil", nil},
		{"another", errors.New("another")},
		{"itself", path},
		{"wrapped", fmt.Errorf("twice: %w", fmt.Errorf("once: %w", path))},
		{"joined", errors.Join(errors.New("another"), fmt.Errorf("once: %w", path), late{"second"})},
		{"joined in a join", errors.Join(errors.Join(errors.New("another")), errors.Join(late{"first"}, path))},
		{"by its method", fmt.Errorf("once: %w", secret{true})},
		{"by no method", secret{false}},
		{"behind a method that says no", errors.Join(secret{false}, path)},
		{"a value", late{"alone"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			same[*fs.PathError](t, test.err)
			same[late](t, test.err)
			same[timeout](t, test.err)
		})
	}
}

func same[T error](t *testing.T, err error) {
	t.Helper()
	var want T
	found := errors.As(err, &want)
	if got, ok := errs.As[T](err); ok != found || fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("As[%T](%v) = %v, %t; want %v, %t", want, err, got, ok, want, found)
	}
}

// TestNoAllocation looks into an error as a loop does after each failure.
func TestNoAllocation(t *testing.T) {
	err := fmt.Errorf("wrapped: %w", errors.New("outage"))
	if n := testing.AllocsPerRun(100, func() { errs.As[timeout](err) }); n != 0 {
		t.Errorf("%v allocations, want 0", n)
	}
}

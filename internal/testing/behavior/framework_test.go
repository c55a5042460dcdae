package behavior

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/retrygen/retrygen/runtime/retry"
)

type frameHandler func(c Ctx) error

func (h frameHandler) Handle(c Ctx) error { return h(c) }

// TestFramework makes no attempt on the context of a framework that is done.
func TestFramework(t *testing.T) {
	for name, call := range map[string]func(*Frame) error{
		"pointer":   func(c *Frame) error { return ServeWithRetry(c, "name") },
		"interface": func(c *Frame) error { return ServeAnyWithRetry("name", c) },
		"method":    func(c *Frame) error { return FrameHandlerWithRetry{frameHandler(Ctx.Call)}.Handle(c) },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancel(context.Background())
				defer cancel()
				time.AfterFunc(1500*time.Millisecond, cancel)
				c := &Frame{Context: ctx}
				start := time.Now()
				err := call(c)
				if took := time.Since(start); c.calls != 2 || took != 1500*time.Millisecond || !errors.Is(err, retry.ReasonCanceled) {
					t.Errorf("%d calls, error %v after %v; want 2, %v after 1.5s", c.calls, err, took, retry.ReasonCanceled)
				}
			})
		})
	}
}

// TestFrameworkNil has contexts that are nil, which count as one that is never done.
func TestFrameworkNil(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, err := range []error{ServeWithRetry(nil, "name"), ServeAnyWithRetry("name", nil)} {
			if err != errOutage {
				t.Errorf("error %v, want the function's own", err)
			}
		}
	})
}

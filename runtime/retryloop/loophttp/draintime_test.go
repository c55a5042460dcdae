//go:build go1.25

package loophttp_test

import (
	"errors"
	"io"
	"net/http"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/retrygen/retrygen/runtime/retry"
)

// deaf is a body whose Read and Close do not return before the time.
func deaf(d time.Duration) io.ReadCloser {
	return body{
		read:  func([]byte) (int, error) { time.Sleep(d); return 0, io.EOF },
		close: func() error { time.Sleep(d); return nil },
	}
}

// busy is an answer with a body.
func busy(b io.ReadCloser) *http.Response {
	return &http.Response{StatusCode: http.StatusServiceUnavailable, ContentLength: -1, Body: b}
}

// TestDrainTime checks how long retries wait: the time of draining is part of the wait, and is 50 ms at most.
func TestDrainTime(t *testing.T) {
	for _, c := range []struct {
		name              string
		body, delay, want time.Duration
	}{
		{"at once", 0, 0, 0},
		{"slow", 20 * time.Millisecond, 0, 40 * time.Millisecond}, // to read and to close
		{"never", time.Hour, 0, 50 * time.Millisecond},
		{"never, short wait", time.Hour, 20 * time.Millisecond, 50 * time.Millisecond},
		{"never, long wait", time.Hour, time.Second, time.Second},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				attempts := 0
				w := wrapper{retries: 3, delay: c.delay, send: func(*http.Request) (*http.Response, error) {
					if attempts++; attempts == 1 {
						return busy(deaf(c.body)), nil
					}
					return &http.Response{StatusCode: http.StatusOK, Body: http.NoBody}, nil
				}}
				start := time.Now()
				if _, err := w.do(nil); err != nil {
					t.Error(err)
				}
				if took := time.Since(start); took != c.want || attempts != 2 {
					t.Errorf("%d attempts in %v, want 2 in %v", attempts, took, c.want)
				}
				time.Sleep(3 * time.Hour) // until the body has ended
			})
		})
	}
}

// TestDrainWithin checks that draining does not push a retry beyond the time for retries.
func TestDrainWithin(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		attempts := 0
		w := wrapper{retries: 3, within: 30 * time.Millisecond, send: func(*http.Request) (*http.Response, error) {
			attempts++
			return busy(deaf(time.Hour)), nil
		}}
		resp, err := w.do(nil)
		if !errors.Is(err, retry.ReasonWithin) || attempts != 1 || resp != nil {
			t.Errorf("%d attempts, response %v, error %v; want 1, none and %v", attempts, resp, err, retry.ReasonWithin)
		}
		time.Sleep(3 * time.Hour) // until the body has ended
	})
}

// TestCloseTime has responses that are closed without being read, or read for too long. Their Close does not hold up the
// retry either, and is called once.
func TestCloseTime(t *testing.T) {
	for name, resp := range map[string]*http.Response{
		"long":             {ContentLength: 1 << 20},
		"uncompressed":     {ContentLength: -1, Uncompressed: true},
		"another protocol": {ContentLength: -1, StatusCode: http.StatusSwitchingProtocols},
		"read":             {ContentLength: -1},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var closed atomic.Int32
				resp.Body = body{
					read:  func([]byte) (int, error) { time.Sleep(time.Hour); return 0, io.EOF },
					close: func() error { closed.Add(1); time.Sleep(time.Hour); return nil },
				}
				start := time.Now()
				discard(resp)
				if took := time.Since(start); took != 50*time.Millisecond {
					t.Errorf("took %v, want 50ms", took)
				}
				time.Sleep(3 * time.Hour)
				if n := closed.Load(); n != 1 {
					t.Errorf("closed %d times, want once", n)
				}
			})
		})
	}
}

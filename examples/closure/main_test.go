package main

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
)

func TestSummary(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &store{busy: map[int]bool{1: true, 4: true}}
		text, err := summary(t.Context(), s, 7)
		if text != "order 7: Ada pays 60" || err != nil {
			t.Errorf("%q, %v; want the order", text, err)
		}
		if s.calls != 7 { // 2 for the customer; 2 and 3 for the total
			t.Errorf("%d calls, want 7: what has been read is not read again", s.calls)
		}
	})
}

func TestUnknown(t *testing.T) {
	s := &store{}
	if _, err := summary(t.Context(), s, 8); !errors.Is(err, errUnknown) || s.calls != 1 {
		t.Errorf("%v after %d calls, want no retry of what stays so", err, s.calls)
	}
}

func TestBusy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &store{busy: map[int]bool{1: true, 2: true, 3: true, 4: true, 5: true}}
		if _, err := summary(t.Context(), s, 7); !errors.Is(err, errBusy) || s.calls != 5 {
			t.Errorf("%v after %d calls, want the last error of 5 attempts", err, s.calls)
		}
	})
}

func TestCanceled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	s := &store{}
	if _, err := summary(ctx, s, 7); !errors.Is(err, context.Canceled) || s.calls != 1 {
		t.Errorf("%v after %d calls, want no retry on a context that is done", err, s.calls)
	}
}

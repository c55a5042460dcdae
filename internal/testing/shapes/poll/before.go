package poll

import "time"

// UntilByHand fails a test unless a condition becomes true in a time.
func UntilByHand(t TB, limit, every time.Duration, condition func() bool) {
	t.Helper()
	for deadline := time.Now().Add(limit); time.Now().Before(deadline); time.Sleep(every) {
		if condition() {
			return
		}
	}
	t.Fatalf("not true after %v", limit)
}

// CheckByHand fails a test unless one of several attempts of a check succeeds.
func CheckByHand(t TB, options Options, check func() error) {
	t.Helper()
	for attempt := 1; ; attempt++ {
		err := check()
		if err == nil {
			return
		}
		if attempt >= options.Attempts {
			t.Fatalf("%v", err)
			return
		}
		t.Logf("attempt %d: %v", attempt, err)
		time.Sleep(options.Every)
	}
}

package retry_test

import (
	"testing"
	"time"

	"github.com/retrygen/retrygen/runtime/retry"
)

func FuzzParseDuration(f *testing.F) {
	for _, text := range []string{"5", "2.7182", "250ms", "1m30s", "", "-1", "NaN", "1e9", "9223372036.854775807", "9999999999"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if d, err := retry.ParseDuration(text); err == nil && d < 0 {
			t.Fatalf("ParseDuration(%q) = %v", text, d)
		}
	})
}

func TestParseDuration(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"5": 5 * time.Second, "2.7182": 2718200 * time.Microsecond, "0.1": 100 * time.Millisecond, "0.000000001": 1,
		"250ms": 250 * time.Millisecond, "1m30s": 90 * time.Second, "0": 0,
	} {
		if got, err := retry.ParseDuration(text); got != want || err != nil {
			t.Errorf("ParseDuration(%q) = %v, %v, want %v", text, got, err, want)
		}
	}
	for _, text := range []string{
		"", "-1", "+1", "1e3", "NaN", "Inf", "0x10", "1_000", ".5", "5.", "5x", "0.0000000001", "9223372037", "10000000h",
	} {
		if got, err := retry.ParseDuration(text); err == nil {
			t.Errorf("ParseDuration(%q) = %v, want an error", text, got)
		}
	}
}

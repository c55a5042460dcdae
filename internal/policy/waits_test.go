package policy_test

import (
	"math"
	"testing"
	"time"

	"github.com/retrygen/retrygen/internal/policy"
)

func TestTotals(t *testing.T) {
	for text, want := range map[string]string{
		"retries=4 delay=exponential(2)":                         "30s to 30s",
		"retries=4 delay=exponential(2) jitter=full":             "0s to 30s",
		"retries=4 delay=exponential(2) jitter=equal cap=6s":     "9s to 18s", // 1+2+3+3 to 2+4+6+6
		"retries=3 delay=1,10 jitter=20%":                        "16.8s to 25.2s",
		"retries=3 delay=1 jitter=decorrelated cap=20s":          "3s to 32s", // 3+9+20
		"retries=3 delay=30 jitter=decorrelated cap=20s":         "1m to 1m",
		"retries=4 delay=exponential(4) jitter=20% cap=10s":      "25.6s to 34.4s", // 3.2+6.4+8+8 to 4.8+9.6+10+10
		"retries=3 delay=exponential(4) jitter=full cap=5s":      "0s to 14s",      // to 4+5+5
		"retries=2 delay=60 jitter=1 cap=10s":                    "8.30075s to 20s",
		"retries=3 delay=1 reset=1m":                             "unknown",
		"retries=2 delay=1 jitter=1":                             "830.075ms to 4s",
		"retries=4 delay=exponential(1) within=10s":              "7s to 7s",
		"retries=unlimited delay=1":                              "unknown",
		"retries=3 delay=backoff":                                "unknown",
		"delay=1":                                                "unknown",
		"retries=900 delay=exponential(1h,base=10) jitter=equal": "saturated",
	} {
		p, problems := policy.Parse(text, 0)
		if len(problems) > 0 {
			t.Fatalf("%s: %v", text, problems)
		}
		shortest, longest, ok := p.Totals()
		got := policy.Spell(shortest.Round(time.Microsecond)) + " to " + policy.Spell(longest)
		switch {
		case !ok:
			got = "unknown"
		case policy.Saturated(longest) && longest == math.MaxInt64:
			got = "saturated"
		}
		if got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}

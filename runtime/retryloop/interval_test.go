package retryloop

import (
	"math"
	"testing"
	"time"
)

// intervals are the jitters that draw uniformly from an interval that a directive names, by its spelling.
var intervals = map[string]func(d, limit time.Duration, draw uint64) time.Duration{
	"+20%":  func(d, limit time.Duration, u uint64) time.Duration { return percentAbove(d, 20, limit, u) },
	"-20%":  func(d, limit time.Duration, u uint64) time.Duration { return percentBelow(d, 20, limit, u) },
	"+2s":   func(d, limit time.Duration, u uint64) time.Duration { return above(d, 2*time.Second, limit, u) },
	"-2s":   func(d, limit time.Duration, u uint64) time.Duration { return below(d, 2*time.Second, limit, u) },
	"2s":    func(d, limit time.Duration, u uint64) time.Duration { return around(d, 2*time.Second, limit, u) },
	"+300%": func(d, limit time.Duration, u uint64) time.Duration { return percentAbove(d, 300, limit, u) },
	"-100%": func(d, limit time.Duration, u uint64) time.Duration { return percentBelow(d, 100, limit, u) },
}

// TestIntervals draws both ends and the middle of each interval, without a cap, with one above the delay, at it and far
// below it.
func TestIntervals(t *testing.T) {
	const s, far = time.Second, longest
	for _, test := range []struct {
		jitter    string
		d, limit  time.Duration
		low, high time.Duration
	}{
		{"+20%", 10 * s, 0, 10 * s, 12 * s},
		{"+20%", 10 * s, 12 * s, 10 * s, 12 * s},
		{"+20%", 10 * s, 6 * s, 5 * s, 6 * s},
		{"+20%", 10 * s, 9 * s, 7500 * time.Millisecond, 9 * s},
		{"+300%", 10 * s, 20 * s, 5 * s, 20 * s},
		{"+20%", far, 0, far, far},
		{"+20%", far, 12 * s, 10 * s, 12 * s},
		{"-20%", 10 * s, 0, 8 * s, 10 * s},
		{"-20%", 10 * s, 5 * s, 4 * s, 5 * s},
		{"-100%", 10 * s, 0, 0, 10 * s},
		{"-100%", far, 5 * s, 0, 5 * s},
		{"+2s", 10 * s, 0, 10 * s, 12 * s},
		{"+2s", 10 * s, 11 * s, 9 * s, 11 * s},
		{"+2s", 10 * s, 2 * s, 0, 2 * s},
		{"+2s", 10 * s, s, 0, s},
		{"+2s", 1, 0, 1, 2*s + 1},
		{"+2s", far, 0, far, far},
		{"+2s", far, 5 * s, 3 * s, 5 * s},
		{"-2s", 10 * s, 0, 8 * s, 10 * s},
		{"-2s", 10 * s, 9 * s, 7 * s, 9 * s},
		{"-2s", s, 0, 0, s},
		{"2s", 10 * s, 0, 8 * s, 12 * s},
		{"2s", 10 * s, 11 * s, 8 * s, 11 * s},
		{"2s", 10 * s, 10 * s, 8 * s, 10 * s},
		{"2s", 10 * s, s, 0, s},
		{"2s", s, 0, 0, 3 * s},
		{"2s", far, 0, far - 2*s, far},
	} {
		draw := intervals[test.jitter]
		middle := test.low + (test.high-test.low)/2
		for u, want := range map[uint64]time.Duration{0: test.low, math.MaxUint64: test.high, 1 << 63: middle} {
			if got := draw(test.d, test.limit, u); (got - want).Abs() > 1 {
				t.Errorf("jitter=%s of %v, cap %v: a draw of %#x is %v, want %v", test.jitter, test.d, test.limit, u, got, want)
			}
		}
	}
}

// TestIntervalDistributions draws a million waits: they are uniform on the interval that the cap leaves.
func TestIntervalDistributions(t *testing.T) {
	if testing.Short() {
		t.Skip("draws a million waits for each row")
	}
	const d = 10 * time.Second
	for _, test := range []struct {
		jitter    string
		limit     time.Duration
		low, high float64
	}{
		{"+20%", 0, 1, 1.2},
		{"+20%", d, 1 / 1.2, 1},
		{"-20%", 0, 0.8, 1},
		{"-20%", d / 2, 0.4, 0.5},
		{"+2s", 0, 1, 1.2},
		{"+2s", d, 0.8, 1},
		{"-2s", 0, 0.8, 1},
		{"-2s", d / 2, 0.3, 0.5},
		{"2s", 0, 0.8, 1.2},
		{"2s", d, 0.8, 1},
	} {
		list := sample(d, func(u uint64) time.Duration { return intervals[test.jitter](d, test.limit, u) })
		if got := distance(list, uniform(test.low, test.high)); got > 0.002 {
			t.Errorf("jitter=%s, cap %v: distance %.4f from the formula", test.jitter, test.limit, got)
		}
	}
}

// TestIntervalsGrown draws waits of a schedule that has grown far beyond the cap: they are drawn as at the cap.
func TestIntervalsGrown(t *testing.T) {
	const limit = 10 * time.Second
	for name, draw := range intervals {
		seen := map[time.Duration]bool{}
		for u := range uint64(1000) {
			u *= math.MaxUint64 / 1000
			want := draw(limit, limit, u)
			seen[want] = true
			for _, d := range []time.Duration{30 * time.Second, 100 * time.Hour, longest} {
				if wait := draw(d, limit, u); wait != want {
					t.Fatalf("jitter=%s around %v: %v, want %v as around the cap", name, d, wait, want)
				}
			}
		}
		if len(seen) < 990 {
			t.Errorf("jitter=%s: %d different waits in 1000 draws", name, len(seen))
		}
	}
}

// fixedSource draws one number again and again, and counts.
type fixedSource struct{ draws, number uint64 }

func (s *fixedSource) Uint64() uint64 {
	s.draws++
	return s.number
}

// TestHarmless spreads delays by numbers that only a broken configuration has.
func TestHarmless(t *testing.T) {
	const s = time.Second
	for _, test := range []struct {
		name  string
		wait  func(*Loop) time.Duration
		want  time.Duration // of the highest draw
		draws uint64
	}{
		{"no delay, +20%", func(l *Loop) time.Duration { return l.PercentAbove(0, 20) }, 0, 0},
		{"no delay, -20%", func(l *Loop) time.Duration { return l.PercentBelow(0, 20) }, 0, 0},
		{"no delay, +1s", func(l *Loop) time.Duration { return l.Above(0, s) }, 0, 0},
		{"no delay, -1s", func(l *Loop) time.Duration { return l.Below(0, s) }, 0, 0},
		{"no delay, 1s", func(l *Loop) time.Duration { return l.Around(0, s) }, 0, 0},
		{"+0%", func(l *Loop) time.Duration { return l.PercentAbove(s, 0) }, s, 0},
		{"a percentage below 0", func(l *Loop) time.Duration { return l.PercentAbove(s, -5) }, s, 0},
		{"no number", func(l *Loop) time.Duration { return l.PercentBelow(s, math.NaN()) }, s, 0},
		{"an infinite percentage", func(l *Loop) time.Duration { return l.PercentAbove(s, math.Inf(1)) }, s, 0},
		{"an endless percentage", func(l *Loop) time.Duration { return l.PercentAbove(s, 1e300) }, 10_001 * s, 1},
		{"more than all", func(l *Loop) time.Duration { return l.PercentBelow(s, 1e300) }, s, 1},
		{"+0s", func(l *Loop) time.Duration { return l.Above(s, 0) }, s, 0},
		{"a spread below 0", func(l *Loop) time.Duration { return l.Above(s, -s) }, s, 0},
		{"another one", func(l *Loop) time.Duration { return l.Below(s, math.MinInt64) }, s, 0},
		{"and another", func(l *Loop) time.Duration { return l.Around(s, -1) }, s, 0},
		{"the longest spread", func(l *Loop) time.Duration { return l.Around(s, longest) }, longest, 1},
	} {
		source := &fixedSource{number: math.MaxUint64}
		loop := Loop{settings: &settings{Random: source}}
		if got := test.wait(&loop); got != test.want || source.draws != test.draws {
			t.Errorf("%s: %v after %d draws, want %v after %d", test.name, got, source.draws, test.want, test.draws)
		}
	}
}

// TestDecorrelatedLimits draws both ends of decorrelated intervals: the cap limits both the first delay and three times the
// wait before.
func TestDecorrelatedLimits(t *testing.T) {
	const s = time.Second
	for _, test := range []struct{ first, previous, limit, low, high time.Duration }{
		{s, s, 0, s, 3 * s},
		{s, 5 * s, 0, s, 15 * s},
		{s, 5 * s, 20 * s, s, 15 * s},
		{s, 5 * s, 10 * s, s, 10 * s},
		{2 * s, s, 10 * s, 2 * s, 3 * s},
		{10 * s, 2 * s, 2 * s, 2 * s, 2 * s},
		{s, longest, 0, s, longest},
		{s, longest / 2, 0, s, longest},
	} {
		for u, want := range map[uint64]time.Duration{0: test.low, math.MaxUint64: test.high} {
			if got := decorrelated(test.first, test.previous, test.limit, u); got != want {
				t.Errorf("%v after %v, cap %v: a draw of %#x is %v, want %v", test.first, test.previous, test.limit, u, got, want)
			}
		}
	}
}

package advice_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/retrygen/retrygen/internal/advice"
	"github.com/retrygen/retrygen/internal/policy"
)

// remarks returns what is said of a policy, a line each.
func remarks(text string, partial bool) string {
	p, _ := policy.ParseValue(text, 0)
	word := func(pos int) string { return strings.Fields(text[pos:])[0] }
	var list []string
	for _, r := range advice.On(advice.Subject{
		Policy: p, Word: word, Partial: partial, MaxWait: advice.UsualWait, MaxRetries: advice.UsualRetries,
	}) {
		list = append(list, fmt.Sprintf("%d %s: %s", r.Pos, r.Check, r.Message))
	}
	return strings.Join(list, "\n")
}

// TestOn has policies that belong to no function.
func TestOn(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"", ""},
		{"retries=4 delay=exponential(1) jitter=1", ""},
		{"attempts=5 delay=2", ""},
		{"retries=unlimited delay=1 jitter=1", "0 RL104: a call is retried without an end; set within= to a duration, or retries= to a number"},
		{"retries=unlimited delay=1 jitter=1 within=1m", ""},
		{"retries=4", "0 RL105: a call is retried at once, while the cause of the failure is likely still there; " +
			"add a delay, such as delay=exponential(1) jitter=1"},
		{"retries=4 delay=none", "10 RL105: a call is retried at once, while the cause of the failure is likely still there; " +
			"add a delay, such as delay=exponential(1) jitter=1"},
		{"retries=3 delay=30m,1h,2h", "10 RL106: a call waits 30m, 1h, 2h: 3h30m in all at worst, and the wait before retry 3 can be 2h, longer than 1h; " +
			"add a cap, such as cap=1h"},
		{"retries=0 delay=1", "10 RL107: delay does nothing beside retries=0"},
		{"retries=2 delay=1,2,3,4", "10 RL107: 4 delays for 2 retries: the last 2 are never waited for"},
		{"retries=4 delay=exponential(1)", "10 RL108: callers that fail together retry together, wave after wave; add jitter=1"},
		{"retries=9 delay=1", "0 RL109: 9 retries are more than 5"},
		{"retries=2 delay=5000", "10 RL111: delay=5000: a number without a unit is seconds, and 5000 s are 1h23m20s; " +
			"write 5000ms, or 5000s if that is meant"},
	} {
		if got := remarks(test.text, false); got != test.want {
			t.Errorf("%s:\n%s\nwant\n%s", test.text, got, test.want)
		}
	}
}

// TestPartial has policies whose other options may be said elsewhere: nothing is said of what is not known.
func TestPartial(t *testing.T) {
	for text, checks := range map[string]string{
		"retries=4":                                      "",
		"retries=8 cap=1m":                               "RL109",
		"retries=unlimited":                              "",
		"retries=unlimited delay=1":                      "RL104",
		"retries=4 delay=0":                              "RL105",
		"delay=30m,1h,2h":                                "",
		"delay=exponential(2)":                           "",
		"delay=5s cap=1s":                                "RL107",
		"delay=5s within=1s":                             "",
		"delay=5s jitter=10% within=1s":                  "RL107",
		"delay=5000":                                     "RL111",
		"retries=0 delay=1":                              "RL107",
		"retries=4 delay=exponential(2)":                 "RL108",
		"retries=15 delay=exponential(1) jitter=equal":   "RL109 RL106",
		"retries=15 delay=exponential(500) jitter=equal": "RL109 RL111",
	} {
		var got []string
		for line := range strings.Lines(remarks(text, true)) {
			got = append(got, strings.TrimSuffix(strings.Fields(line)[1], ":"))
		}
		if slice := strings.Join(got, " "); slice != checks {
			t.Errorf("%s: %s, want %s", text, slice, checks)
		}
	}
}

package retry_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/retrygen/retrygen/runtime/retry"
)

// TestParsePolicy prints policies in one spelling.
func TestParsePolicy(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"", ""},
		{" \n\t", ""},
		{"retries=4", "retries=4"},
		{"retries=0", "retries=0"},
		{"retries=unlimited", "retries=unlimited"},
		{"retries=none", "retries=none"},
		{"attempts=5", "retries=4"},
		{"attempts=1", "retries=0"},
		{"attempts=2147483646", "retries=2147483645"},
		{"attempts=none", "retries=none"},
		{"delay=5", "delay=5s"},
		{"delay=2.7182", "delay=2.7182s"},
		{"delay=1m30s", "delay=1m30s"},
		{"delay=0", "delay=0s"},
		{"delay=1,2,4.5,8m", "delay=[1s,2s,4.5s,8m0s]"},
		{"delay=[1,2]", "delay=[1s,2s]"},
		{"delay=[7]", "delay=7s"},
		{"delay=exponential(2)", "delay=exponential(2s)"},
		{"delay=exponential(2,base=2.0)", "delay=exponential(2s)"},
		{"delay=exponential(500ms,base=1.50)", "delay=exponential(500ms,base=1.5)"},
		{"delay=exponential(1,base=00.5)", "delay=exponential(1s,base=0.5)"},
		{"delay=linear(2) jitter=full", "delay=linear(2s) jitter=full"},
		{"delay=fibonacci(1) jitter=equal", "delay=fibonacci(1s) jitter=equal"},
		{"jitter=decorrelated", "jitter=decorrelated"},
		{"jitter=3", "jitter=3"},
		{"jitter=0.50", "jitter=0.5"},
		{"jitter=20%", "jitter=20%"},
		{"jitter=+20%", "jitter=+20%"},
		{"jitter=+1000000%", "jitter=+1000000%"},
		{"jitter=-100%", "jitter=-100%"},
		{"jitter=100ms", "jitter=100ms"},
		{"jitter=+100ms", "jitter=+100ms"},
		{"jitter=-1m", "jitter=-1m0s"},
		{"jitter=none", "jitter=none"},
		{
			"reset=1h\nwithin=30 timeout=2.5\tcap=1m\r\njitter=1 delay=1 retries=9",
			"retries=9 delay=1s jitter=1 cap=1m0s timeout=2.5s within=30s reset=1h0m0s",
		},
		{
			"reset=none within=none timeout=none cap=none jitter=none delay=none",
			"delay=none jitter=none cap=none timeout=none within=none reset=none",
		},
	} {
		p, err := retry.ParsePolicy(test.text)
		if got := p.String(); got != test.want || err != nil {
			t.Errorf("ParsePolicy(%q) = %q, %v, want %q", test.text, got, err, test.want)
		}
		if again := retry.MustParsePolicy(p.String()); again != p {
			t.Errorf("%q is parsed to another policy than %q", p, test.text)
		}
	}
}

// TestPolicyError has one mistake in each text. Its option begins at the mark.
func TestPolicyError(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"retries=4 ^retires=5", `unknown option "retires": did you mean "retries"?`},
		{"^max_attempts=5", `unknown option "max_attempts": did you mean "attempts"?`},
		{"^maxDelay=5", `unknown option "maxDelay": did you mean "cap"?`},
		{"^Delay=5", `unknown option "Delay": did you mean "delay"?`},
		{"^dealy=5", `unknown option "dealy": did you mean "delay"?`},
		{"^speed=5", `unknown option "speed": want one of retries, attempts, delay, jitter, cap, timeout, within, reset`},
		{"^=5", `unknown option "": want one of`},
		{"retries=4 ^// five", `"//" is not an option; a policy has no comments`},
		{"^if=worthRetrying", "if stands in directives alone; want one of retries, attempts"},
		{"retries=4 ^on=ErrBusy", "on stands in directives alone"},
		{"retries=4 ^retries=5", "retries is given twice; the first is at column 1"},
		{"jitter=none\nretries=4 ^retries=none", "retries is given twice; the first is at line 2, column 1"},
		{"retries=4 ^attempts=5", "attempts and retries are one option, which is given twice; the first is at column 1"},
		{"retries=4 ^attempts=none", "attempts and retries are one option"},
		{"^retries", "retries has no value; want retries=0, 1, 2, … or unlimited"},
		{"^delay=", "delay has no value; want delay=5, 250ms"},
		{"^retries=-1", "retries=-1: want 0, 1, 2, … or unlimited"},
		{"^retries=2147483647", "retries=2147483647: too many; want at most 2147483646, or unlimited"},
		{"^retries=99999999999999999999", "too many"},
		{"^attempts=0", "attempts=0: the first attempt counts; want 1, 2, …"},
		{"^attempts=-1", "attempts=-1: want 1, 2, …"},
		{"^attempts=unlimited", "attempts=unlimited: write retries=unlimited"},
		{"^attempts=2147483647", "too many; want at most 2147483646, or unlimited"},
		{"^delay=-1", `delay=-1: "-1" is not a duration`},
		{"^delay=backoff", `"backoff" is not a duration`},
		{"^delay=exponential", "want exponential(first), such as exponential(2)"},
		{"^delay=exponental(2)", `no schedule is called "exponental": did you mean exponential(…)?`},
		{"^delay=Linear", "did you mean linear(2)?"},
		{"^delay=quadratic(2)", `no schedule is called "quadratic": want exponential(2), linear(2) or fibonacci(1)`},
		{"^delay=exponential(2", "want exponential(first), with one pair of parentheses"},
		{"^delay=exponential()", "want exponential(first), such as exponential(2)"},
		{"^delay=exponential(2,3)", `exponential takes base= after the first wait, not "3"`},
		{"^delay=exponential(2,base=0)", "base must be more than 0"},
		{"^delay=exponential(2,base=1000001)", "want a base of at most 1000000"},
		{"^delay=exponential(2,base=1.2345678901234567890)", "more digits than a float64 holds"},
		{"^delay=linear(2,base=3)", "linear takes the first wait alone"},
		{"^delay=1,,2", "an entry of the list is empty"},
		{"^delay=[1,2", "want a list with both brackets, or with none"},
		{"^delay=1,x", `"x" is not a duration`},
		{"^jitter=ful", "jitter=ful: did you mean full?"},
		{"^jitter=1e3", `"1e3" is not a duration`},
		{"^jitter=120%", "want at most 100%, since no wait can be negative"},
		{"^jitter=-120%", "want at most 100%, since no wait can be negative"},
		{"^jitter=+1000001%", "want at most 1000000%"},
		{"^jitter=1000001", "want a factor of at most 1000000"},
		{"^jitter=+5", "want a percentage or a duration with its unit after a sign, such as +5% or +5s"},
		{"^jitter=+", "want a factor such as 3"},
		{"^jitter=x%", `"x" is not a number`},
		{"^cap=0", "cap=0: want more than 0"},
		{"^within=0s", "want more than 0"},
		{"retries=3 ^jitter=2 delay=0", "jitter without a delay: there is no wait to spread; give delay= a value or drop jitter="},
		{"retries=3 delay=none jitter=none ^cap=2", "cap without a delay: there is no wait to cut"},
		{"retries=3 delay=0,0 ^cap=2 jitter=1", "cap without a delay"},
		{"^\x1b[31m=3", `unknown option "\x1b[31m"`},
	} {
		before, after, _ := strings.Cut(test.text, "^")
		_, err := retry.ParsePolicy(before + after)
		var mistake *retry.PolicyError
		if !errors.As(err, &mistake) {
			t.Errorf("ParsePolicy(%q): error %v", before+after, err)
			continue
		}
		if mistake.Offset != len(before) || mistake.Text != before+after || !strings.Contains(mistake.Message, test.want) {
			t.Errorf("ParsePolicy(%q): %d: %s\nwant %d: %s", before+after, mistake.Offset, mistake.Message, len(before), test.want)
		}
	}
}

// TestPolicyErrorText shows the text and the position of a mistake, on one line and on several.
func TestPolicyErrorText(t *testing.T) {
	for text, want := range map[string]string{
		"retries=4 dealy=2":   `retry policy "retries=4 dealy=2", column 11: unknown option "dealy": did you mean "delay"?`,
		"retries=4\n  cap=0":  `retry policy "retries=4\n  cap=0", line 2, column 3: cap=0: want more than 0`,
		"retries=4\n\ndelay=": `retry policy "retries=4\n\ndelay=", line 3, column 1: delay has no value`,
	} {
		if _, err := retry.ParsePolicy(text); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
	_, err := retry.ParsePolicy(strings.Repeat("x", 1e6))
	if n := len(err.Error()); n > 1000 {
		t.Errorf("the error of a long text has %d bytes", n)
	}
}

// TestPolicyIsComparable compares policies and has them as keys.
func TestPolicyIsComparable(t *testing.T) {
	seen := map[retry.Policy]int{}
	for _, text := range []string{"", "retries=4 delay=1,2", "delay=[1s,2s] attempts=5", "delay=1,3 retries=4", "retries=none", "\n"} {
		seen[retry.MustParsePolicy(text)]++
	}
	if len(seen) != 4 || seen[retry.Policy{}] != 2 || seen[retry.MustParsePolicy("retries=4 delay=1,2")] != 2 {
		t.Errorf("policies %v", seen)
	}
	if (retry.Policy{}).IsZero() != true || retry.MustParsePolicy("retries=none").IsZero() {
		t.Error("a policy is zero if it says nothing, not even none")
	}
}

// TestUnmarshalKeeps has a text that cannot be parsed: the policy stays as it is.
func TestUnmarshalKeeps(t *testing.T) {
	p := retry.MustParsePolicy("retries=4")
	if err := p.UnmarshalText([]byte("retries=x")); err == nil || p.String() != "retries=4" {
		t.Errorf("%v, error %v", p, err)
	}
	if err := p.UnmarshalText([]byte("cap=2")); err != nil || p.String() != "cap=2s" {
		t.Errorf("%v, error %v: want the options of before replaced", p, err)
	}
}

func TestMustParsePolicy(t *testing.T) {
	defer func() {
		if err, ok := recover().(*retry.PolicyError); !ok || err.Offset != 0 {
			t.Errorf("panic with %v", err)
		}
	}()
	retry.MustParsePolicy("retries=x")
}

func FuzzParsePolicy(f *testing.F) {
	for _, text := range []string{
		"retries=4 delay=exponential(2,base=1.5) jitter=+20% cap=1m timeout=5 within=1h reset=1h", "attempts=1 delay=[1,2,3] jitter=-5ms",
		"retries=none\ndelay=none", "delay=fibonacci(0.1) jitter=decorrelated", "jitter=100%", "jitter=3 delay=linear(1)", "//", "=", "cap==",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, err := retry.ParsePolicy(text)
		var mistake *retry.PolicyError
		switch {
		case errors.As(err, &mistake):
			if line, column := mistake.Position(); mistake.Offset < 0 || mistake.Offset >= len(text) || line < 1 || column < 1 {
				t.Fatalf("offset %d, line %d, column %d", mistake.Offset, line, column)
			}
		default:
			if again, err := retry.ParsePolicy(p.String()); again != p || err != nil {
				t.Fatalf("%q prints as %q, which is parsed as %q, %v", text, p, again, err)
			}
		}
	})
}

package policy

import (
	"fmt"
	"go/constant"
	"go/token"
	"strings"
	"testing"
	"time"
)

// answers spells what a policy says of itself.
func answers(p Policy) string {
	var list []string
	add := func(name string, ok bool, value any) {
		if !ok {
			value = "?"
		}
		list = append(list, fmt.Sprintf("%s %v", name, value))
	}
	n, ok := p.Attempts()
	add("attempts", ok, n)
	wait, ok := p.Delay.Value.At(2)
	add("second", ok, wait)
	_, longest, ok := p.Bounds(2)
	add("longest", ok, longest)
	_, total, ok := p.Totals()
	add("total", ok, total)
	for name, said := range map[string]bool{"never": p.NeverWaits(), "once": !p.Retried(), "endless": p.Endless()} {
		if said {
			list = append(list, name)
		}
	}
	return strings.Join(list, ", ")
}

// TestKnown checks that no question is answered with a number that only the running program knows.
func TestKnown(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"retries=2 delay=exponential(1)", "attempts 3, second 2s, longest 2s, total 3s"},
		{"retries=n delay=exponential(1)", "attempts ?, second 2s, longest 2s, total ?"},
		{"attempts=n delay=1", "attempts ?, second 1s, longest 1s, total ?"},
		{"retries=2 delay=d", "attempts 3, second ?, longest ?, total ?"},
		{"retries=2 delay=1,d", "attempts 3, second ?, longest ?, total ?"},
		{"retries=2 delay=d,1", "attempts 3, second 1s, longest 1s, total ?"},
		{"retries=2 delay=linear(d)", "attempts 3, second ?, longest ?, total ?"},
		{"retries=2 delay=exponential(1,base=b)", "attempts 3, second ?, longest ?, total ?"},
		{"retries=1 delay=exponential(1,base=b)", "attempts 2, second ?, longest ?, total 1s"},
		{"retries=2 delay=exponential(0,base=b)", "attempts 3, second 0s, longest 0s, total 0s, never"},
		{"retries=2 delay=1 jitter=f", "attempts 3, second 1s, longest ?, total ?"},
		{"retries=2 delay=1 jitter=f%", "attempts 3, second 1s, longest ?, total ?"},
		{"retries=2 delay=1 jitter=+d", "attempts 3, second 1s, longest ?, total ?"},
		{"retries=2 delay=1 cap=c", "attempts 3, second 1s, longest ?, total ?"},
		{"retries=2 delay=1 within=w", "attempts 3, second 1s, longest 1s, total ?"},
		{"retries=2 delay=1 timeout=t", "attempts 3, second 1s, longest 1s, total 2s"},
		{"retries=2 delay=1 reset=r", "attempts 3, second 1s, longest 1s, total ?"},
		{"retries=2 delay=1 jitter=+50%", "attempts 3, second 1s, longest 1.5s, total 3s"},
		{"retries=2 delay=1 jitter=+50% cap=1", "attempts 3, second 1s, longest 1s, total 2s"},
		{"retries=2 delay=1 jitter=-50%", "attempts 3, second 1s, longest 1s, total 2s"},
		{"retries=2 delay=1 jitter=+500ms", "attempts 3, second 1s, longest 1.5s, total 3s"},
		{"retries=2 delay=1 jitter=500ms", "attempts 3, second 1s, longest 1.5s, total 3s"},
		{"retries=2 delay=1 jitter=-2s", "attempts 3, second 1s, longest 1s, total 2s"},
		{"retries=n delay=none", "attempts ?, second 0s, longest 0s, total ?, never"},
		{"retries=unlimited", "attempts -1, second 0s, longest ?, total ?, endless"},
	} {
		if got := answers(mustParse(t, test.text, 0)); got != test.want {
			t.Errorf("%s: %s; want %s", test.text, got, test.want)
		}
	}
}

// TestBind checks that constants count as numbers, and keep their names.
func TestBind(t *testing.T) {
	minus := func(n int64) constant.Value { return constant.UnaryOp(token.SUB, constant.MakeInt64(n), 0) }
	huge := constant.Shift(constant.MakeInt64(1), token.SHL, 100)
	for _, test := range []struct {
		text  string
		value constant.Value
		want  string
	}{
		{"retries=n delay=1", constant.MakeInt64(3), "attempts 4, second 1s, longest 1s, total 3s"},
		{"attempts=n delay=1", constant.MakeInt64(3), "attempts 3, second 1s, longest 1s, total 2s"},
		{"retries=n delay=1", constant.MakeFloat64(3), "attempts 4, second 1s, longest 1s, total 3s"},
		{"retries=n delay=1", constant.MakeInt64(0), "attempts 1, second 1s, longest 1s, total ?, once"},
		{"retries=2 delay=linear(n)", constant.MakeInt64(int64(time.Second)), "attempts 3, second 2s, longest 2s, total 3s"},
		{"retries=2 delay=0,n", constant.MakeInt64(0), "attempts 3, second 0s, longest 0s, total 0s, never"},
		{"retries=2 delay=exponential(1,base=n)", constant.MakeFloat64(1.5), "attempts 3, second 1.5s, longest 1.5s, total 2.5s"},
		{"retries=2 delay=1 jitter=n%", constant.MakeInt64(50), "attempts 3, second 1s, longest 1.5s, total 3s"},
		{"retries=2 delay=1 cap=n", constant.MakeInt64(1e6), "attempts 3, second 1s, longest 1ms, total 2ms"},
		{"retries=n", minus(1), "a number of retries is never negative; want 0, 1, 2, … or unlimited"},
		{"retries=n", huge, "too many; want at most 2147483646, or unlimited"},
		{"attempts=n", constant.MakeInt64(0), "attempts are at least 1"},
		{"attempts=n", minus(1), "attempts are at least 1"},
		{"attempts=n", huge, "too many; want at most 2147483646, or unlimited"},
		{"cap=n", constant.MakeInt64(0), "want more than 0"},
		{"cap=n", minus(1), "a duration is never negative"},
		{"jitter=n", minus(1), "the number is never negative"},
		{"jitter=n", huge, "want a factor of at most 1000000"},
		{"jitter=-n%", constant.MakeInt64(101), "want at most 100%, since no wait can be negative"},
		{"jitter=+n%", constant.MakeInt64(101), "attempts 1, second 0s, longest ?, total ?, once"},
		{"delay=exponential(1,base=n)", constant.MakeInt64(0), "base must be more than 0"},
	} {
		p := mustParse(t, test.text, 0)
		shared := p // Binding must not change policies that are made from the same text.
		operands := p.Bindable()
		if len(operands) != 1 || operands[0].Name != "n" {
			t.Fatalf("%s: operands %v, want n", test.text, operands)
		}
		got := ""
		if err := operands[0].Bind(test.value); err != nil {
			got = err.Error()
		} else {
			got = answers(p)
		}
		if got != test.want {
			t.Errorf("%s with %s: %s; want %s", test.text, test.value, got, test.want)
		}
		if p.String() != shared.String() {
			t.Errorf("%s prints as %s", test.text, p)
		}
		if before := mustParse(t, test.text, 0); answers(shared) != answers(before) {
			t.Errorf("%s: another policy has become %s", test.text, answers(shared))
		}
	}
}

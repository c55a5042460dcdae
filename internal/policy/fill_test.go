package policy

import (
	"strings"
	"testing"
)

// TestFill gives all names of a policy values, and asks what the policy does then.
func TestFill(t *testing.T) {
	for _, test := range []struct{ policy, value, same, err string }{
		{"retries=cfg.Max", "5", "retries=5", ""},
		{"attempts=cfg.Max", "5", "retries=4", ""},
		{"attempts=cfg.Max", "0", "retries=0", ""},
		{"retries=cfg.Max", "0", "retries=0", ""},
		{"retries=cfg.Max", "-1", "", `retries=cfg.Max: "-1": want a whole number, such as 5`},
		{"retries=cfg.Max", "unlimited", "", "want a whole number"},
		{"retries=cfg.Max", "99999999999", "", "too many"},
		{"retries=2 delay=cfg.Min", "250ms", "retries=2 delay=250ms", ""},
		{"retries=2 delay=exponential(cfg.Min)", "2", "retries=2 delay=exponential(2)", ""},
		{"retries=2 delay=exponential(1,base=cfg.Base)", "1.5", "retries=2 delay=exponential(1,base=1.5)", ""},
		{"retries=2 delay=exponential(1,base=cfg.Base)", "0", "retries=2 delay=exponential(1,base=1)", ""},
		{"retries=2 delay=1,cfg.Min", "5s", "retries=2 delay=1,5", ""},
		{"retries=2 delay=exponential(cfg.Min)", "soon", "", "delay=exponential(cfg.Min): \"soon\": want a duration, such as 5s"},
		{"retries=2 delay=8 cap=cfg.Cap", "3s", "retries=2 delay=8 cap=3", ""},
		{"retries=2 delay=8 cap=cfg.Cap", "0", "retries=2 delay=8", ""},
		{"retries=2 delay=8 jitter=cfg.Jitter", "3", "retries=2 delay=8 jitter=3", ""},
		{"retries=2 delay=8 jitter=+cfg.Jitter%", "20%", "retries=2 delay=8 jitter=+20%", ""},
		{"retries=2 delay=8 jitter=cfg.Jitter%", "120", "", "at most 100%"},
		{"retries=2 delay=8 jitter=-cfg.Jitter", "2s", "retries=2 delay=8 jitter=-2s", ""},
	} {
		p, problems := Parse(test.policy, 0)
		if len(problems) > 0 {
			t.Fatal(test.policy, problems)
		}
		if p.Delay.IsSet() && p.Delay.Value.Kind == Func {
			p.Delay.Value = Alone(Fixed, p.Delay.Value.Func.Name) // as its type would say
		}
		var err error
		for _, o := range p.Open() {
			err = p.Fill(o.Name, test.value)
		}
		if test.err != "" {
			if err == nil || !strings.Contains(err.Error(), test.err) {
				t.Errorf("%s with %s: error %v, want %q", test.policy, test.value, err, test.err)
			}
			continue
		}
		want, _ := Parse(test.same, 0)
		if err != nil || len(p.Open()) > 0 || waitsOf(p) != waitsOf(want) {
			t.Errorf("%s with %s: %v, waits %s, want %s", test.policy, test.value, err, waitsOf(p), waitsOf(want))
		}
	}
}

// waitsOf writes the attempts and the bounds of the first waits of a policy.
func waitsOf(p Policy) string {
	n, _ := p.Attempts()
	text := printRetries(n)
	for k := 1; k < 4; k++ {
		low, high, _ := p.Bounds(k)
		text += " " + low.String() + "-" + high.String()
	}
	return text
}

func TestFillList(t *testing.T) {
	p := Policy{Delay: Setting[Delay]{State: Set, Value: Alone(Slice, "cfg.Waits")}}
	if err := p.Fill("cfg.Waits", "1,soon"); err == nil {
		t.Error("a name is no duration")
	}
	if err := p.Fill("cfg.Waits", "1,2s,500ms"); err != nil || p.Delay.Value.String() != "[1s,2s,500ms]" {
		t.Error(p.Delay.Value, err)
	}
}

// TestParseValue compares what is reported with what the running program takes.
func TestParseValue(t *testing.T) {
	for text, want := range map[string][]string{
		"":                         nil,
		"retries=4 delay=1":        nil,
		"retries=4\n  delay=1":     nil,
		"retries=4 dealy=1":        {`10: unknown option "dealy": did you mean "delay"?`},
		"retires=4 dealy=1":        {"0: ", "10: "},
		"retries=4 if=worth":       {"10: if stands in directives alone"},
		"retries=Max delay=1 on=E": {"0: retries=Max", "20: on stands"},
		"retries=4 // often":       {"10: "},
		"retries=4 delay=backoff":  {"10: delay=backoff"},
		"retries=2 jitter=1 delay=none": {
			"10: jitter without a delay",
		},
		"retries = 4": {"0: "},
	} {
		_, problems := ParseValue(text, 0)
		if (len(problems) == 0) != (mistakeIn(text) == nil) {
			t.Errorf("%q: %v, but the running program says %v", text, problems, mistakeIn(text))
		}
		if len(problems) != len(want) {
			t.Errorf("%q: %v, want %d", text, problems, len(want))
			continue
		}
		for i, p := range problems {
			got := printRetries(p.Pos) + ": " + p.Message
			if !strings.HasPrefix(got, want[i]) {
				t.Errorf("%q: %s, want %s", text, got, want[i])
			}
		}
	}
}

// TestHidden asks what is known of a policy beside a policy value.
func TestHidden(t *testing.T) {
	p, _ := Parse("retries=4 timeout=5", 0)
	hidden := p.Hidden("cfg.Retry", func(e Entry) bool { return e.State != Absent })
	if n, known := hidden.Attempts(); n != 5 || !known {
		t.Error("the directive says the retries")
	}
	if _, _, known := hidden.Bounds(1); known {
		t.Error("the value may say the waits")
	}
	value, _ := Parse("retries=9 delay=1 timeout=1", 0)
	if got := p.Beneath(value, func(e Entry) bool { return e.State != Absent }).String(); got != "retries=4 delay=1s timeout=5s" {
		t.Error(got)
	}
}

package policy

import (
	"fmt"
	"reflect"
	"testing"
	"time"
)

func TestParse(t *testing.T) {
	for text, want := range map[string]string{
		"":                               "",
		"retries=4 delay=5":              "retries=4 delay=5s",
		"retries=unlimited delay=2.7182": "retries=unlimited delay=2.7182s",
		"delay=[1,2,4] // as in Prefect": "delay=[1s,2s,4s]",
		"delay=1,2 jitter=20%":           "delay=[1s,2s] jitter=20%",
		"delay=exponential(2)":           "delay=exponential(2s)",
		"delay=exponential(500ms,base=1.5) cap=1m":         "delay=exponential(500ms,base=1.5) cap=1m0s",
		"delay=linear(2) jitter=full":                      "delay=linear(2s) jitter=full",
		"delay=backoff if=.worth":                          "delay=backoff if=.worth",
		"on=ErrA,*net.OpError except=net/http.ErrAbort":    "on=ErrA,*net.OpError except=net/http.ErrAbort",
		"on=gopkg.in/yaml.v3.TypeError as=Again":           "on=gopkg.in/yaml.v3.TypeError as=Again",
		"retries=none checkpoint policy=Patient within=1h": "retries=none within=1h0m0s checkpoint policy=Patient",
		"checkpoint=durable":                               "checkpoint=durable",
	} {
		p, problems := Parse(text, 0)
		if got := p.String(); got != want || len(problems) > 0 {
			t.Errorf("Parse(%q) = %q, %v; want %q", text, got, problems, want)
		}
	}
}

func TestProblems(t *testing.T) {
	for text, want := range map[string]string{
		"retires=4":                        `0: unknown option "retires": did you mean "retries"?`,
		"retries=4 retries=5":              "10: retries given twice",
		"retries=-1":                       "0: retries=-1: want 0, 1, 2, … or unlimited",
		"retries":                          "0: retries has no value; want retries=0, 1, 2, … or unlimited",
		"retries=1 delay=exponental(2)":    `10: delay=exponental(2): no schedule is called "exponental": did you mean exponential(…)?`,
		"delay=exponential(2,base=0)":      "0: delay=exponential(2,base=0): base must be more than 0",
		"delay=1,,2":                       "0: delay=1,,2: an entry of the list is empty; want durations with commas between them",
		"jitter=120%":                      "0: jitter=120%: want at most 100%, since no wait can be negative",
		"jitter=ful":                       "0: jitter=ful: did you mean full?",
		"cap=0":                            "0: cap=0: want more than 0",
		"as=func":                          "0: as=func: want a Go identifier that is no keyword",
		"as=none":                          "0: as=none has no meaning: as is never inherited",
		"if=a..b":                          `0: if=a..b: "a..b" is no name; want fn, pkg.Fn, .method or a full path such as net/http.ErrServerClosed`,
		"retries=3 delay=0 jitter=1 cap=5": "18: jitter without a delay: there is no wait to spread; give delay= a value or drop jitter=; 27: cap without a delay: there is no wait to cut; give delay= a value or drop cap=",
	} {
		p, problems := Parse(text, 0)
		problems = append(problems, p.Check()...)
		got := ""
		for i, problem := range problems {
			if i > 0 {
				got += "; "
			}
			got += fmt.Sprintf("%d: %s", problem.Pos, problem.Message)
		}
		if got != want {
			t.Errorf("%q:\n got %s\nwant %s", text, got, want)
		}
	}
}

func TestInherit(t *testing.T) {
	parse := func(text string) Policy { p, _ := Parse(text, 0); return p }
	got := parse("retries=0 delay=none as=F").Or(parse("retries=3 delay=5 cap=1m as=G")).String()
	if want := "retries=0 delay=none cap=1m0s as=F"; got != want {
		t.Errorf("inherited %q, want %q", got, want)
	}
	if _, problems := parse("retries=1").Join(parse("retries=2")); len(problems) != 1 {
		t.Errorf("joining two retries: %v, want one problem", problems)
	}
}

func TestSchedule(t *testing.T) {
	const s = time.Second
	for text, want := range map[string][]time.Duration{
		"delay=5":                     {5 * s, 5 * s, 5 * s},
		"delay=1,2":                   {s, 2 * s, 2 * s},
		"delay=exponential(2)":        {2 * s, 4 * s, 8 * s},
		"delay=exponential(2,base=3)": {2 * s, 6 * s, 18 * s},
		"delay=linear(2)":             {2 * s, 4 * s, 6 * s},
		"delay=fibonacci(1)":          {s, s, 2 * s, 3 * s, 5 * s},
	} {
		p, _ := Parse(text, 0)
		for i, wait := range want {
			if got := p.Delay.Value.At(i + 1); got != wait {
				t.Errorf("%s: wait %d is %v, want %v", text, i+1, got, wait)
			}
		}
	}
}

// FuzzParse has every policy that parses print as one that parses to the same.
func FuzzParse(f *testing.F) {
	for _, text := range []string{"retries=4 delay=exponential(2) jitter=3", "delay=[1,2] on=*a.B,c cap=1m", "x // y", "checkpoint as=F", "delay=fibonacci(1) budget=.b"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, problems := Parse(text, 0)
		p.Check()
		for k := range 100 {
			if wait := p.Delay.Value.At(k); wait < 0 {
				t.Fatalf("%q: wait %d is %v", text, k, wait)
			}
		}
		if len(problems) > 0 {
			return
		}
		again, problems := Parse(p.String(), 0)
		if len(problems) > 0 || !reflect.DeepEqual(p.At(0), again.At(0)) {
			t.Fatalf("%q prints as %q, which parses to %q with %v", text, p, again, problems)
		}
	})
}

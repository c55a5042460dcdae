package policy

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
)

// mustParse reads a policy that has no problems.
func mustParse(t *testing.T, text string, base int) Policy {
	t.Helper()
	p, problems := Parse(text, base)
	if len(problems) > 0 {
		t.Fatalf("%q: %v", text, problems)
	}
	return p
}

// TestTable checks that every field of Policy is in the table, once, and that the table is complete.
func TestTable(t *testing.T) {
	var p Policy
	fields := reflect.TypeOf(p).NumField()
	seen := map[setting]bool{}
	for i := range options {
		o := &options[i]
		seen[o.setting(&p)] = true
		if o.Name == "" || o.Values == "" || o.Meaning == "" || o.Default == "" || o.Where == 0 {
			t.Errorf("option %q lacks something: %+v", o.Name, *o)
		}
		if o.Needs.Has(NeedsDelay) && o.Idle == "" {
			t.Errorf("option %q does not say what it is without a delay", o.Name)
		}
	}
	if len(seen) != fields {
		t.Errorf("the table has %d of %d fields", len(seen), fields)
	}
}

// TestMerge checks which layer each option comes from. A case lists layers, nearest first, as "source: options".
func TestMerge(t *testing.T) {
	sources := map[string]Source{"directive": FromDirective, "interface": FromInterface, "constant": FromConstant, "default": FromDefault}
	for _, test := range []struct {
		name, want string
		layers     []string
	}{
		{"directive alone", "retries=1@0 delay:environment", []string{"directive: retries=1"}},
		{"nothing", "retries:environment delay:environment", nil},
		{"directive before constant", "retries=1@0 delay=5s@1 cap=1m0s@1", []string{"directive: retries=1", "constant: retries=3 " +
			"delay=5 cap=1m"}},
		{"an explicit 0 wins", "retries=0@0 delay=5s@1", []string{"directive: retries=0", "default: retries=3 delay=5"}},
		{"none clears", "retries=3@1 delay=none@0", []string{"directive: delay=none", "constant: retries=3", "default: delay=5"}},
		{"names are not inherited", "retries:environment delay:environment as=F@0", []string{"directive: as=F", "constant: as=G policy=P"}},
		{"nor taken from below", "retries:environment delay:environment", []string{"directive:", "constant: as=G policy=P"}},
		{"interface, then defaults", "retries=1@0 delay=2s@1 timeout=3s@2", []string{"directive: retries=1", "interface: " +
			"delay=2", "default: delay=9 timeout=3"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			var layers []Policy
			for _, layer := range test.layers {
				source, text, _ := strings.Cut(layer, ":")
				layers = append(layers, mustParse(t, text, 0).From(sources[source]))
			}
			if got := origins(Merge(layers...), layers); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

// origins spells a merged policy with the layer of each option, and checks the sources of the layers.
func origins(p Policy, layers []Policy) string {
	var list []string
	for i := range options {
		e := p.Entry(options[i].Name)
		switch {
		case e.Also != "":
			continue
		case e.State == Absent && e.Origin.Source == FromEnvironment:
			list = append(list, e.Name+":environment")
		case e.State == None:
			list = append(list, fmt.Sprintf("%s=none@%d", e.Name, e.Origin.Layer))
		case e.IsSet():
			list = append(list, fmt.Sprintf("%s=%s@%d", e.Name, e.print(&p), e.Origin.Layer))
		default:
			continue
		}
		if e.State != Absent && layers[e.Origin.Layer].Entry(e.Name).Origin.Source != e.Origin.Source {
			list = append(list, "from the wrong source")
		}
	}
	return strings.Join(list, " ")
}

func TestJoin(t *testing.T) {
	p, problems := mustParse(t, "retries=1 delay=2", 0).Join(mustParse(t, "delay=none cap=3", 100))
	if got, want := p.String(), "retries=1 delay=2s cap=3s"; got != want {
		t.Errorf("joined %q, want %q", got, want)
	}
	if want := []Problem{{Pos: 100, Message: "delay is given twice", Twice: true, First: 10}}; !slices.Equal(problems, want) {
		t.Errorf("problems %v, want %v", problems, want)
	}
}

func TestBeside(t *testing.T) {
	for _, test := range []struct {
		name string
		a, b Origin
		want bool
	}{
		{"one directive", Origin{FromDirective, 0}, Origin{FromDirective, 0}, true},
		{"directive and constant", Origin{FromDirective, 0}, Origin{FromConstant, 1}, false},
		{"two constants", Origin{FromConstant, 1}, Origin{FromConstant, 2}, false},
		{"two lines of defaults", Origin{FromDefault, 1}, Origin{FromDefault, 2}, true},
	} {
		if got := test.a.Beside(test.b); got != test.want {
			t.Errorf("%s: %t, want %t", test.name, got, test.want)
		}
	}
}

func TestNames(t *testing.T) {
	p := mustParse(t, "retries=3 delay=backoff if=.worth on=ErrA,*net.OpError budget=b policy=P as=F", 0)
	var got []string
	for _, use := range p.Names() {
		got = append(got, fmt.Sprintf("%s:%s@%d", use.Option.Name, use.ErrorName, use.Pos))
	}
	want := "delay:backoff@10 if:.worth@24 on:ErrA@34 on:*net.OpError@34 budget:b@55 policy:P@64"
	if strings.Join(got, " ") != want {
		t.Errorf("names %s, want %s", strings.Join(got, " "), want)
	}
}

// TestQuestions checks what everything else asks about policies.
func TestQuestions(t *testing.T) {
	for _, test := range []struct {
		text                    string
		attempts                int
		never, scheduled, asked bool
	}{
		{"", 1, false, false, false},
		{"retries=none delay=none", 1, true, false, false},
		{"retries=0 delay=0", 1, true, false, false},
		{"retries=2 delay=0,0", 3, true, false, false},
		{"retries=4 delay=exponential(1)", 5, false, true, false},
		{"retries=unlimited delay=backoff", Unlimited, false, false, true},
		{"retries=2147483646 delay=linear(0)", 2147483647, true, false, false},
	} {
		t.Run(test.text, func(t *testing.T) {
			p := mustParse(t, test.text, 0)
			if got, ok := p.Attempts(); !ok || got != test.attempts {
				t.Errorf("Attempts() = %d, want %d", got, test.attempts)
			}
			if p.NeverWaits() != test.never || p.Scheduled() != test.scheduled || p.HasDelayFunc() != test.asked {
				t.Errorf("NeverWaits, Scheduled, HasDelayFunc = %t, %t, %t; want %t, %t, %t",
					p.NeverWaits(), p.Scheduled(), p.HasDelayFunc(), test.never, test.scheduled, test.asked)
			}
		})
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
		t.Run(text, func(t *testing.T) {
			p := mustParse(t, text, 0)
			for i, wait := range want {
				if got, ok := p.Delay.Value.At(i + 1); !ok || got != wait {
					t.Errorf("wait %d is %v, want %v", i+1, got, wait)
				}
			}
		})
	}
}

// FuzzParse checks that a policy that parses prints as text that parses to the same policy, that nothing panics, and
// that every position lies in the text.
func FuzzParse(f *testing.F) {
	for _, text := range []string{
		"retries=4 delay=exponential(2) jitter=3", "delay=[1,2] on=*a.B,c cap=1m", "x // y", "checkpoint as=F",
		"delay=fibonacci(1) budget=.b", "delay=exponential(1,base=1.50) jitter=0.1%", "retries=none checkpoint=durable",
		"attempts=.cfg.Max delay=exponential(first,base=.b) jitter=+.spread% cap=net/http.X", "attempts=3 delay=[a,1] jitter=-5ms",
		"if=net/http.X notify=gopkg.in/yaml.v3.T discard=a-b.c.D", "delay=\x00 \xff=\u202e", "policy=P within=1h1ns timeout=0.000000001",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		const base = 7
		p, problems := Parse(text, base)
		p.Check()
		for k := range 100 {
			if wait, _ := p.Delay.Value.At(k); wait < 0 {
				t.Fatalf("%q: wait %d is %v", text, k, wait)
			}
		}
		checkPositions(t, p, problems, base, base+len(text))
		if len(problems) > 0 {
			return
		}
		again, problems := Parse(p.String(), 0)
		if p.Retries.Value.Name() == "" {
			p.Retries.Value.Attempts = false // numbers are printed as retries
		}
		if len(problems) > 0 || !reflect.DeepEqual(p.At(0), again.At(0)) {
			t.Fatalf("%q prints as %q, which parses to %q with %v", text, p, again, problems)
		}
	})
}

// checkPositions checks that every position lies in the text, and that messages hold no control characters.
func checkPositions(t *testing.T, p Policy, problems []Problem, begin, end int) {
	for e := range p.Entries() {
		if e.Pos < begin || e.Pos >= end {
			t.Errorf("%s stands at %d, outside the text", e.Name, e.Pos)
		}
	}
	for _, problem := range problems {
		if problem.Pos < begin || problem.Pos >= end {
			t.Errorf("position %d is outside the text: %s", problem.Pos, problem.Message)
		}
		if strings.ContainsFunc(problem.Message, unicode.IsControl) {
			t.Errorf("a raw control character in %q", problem.Message)
		}
	}
}

package analyzer_test

import (
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/txtar"

	"github.com/retrygen/retrygen/analyzer"
)

// TestAnalyzers looks up the flag of each check in its analyzer.
func TestAnalyzers(t *testing.T) {
	analyzers := analyzer.Analyzers()
	if err := analysis.Validate(analyzers); err != nil {
		t.Fatal(err)
	}
	for _, check := range analyzer.Checks() {
		a := named(analyzers, check.Analyzer)
		if a == nil {
			t.Errorf("%s: there is no analyzer %s", check.ID, check.Analyzer)
			continue
		}
		want := "true"
		if check.Optional {
			want = "false"
		}
		if f := a.Flags.Lookup(check.ID); f == nil || f.DefValue != want {
			t.Errorf("%s: its flag is %+v, want %s by default", check.ID, f, want)
		}
	}
}

// TestFlags sets a flag of one analyzer. Others, of the same name, keep theirs.
func TestFlags(t *testing.T) {
	one, other := named(analyzer.Analyzers(), "retrydirective"), named(analyzer.Analyzers(), "retrydirective")
	for name, value := range map[string]string{"RL105": "false", "max-wait": "2h0m0s", "max-retries": "7"} {
		before := other.Flags.Lookup(name).Value.String()
		if err := one.Flags.Set(name, value); err != nil {
			t.Fatal(err)
		}
		if got := one.Flags.Lookup(name).Value.String(); got != value {
			t.Errorf("%s is %s, want %s", name, got, value)
		}
		if got := other.Flags.Lookup(name).Value.String(); got != before {
			t.Errorf("%s of other analyzers is %s, want %s", name, got, before)
		}
	}
}

func TestLookUp(t *testing.T) {
	for id, want := range map[string]string{"RL405": "RL405", "rl405": "RL405", "RL999": "", "": "", "RL4": ""} {
		check, ok := analyzer.LookUp(id)
		if check.ID != want || ok != (want != "") {
			t.Errorf("%q is %q (%t), want %q", id, check.ID, ok, want)
		}
	}
}

// TestPrecedence switches RL306 off: RL302 and RL305 then report the calls that it has precedence for.
func TestPrecedence(t *testing.T) {
	check, ok := analyzer.LookUp("RL306")
	if !ok {
		t.Fatal("there is no RL306")
	}
	const direct = `package direct

import "context"

//retry:task checkpoint
func Extract(ctx context.Context) error { return nil }

//retry:flow retries=2 delay=1
func Nightly(ctx context.Context) error { return Extract(ctx) }
`
	dir := writeModule(t, []txtar.File{{Name: "fresh/a.go", Data: []byte(check.Bad)}, {Name: "direct/a.go", Data: []byte(direct)}})
	generate(t, dir)
	for _, run := range []struct{ value, want string }{{"true", "direct RL306, fresh RL306"}, {"false", "direct RL305, fresh RL302"}} {
		var got []string
		for _, f := range find(t, dir, "RL306="+run.value) {
			folder, _, _ := strings.Cut(f.file, "/")
			got = append(got, folder+" "+f.id)
		}
		if all := strings.Join(got, ", "); all != run.want {
			t.Errorf("with RL306=%s: %s, want %s", run.value, all, run.want)
		}
	}
}

func named(analyzers []*analysis.Analyzer, name string) *analysis.Analyzer {
	for _, a := range analyzers {
		if a.Name == name {
			return a
		}
	}
	return nil
}

// TestAnyChange lets RL206 report a change that sets the same value again.
func TestAnyChange(t *testing.T) {
	dir := writeModule(t, []txtar.File{{Name: "state/a.go", Data: []byte(`package state

import "context"

//retry:task retries=2 delay=1 jitter=1
func Fill(ctx context.Context, into map[string]int) error {
	into["a"] = 1
	return work(ctx)
}

func work(ctx context.Context) error { return ctx.Err() }
`)}})
	generate(t, dir)
	for value, want := range map[string]int{"true": 1, "false": 0} {
		got := 0
		for _, f := range find(t, dir, "any-change="+value) {
			if f.id == "RL206" {
				got++
			}
		}
		if got != want {
			t.Errorf("any-change=%s: %d findings of RL206, want %d", value, got, want)
		}
	}
}

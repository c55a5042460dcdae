package report

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/retrygen/retrygen/internal/forecast"
)

// TestTroubles says what is wrong with policies, and how bad it is.
func TestTroubles(t *testing.T) {
	for _, test := range []struct {
		policy, want string
		scenario     forecast.Scenario
	}{
		{policy: "retries=4 delay=exponential(2) jitter=3 timeout=5s", want: ""},
		{policy: "retries=4 delay=exponential(2) jitter=3", want: "timeout:poor"},
		{policy: "retries=0", want: ""},
		{policy: "retries=unlimited delay=1 jitter=1 timeout=1s", want: "unbounded:bad"},
		{policy: "retries=unlimited delay=1 jitter=1 timeout=1s within=1m", want: ""},
		{policy: "retries=3 delay=1 timeout=1s", want: "jitter:poor"},
		{policy: "retries=3 delay=none timeout=1s", want: ""},
		{policy: "retries=3 delay=backoff timeout=1s", want: "unknown:unseen"},
		{policy: "timeout=1s", want: "unknown:unseen"}, // the environment may set retries
		{policy: "retries=4 delay=exponential(2) jitter=3 timeout=5s", scenario: stormy, want: "overload:bad"},
		{policy: "retries=1 delay=1 jitter=1 timeout=5s", scenario: few, want: "overload:poor"},
	} {
		t.Run(test.policy, func(t *testing.T) {
			r := New(test.scenario, []Policy{sample(t, test.policy, test.scenario)}, nil)
			var got []string
			for _, x := range r.Policies[0].troubles(&r.Assumptions) {
				got = append(got, fmt.Sprintf("%s:%s", x.Kind().ID, x.Level()))
			}
			if text := strings.Join(got, " "); text != test.want {
				t.Errorf("got %q, want %q", text, test.want)
			}
		})
	}
}

// figuresOf are the texts of a policy's figures, with the reasons.
func figuresOf(p *Policy) []string {
	var list []string
	for _, f := range []keyFigure{p.attemptsFigure(), p.surviveFigure(), p.waitFigure(), p.busiestFigure()} {
		list = append(list, strings.ReplaceAll(strings.TrimSuffix(f.text+" ("+f.Why+")", " ()"), "\u00a0", " "))
	}
	return list
}

// TestFigures shows numbers where they are known, and why they are not where they are not.
func TestFigures(t *testing.T) {
	on := func(option, name string) forecast.Value { return forecast.Value{Option: option, Name: name} }
	for _, test := range []struct {
		policy string
		open   []forecast.Value
		want   string
	}{
		{"retries=4 delay=exponential(2) jitter=3", nil, "5, 7.58s, 2m, 4.98 %"},
		{"retries=0", nil, "1, 0s, 0s, – (nothing is retried)"},
		{"retries=unlimited delay=1", nil, "unlimited, any (retries never run out), no bound (nothing bounds how long a call waits), 100 %"},
		{"retries=2 delay=backoff", nil, "3, not known (backoff decides how long to wait), not known (backoff decides how long to wait), " +
			"not known (backoff decides how long to wait)"},
		{"timeout=2s", nil, "1 or more (the environment may set retries), 0s, 0s, – (nothing is retried)"},
		{"retries=cfg.MaxRetries delay=1", []forecast.Value{on("retries", "cfg.MaxRetries")}, "depends on cfg.MaxRetries (…), depends on cfg.MaxRetries (…), " +
			"depends on cfg.MaxRetries (…), depends on cfg.MaxRetries (…)"},
		{"retries=4 delay=cfg.Min cap=cfg.Max", []forecast.Value{on("delay", "cfg.Min"), on("cap", "cfg.Max")}, "5, depends on cfg.Min and cfg.Max (…), " +
			"depends on cfg.Min and cfg.Max (…), depends on cfg.Min and cfg.Max (…)"},
		{"retries=4 delay=1 timeout=.cfg.Timeout", nil, "5, 4s, 4s, 100 %"},
	} {
		t.Run(test.policy, func(t *testing.T) {
			p := sample(t, test.policy, calm)
			if test.open != nil {
				p.Forecast = &forecast.Forecast{Partial: true, Verdict: &forecast.Verdict{}, Open: test.open}
			}
			r := New(calm, []Policy{p}, nil)
			got := strings.Join(figuresOf(&r.Policies[0]), ", ")
			got = strings.NewReplacer("only the running program knows its value", "…", "only the running program knows their values", "…",
				"there is no forecast of a policy whose other options have names for values", "no forecast").Replace(got)
			if got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

// TestOpenPage shows no number that follows from what only the program knows.
func TestOpenPage(t *testing.T) {
	p := Policy{Task: "Fetch", Text: "retries=4 delay=.cfg.Delay", Forecast: &forecast.Forecast{
		Partial: true, Verdict: &forecast.Verdict{}, Open: []forecast.Value{{Option: "delay", Name: ".cfg.Delay"}},
	}}
	r := New(stormy, []Policy{p}, nil)
	page := show(t, HTML, r)
	for _, never := range []string{`class="chart"`, `class="small"`, "0s</data>"} {
		if strings.Contains(page, never) {
			t.Errorf("the page shows %s", never)
		}
	}
	if n := strings.Count(page, "depends on cfg.Delay"); n != 3 {
		t.Errorf("the page says %d times that it depends", n)
	}
	if got := r.Policies[0].attemptsFigure(); got.text != "5" {
		t.Errorf("the attempts are %q, of a policy that says them", got.text)
	}
}

// TestFirstScreen sums up: how many policies have what, and which of them is the worst.
func TestFirstScreen(t *testing.T) {
	r := module(t, 12, calm)
	r.Linted = true
	r.Policies[2].Findings = []Finding{{Check: "RL105", Level: "warning", Title: "retries without a delay"}}
	r.Findings = []Finding{{Check: "RL103", Level: "error", Title: "a mistake in a directive"}}
	got := map[string]card{}
	for _, c := range cards(r, rows(r)) {
		got[c.ID] = c
	}
	for id, want := range map[string][2]string{
		"unbounded": {"3", "bad"}, "timeout": {"8", "poor"}, "overload": {"–", "unseen"}, "lint": {"2", "bad"},
	} {
		if c := got[id]; c.Count != want[0] || string(c.Level) != want[1] {
			t.Errorf("%s: %+v, want %v", id, c, want)
		}
	}
	if c := got["lint"]; c.Says != "RL103: a mistake in a directive" {
		t.Errorf("the worst finding is not named: %+v", c)
	}
	page := show(t, HTML, r)
	order := []int{
		strings.Index(page, "What is wrong"), strings.Index(page, "12 policies"), strings.Index(page, `id="list"`),
		strings.Index(page, `id="findings"`), strings.Index(page, "What could not be looked at"),
	}
	if !slices.IsSorted(order) || order[0] < 0 {
		t.Errorf("the parts of the page stand at %v", order)
	}
	if n := strings.Count(page, `<details class="policy"`); n != 12 || strings.Contains(page, `<details class="policy" open`) {
		t.Errorf("%d policies, or one that is open", n)
	}
}

// TestHead says where the policies come from.
func TestHead(t *testing.T) {
	r := New(calm, []Policy{sample(t, policies[0], calm)}, nil)
	r.Source = &Source{Module: "example.com/shop", Commit: "0123456789abcdef", Date: "2024-02-29", Modified: true, Command: "retrygen explain ./..."}
	page := strings.Join(strings.Fields(show(t, HTML, r)), " ")
	for _, want := range []string{
		"<h1>Retry policies of example.com/shop</h1>", `<code title="0123456789abcdef">0123456789ab</code> of 2024-02-29, with changes`,
		"<code>retrygen explain ./...</code>",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("%s is not on the page", want)
		}
	}
}

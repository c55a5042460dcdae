package serve

import (
	"flag"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/retrygen/retrygen/cmd/retrygen/internal/explain"
	"github.com/retrygen/retrygen/cmd/retrygen/internal/quantity"
	"github.com/retrygen/retrygen/cmd/retrygen/internal/report"
	"github.com/retrygen/retrygen/internal/cli"
	"github.com/retrygen/retrygen/internal/forecast"
)

// form is what the fields say. They have the names of the command's flags.
type form struct {
	scenario forecast.Scenario
	policies []string // one, or two to compare
	fields   []report.Field
	command  []string
}

// The limits of the page. The command has none of them.
const (
	longestPolicy = 1000 // bytes
	longestTime   = 24 * time.Hour
	mostPerSecond = 1e9
)

// field reads one field into the form.
type field struct {
	name, label, hint string
	value             func(s *forecast.Scenario) flag.Value
	limit             func(s *forecast.Scenario) string // what is beyond the limits of the page, "" if nothing is
}

var fields = []field{
	{"attempt-time", "an attempt takes", "0s", func(s *forecast.Scenario) flag.Value { return quantity.Duration{Value: &s.AttemptTime} },
		func(s *forecast.Scenario) string { return tooLong(s.AttemptTime) }},
	{"outage", "outage", "none", func(s *forecast.Scenario) flag.Value { return quantity.Duration{Value: &s.Outage} },
		func(s *forecast.Scenario) string { return tooLong(s.Outage) }},
	{"clients", "clients that fail at once", "100000", func(s *forecast.Scenario) flag.Value { return quantity.Whole{Value: &s.Clients} }, nil},
	{"rate", "new calls a second", "0", func(s *forecast.Scenario) flag.Value { return quantity.Decimal{Value: &s.Rate} },
		func(s *forecast.Scenario) string { return tooMany(s.Rate) }},
	{"capacity", "requests answered a second", "0", func(s *forecast.Scenario) flag.Value { return quantity.Decimal{Value: &s.Capacity} },
		func(s *forecast.Scenario) string { return tooMany(s.Capacity) }},
	{"budget", "budget", "ratio,perSecond,burst", func(s *forecast.Scenario) flag.Value { return quantity.Budget{Value: &s.Budget} }, nil},
}

func tooLong(d time.Duration) string {
	if d > longestTime {
		return fmt.Sprintf("%v is longer than %v, the limit of this page", d, longestTime)
	}
	return ""
}

func tooMany(x float64) string {
	if x > mostPerSecond {
		return fmt.Sprintf("%g is more than %g, the limit of this page", x, mostPerSecond)
	}
	return ""
}

// read reads the fields. What is wrong with one stands in it.
func read(q url.Values) *form {
	f := &form{scenario: forecast.Scenario{Seed: 1}, command: []string{"retrygen", "explain"}}
	f.policy(q, "policy", "policy", "retries=4 delay=exponential(2) jitter=3")
	f.policy(q, "compare", "compare with", "another policy")
	for _, x := range fields {
		f.number(x, strings.TrimSpace(q.Get(x.name)))
	}
	f.command = append(f.command, "-policy", cli.Quote(f.policies[0]))
	return f
}

// policy reads a policy. The second one may be missing.
func (f *form) policy(q url.Values, name, label, hint string) {
	text := strings.Join(strings.Fields(q.Get(name)), " ")
	text = strings.TrimSpace(strings.TrimPrefix(strings.TrimPrefix(text, "//retry:task"), "//retry:flow")) // as copied from a source
	x := report.Field{Name: name, Label: label, Value: text, Hint: hint, Wide: true}
	switch {
	case len(text) > longestPolicy:
		x.Problem = fmt.Sprintf("the policy has %d bytes, more than %d, the limit of this page", len(text), longestPolicy)
	case text == "" && len(f.policies) == 0:
		x.Problem = "it is empty; want options such as " + hint
	}
	if text != "" || len(f.policies) == 0 {
		f.policies = append(f.policies, text)
	}
	f.fields = append(f.fields, x)
}

// number reads a number of the scenario.
func (f *form) number(x field, text string) {
	shown := report.Field{Name: x.name, Label: x.label, Value: text, Hint: x.hint}
	if text != "" {
		if err := x.value(&f.scenario).Set(text); err != nil {
			shown.Problem = err.Error()
		} else if x.limit != nil {
			shown.Problem = x.limit(&f.scenario)
		}
		f.command = append(f.command, "-"+x.name, cli.Quote(text))
	}
	f.fields = append(f.fields, shown)
}

// wrong reports whether something is wrong with a field.
func (f *form) wrong() bool {
	for _, x := range f.fields {
		if x.Problem != "" {
			return true
		}
	}
	return false
}

// mistaken puts the mistakes in a policy into its field.
func (f *form) mistaken(policy int, err *explain.MistakeError) {
	name := []string{"policy", "compare"}[policy]
	for i := range f.fields {
		if f.fields[i].Name == name {
			f.fields[i].Problem = err.Error()
		}
	}
}

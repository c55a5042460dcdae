package explain

import (
	"context"
	"fmt"
	"go/token"
	"os"
	"path/filepath"
	"strings"

	"github.com/retrygen/retrygen/analyzer"
	"github.com/retrygen/retrygen/cmd/retrygen/internal/config"
	"github.com/retrygen/retrygen/cmd/retrygen/internal/report"
	"github.com/retrygen/retrygen/internal/advice"
	"github.com/retrygen/retrygen/internal/policy"
)

// configs explains and checks the policies in configuration files.
func (x *explainer) configs(ctx context.Context) (*Result, error) {
	result := &Result{}
	var list []report.Policy
	for _, name := range x.Configs {
		text, err := os.ReadFile(x.inDir(name))
		if err != nil {
			return nil, err
		}
		found, err := config.Find(filepath.ToSlash(name), text, x.Keys)
		if err != nil {
			return nil, err
		}
		result.Notes = append(result.Notes, nothing(name, found)...)
		shown, err := x.found(ctx, found)
		if err != nil {
			return nil, err
		}
		list = append(list, shown...)
	}
	result.Report = report.New(x.Scenario, list, nil)
	result.Report.Linted = true
	if x.Command != "" {
		result.Report.Source = &report.Source{Command: x.Command}
	}
	result.Problems = x.problems
	return result, nil
}

// found checks what a file has, in its order.
func (x *explainer) found(ctx context.Context, found *config.Found) ([]report.Policy, error) {
	var list []report.Policy
	others := found.Others
	for i := range found.Values {
		v := &found.Values[i]
		for len(others) > 0 && others[0].Pos.Offset < v.Position(0).Offset {
			x.other(others[0])
			others = others[1:]
		}
		shown, err := x.value(ctx, v)
		if err != nil {
			return nil, err
		}
		if shown != nil {
			list = append(list, *shown)
		}
	}
	for _, other := range others {
		x.other(other)
	}
	return list, nil
}

// other reports what is no text where a policy is expected.
func (x *explainer) other(o config.Other) {
	want := `want a string of options, such as "retries=4 delay=exponential(1) jitter=1"`
	if o.Keys {
		want += fmt.Sprintf("; -keys '%s.*' looks at what is in it", o.Key)
	}
	x.note(o.Pos.String(), "%s is %s; %s", policy.Shown(o.Key), o.What, want)
}

// inDir returns the name of a file that is named relative to the directory of the run.
func (x *explainer) inDir(name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(x.Dir, name)
}

// nothing says which keys a file does not have.
func nothing(name string, found *config.Found) []string {
	var list []string
	for _, key := range found.Unmatched {
		list = append(list, fmt.Sprintf("%s has no key %s", name, key))
	}
	if len(list)+len(found.Values)+len(found.Others) == 0 {
		text := name + " has no policy: no key is retry or ends in _retry or Retry; "
		if found.Branch == "" {
			text += "-keys names other keys"
		} else {
			text = fmt.Sprintf("%s: %s has keys of its own; want one string of options, such as %q; -keys '%[2]s.*' looks at what is in it",
				name, policy.Shown(found.Branch), "retries=4 delay=exponential(1) jitter=1")
		}
		list = append(list, text)
	}
	return list
}

// value checks one value, and returns what the report shows of it: nil if it has a mistake or says nothing.
func (x *explainer) value(ctx context.Context, v *config.Value) (*report.Policy, error) {
	p, problems := policy.ParseValue(v.Text, 0)
	for _, problem := range problems {
		x.note(v.Position(problem.Pos).String(), "%s", problem.Text(func(pos int) string { return v.Position(pos).String() }))
	}
	text := p.String()
	if len(problems) > 0 || text == "" {
		return nil, nil
	}
	f, err := x.forecast(ctx, p, nil)
	if err != nil {
		return nil, err
	}
	begin := v.Position(strings.IndexFunc(v.Text, func(r rune) bool { return !strings.ContainsRune(" \t\r\n", r) }))
	shown := &report.Policy{
		Key: v.Key, File: begin.Filename, Line: begin.Line, Column: begin.Column, Text: text, Options: &p, Forecast: f,
		Findings: x.advise(v, p), Link: x.linkTo(begin),
	}
	at := func(e policy.Entry) string {
		if e.IsSet() {
			return v.Position(e.Pos).String()
		}
		return begin.String()
	}
	x.limit(subject{name: v.Key, policy: p, forecast: f, retries: at(p.Entry("retries")), waits: at(p.Entry("delay"))})
	return shown, nil
}

// advise reports what is unwise about a value, as the linter would of a directive.
func (x *explainer) advise(v *config.Value, p policy.Policy) []report.Finding {
	var list []report.Finding
	for _, r := range advice.On(advice.Subject{
		Policy: p, Partial: v.Override, MaxWait: advice.UsualWait, MaxRetries: advice.UsualRetries,
		Word: func(pos int) string { return strings.Fields(v.Text[pos:])[0] },
	}) {
		check, _ := analyzer.LookUp(r.Check)
		if check.Optional {
			continue
		}
		pos := v.Position(r.Pos)
		x.note(pos.String(), "%s: %s", r.Check, r.Message)
		list = append(list, report.Finding{
			Check: r.Check, Level: check.Level, Title: check.Title, Message: r.Message, Position: pos.String(), Link: x.linkTo(pos),
		})
	}
	return list
}

// linkTo returns the address of a line of a file that is named relative to the directory of the run.
func (x *explainer) linkTo(pos token.Position) string {
	absolute, err := filepath.Abs(x.inDir(pos.Filename))
	if x.Link == nil || err != nil {
		return ""
	}
	return x.Link(absolute, pos.Filename, pos.Line)
}

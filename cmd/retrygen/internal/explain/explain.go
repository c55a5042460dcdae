// Package explain puts together what "retrygen explain" shows: the policies of packages or of configuration files, or one that
// is given as text, what each does under a scenario, and which of them go beyond limits.
//
//	result, err := explain.Run(ctx, explain.Options{Patterns: []string{"./..."}, MaxAttempts: 10})
//	if err != nil {
//		return err // the packages cannot be read, or the scenario cannot be
//	}
//	for _, line := range result.Problems {
//		fmt.Fprintln(os.Stderr, line) // file:line:col: a mistake in a directive, or a policy beyond a limit
//	}
//	return report.Text(os.Stdout, result.Report, report.TextOptions{})
package explain

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/retrygen/retrygen/cmd/retrygen/internal/report"
	"github.com/retrygen/retrygen/internal/forecast"
	"github.com/retrygen/retrygen/internal/policy"
	"github.com/retrygen/retrygen/internal/retries/chain"
	"github.com/retrygen/retrygen/internal/retries/inventory"
)

// Options say what to explain: Policy, Configs or packages. No patterns mean the package in the current directory.
type Options struct {
	Policy   string   // options as a directive has them
	Configs  []string // files whose policies are explained and checked
	Keys     []string // that have the policies in these files; none for those that are called retry
	Dir      string   // the directory to run in; "" is the current one
	Env      []string
	Tags     string
	Patterns []string
	Assume   []inventory.Assumption // values of names in the packages' policies

	Scenario    forecast.Scenario
	MaxAttempts int           // of one call, nested retries included; 0 for any number
	MaxWait     time.Duration // of one call in all; 0 for any

	Lint    bool   // run the linter on the packages too
	Command string // that the report names as its own, beside the commit; "" for a report that does not say where it is from

	// Link returns the address of a line of a file, which is absolute and named relative to Dir too. Nil means no links.
	Link func(absolute, relative string, line int) string

	// Progress is told how many policies of all have been looked at. Nil is told nothing.
	Progress func(done, of int)
}

// Result is what there is to show.
type Result struct {
	Report   *report.Report
	Problems []string // mistakes and policies beyond a limit, as file:line:col: message; sorted within each kind
	Missing  []string // why retries may be missing, where code does not build

	Unmatched []string // patterns with "..." that match no package
	Notes     []string // which policies have been looked for in vain
}

// Run explains. An error means that packages or files cannot be listed or read, that a scenario cannot be, that Policy does not
// parse (then it is a [MistakeError]), or that ctx is done.
func Run(ctx context.Context, o Options) (*Result, error) {
	if err := o.Scenario.Check(); err != nil {
		return nil, err
	}
	x := &explainer{Options: o, known: map[string]*forecast.Forecast{}}
	switch {
	case o.Policy != "":
		return x.text(ctx)
	case len(o.Configs) > 0:
		return x.configs(ctx)
	}
	return x.packages(ctx)
}

// explainer is one Run.
type explainer struct {
	Options
	known    map[string]*forecast.Forecast // by policy and budget, since many functions share one
	problems []string
}

// forecast returns what a policy does, with a budget of its own if the numbers of one are known.
func (x *explainer) forecast(ctx context.Context, p policy.Policy, budget []float64) (*forecast.Forecast, error) {
	key := fmt.Sprint(p, budget)
	if f, ok := x.known[key]; ok {
		return f, nil
	}
	scenario := x.Scenario
	if budget != nil {
		scenario.Budget = &forecast.Budget{Ratio: max(budget[0], 0), PerSecond: max(budget[1], 0), Burst: max(budget[2], 0)}
	}
	f, err := forecast.New(ctx, p, scenario)
	if err != nil {
		return nil, err
	}
	x.known[key] = f
	return f, nil
}

// MistakeError is a policy on the command line that does not parse. Its text has a line for each mistake, at the column
// where it stands.
type MistakeError struct{ Problems []policy.Problem }

// Error returns the mistakes as they would stand in a file called "policy".
func (e *MistakeError) Error() string {
	text := ""
	place := func(pos int) string { return fmt.Sprintf("1:%d", pos+1) }
	for i, p := range e.Problems {
		if i > 0 {
			text += "\n"
		}
		text += fmt.Sprintf("policy:1:%d: %s", p.Pos+1, p.Text(place))
	}
	return text
}

// text explains the policy that was given as text.
func (x *explainer) text(ctx context.Context) (*Result, error) {
	p, problems := policy.Parse(x.Policy, 0)
	problems = append(problems, p.Check()...)
	problems = append(problems, unresolved(p)...)
	if p.Policy.IsSet() {
		problems = append(problems, policy.Problem{Pos: p.Policy.Pos, Message: fmt.Sprintf("policy=%s: there is no package here to "+
			"look it up in; write its options", p.Policy.Value)})
	}
	if len(problems) > 0 {
		slices.SortStableFunc(problems, func(a, b policy.Problem) int { return a.Pos - b.Pos })
		return nil, &MistakeError{problems}
	}
	f, err := x.forecast(ctx, p, nil)
	if err != nil {
		return nil, err
	}
	x.limit(subject{name: "the policy", policy: p, forecast: f, retries: "policy:1:1", waits: "policy:1:1"})
	r := report.New(x.Scenario, []report.Policy{{Text: p.String(), Options: &p, Forecast: f}}, nil)
	if x.Command != "" {
		r.Source = &report.Source{Command: x.Command}
	}
	return &Result{Report: r, Problems: x.problems}, nil
}

// unresolved returns the problems of names in place of numbers: there is no package to look them up in.
func unresolved(p policy.Policy) []policy.Problem {
	var list []policy.Problem
	for _, o := range p.Operands() {
		option := p.Spelled(o.Entry.Name)
		written := option + "=" + o.Text
		message := fmt.Sprintf("%s: there is no package here to look %s up in; write the number", written, o.Name)
		problem := policy.Problem{Pos: o.Pos, Message: message}
		if meant, ok := errors.AsType[*policy.MisspelledError](policy.Meant(option, o.Text)); ok {
			problem.Message, problem.Misspelling = meant.Message, meant.Misspelling
		}
		list = append(list, problem)
	}
	return list
}

// packages explains what is retried in packages.
func (x *explainer) packages(ctx context.Context) (*Result, error) {
	found, err := inventory.Collect(ctx, inventory.Options{Dir: x.Dir, Env: x.Env, Tags: x.Tags, Patterns: x.Patterns, Assume: x.Assume})
	if err != nil {
		return nil, err
	}
	for _, d := range found.Problems {
		at := found.Relative(d.Pos)
		x.problems = append(x.problems, fmt.Sprintf("%s: %s", at, d.Message))
	}
	linted := x.lint(ctx)
	var list []report.Policy
	for i := range found.Entries {
		e := &found.Entries[i]
		if x.Progress != nil {
			x.Progress(i, len(found.Entries))
		}
		f, err := x.forecast(ctx, e.Policy, e.Budget)
		if err != nil {
			return nil, err
		}
		list = append(list, x.shown(found, e, f))
		x.limitEntry(found, e, f)
	}
	about := linted()
	about.attach(found.Entries, list)
	var notes, missing []string
	for _, note := range found.Notes {
		notes = append(notes, note.String())
		if note.Broken {
			missing = append(missing, note.String())
		}
	}
	r := report.New(x.Scenario, list, append(notes, about.notes...))
	for _, a := range x.Assume {
		r.Assumptions.Set = append(r.Assumptions.Set, a.Name+"="+a.Value)
	}
	r.Source, r.Linted, r.Findings = x.source(ctx), about.looked, about.rest
	return &Result{Report: r, Problems: x.problems, Unmatched: found.Unmatched, Missing: missing}, nil
}

// shown turns an entry into what the report shows of it.
func (x *explainer) shown(found *inventory.Inventory, e *inventory.Entry, f *forecast.Forecast) report.Policy {
	p := report.Policy{
		Task: e.Task, Wrapper: e.Wrapper, Package: e.Package, Flow: e.Flow,
		File: e.File, Line: e.Pos.Line, Column: e.Pos.Column, Text: e.Text, Options: &e.Policy, Forecast: f,
	}
	if !e.Inner.IsZero() {
		p.Total = &report.Worst{
			Attempts: e.Bound.Attempts, Wait: e.Bound.Wait.Seconds(), Unbounded: e.Bound.Wait == chain.Endless,
			MoreAttempts: e.Bound.MoreAttempts, MoreWait: e.Bound.MoreWait, Why: e.Bound.Why,
		}
	}
	if x.Link != nil {
		p.Link = x.Link(e.Pos.Filename, e.File, e.Pos.Line)
	}
	for _, c := range e.Chains {
		p.Chains = append(p.Chains, shownChain(found, c))
	}
	return p
}

func shownChain(found *inventory.Inventory, c inventory.Chain) report.Chain {
	var links []report.Link
	for _, l := range c {
		link := report.Link{Package: l.Package, Name: l.Name, Attempts: l.Attempts, Says: l.Says,
			Wait: l.Wait.Seconds(), Open: l.Open, Client: l.Client}
		if l.Again {
			link.Name += " again"
		}
		if l.Pos.IsValid() {
			link.Position = found.Relative(l.Pos).String()
		}
		links = append(links, link)
	}
	attempts, wait := c.Total()
	if attempts == chain.Unlimited {
		attempts = report.Unlimited
	}
	return report.NewChain(links, attempts, wait.Seconds())
}

// Package report shows what package forecast computes: as text for a terminal, as JSON for programs, and as one page of
// HTML.
//
//	p, _ := policy.Parse("retries=4 delay=exponential(2) jitter=3", 0)
//	f, err := forecast.New(ctx, p, scenario)
//	if err != nil {
//		return err // an impossible scenario
//	}
//	r := report.New(scenario, []report.Policy{{Task: "FetchPrice", Text: p.String(), Forecast: f}}, nil)
//	return report.Text(os.Stdout, r, report.TextOptions{Color: true})
//
// All three show the same numbers. Each has its unit, and what it assumes stands beside it. The same report has the same
// bytes.
package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/retrygen/retrygen/internal/forecast"
	"github.com/retrygen/retrygen/internal/policy"
)

// Unlimited is a number of attempts that never run out.
const Unlimited = policy.Unlimited

// Report is what is shown. [New] makes it; its JSON is this, marshalled.
type Report struct {
	Source      *Source     `json:"source,omitempty"` // nil for a policy that stands in no package
	Assumptions Assumptions `json:"assumptions"`
	Policies    []Policy    `json:"policies"`           // the riskiest first
	Linted      bool        `json:"linted,omitempty"`   // the linter has looked at the packages
	Findings    []Finding   `json:"findings,omitempty"` // that are about none of the policies
	Notes       []string    `json:"notes,omitempty"`    // what could not be looked at, a sentence each
}

// Source is where the policies come from. What is not known is "".
type Source struct {
	Module   string `json:"module,omitempty"`   // path
	Commit   string `json:"commit,omitempty"`   // that is checked out
	Date     string `json:"date,omitempty"`     // of the commit, as 2006-01-02
	Modified bool   `json:"modified,omitempty"` // Go files differ from the commit
	Command  string `json:"command,omitempty"`  // that makes the report
}

// Finding is what the linter has found.
type Finding struct {
	Check    string `json:"check"` // "RL301"
	Level    string `json:"level"` // "error", "warning" or "note"
	Title    string `json:"title"` // what the check finds
	Message  string `json:"message"`
	Position string `json:"position"`       // file:line:column
	Link     string `json:"link,omitempty"` // an address of that line; "" for none
}

// Assumptions are a scenario as it was asked for. Where a number is zero, nothing was said about it.
type Assumptions struct {
	AttemptTime float64          `json:"attemptTime"` // that every attempt takes, in seconds
	Clients     int              `json:"clients"`     // that all fail at one instant
	Rate        float64          `json:"rate"`        // new calls a second, in an outage
	Capacity    float64          `json:"capacity"`    // requests a second that the service answers
	Outage      float64          `json:"outage"`      // its length, in seconds
	Budget      *forecast.Budget `json:"budget,omitempty"`
	Seed        uint64           `json:"seed"`          // of what is drawn
	Set         []string         `json:"set,omitempty"` // values of names in policies, as name=value
	Always      []string         `json:"always"`        // what is assumed whatever the scenario, a sentence each
}

// always is what package forecast assumes.
var always = []string{
	"Attempts fail independently of one another.",
	"Every attempt takes the same time.",
	"Every error may be retried, and the context of a call has no deadline.",
	"In an outage every attempt fails; calls arrive at a steady rate, however the service fares.",
	"Times are in seconds, shares are of 1, loads are multiples of the capacity.",
}

// Policy is one policy, where it stands, and what it does. A policy without a place has neither File nor Package.
type Policy struct {
	Task    string `json:"task"`              // "FetchPrice", "Client.Get"; "" for a policy that belongs to no function
	Key     string `json:"key,omitempty"`     // "http.retry": where a configuration file has the policy
	Wrapper string `json:"wrapper,omitempty"` // the generated function
	Package string `json:"package,omitempty"` // import path
	Flow    bool   `json:"flow,omitempty"`    // retries a whole run of tasks
	File    string `json:"file,omitempty"`    // of the directive
	Line    int    `json:"line,omitempty"`    // from 1
	Column  int    `json:"column,omitempty"`  // from 1, in bytes
	Link    string `json:"link,omitempty"`    // an address, or a path relative to the page, of that line; "" for none
	Text    string `json:"policy"`            // the options

	Retries    *int    `json:"retries,omitempty"`    // one less than the attempts, or Unlimited; nil if not known; New fills it in
	Total      *Worst  `json:"-"`                    // of one call with the retries inside it; nil where there are none
	Worst      Worst   `json:"worst"`                // Total, or the policy's own numbers; New fills it in
	Chains     []Chain `json:"chains,omitempty"`     // the worst first
	MoreChains bool    `json:"moreChains,omitempty"` // than those

	Findings []Finding `json:"findings,omitempty"` // about this policy

	Forecast *forecast.Forecast `json:"forecast"` // never nil

	Try     string         `json:"-"` // an address where its numbers can be changed; "" for none
	Options *policy.Policy `json:"-"` // of Text, with the values of constants; New fills in what the text says alone
}

// Worst is what makes a policy risky: the most that one call does.
type Worst struct {
	Attempts     int     `json:"attempts"`               // for one call; Unlimited
	Wait         float64 `json:"wait"`                   // seconds; see Saturated
	MoreAttempts bool    `json:"moreAttempts,omitempty"` // the environment or the running program may say so
	MoreWait     bool    `json:"moreWait,omitempty"`     // the environment, a function, a client or the running program decides
	Unbounded    bool    `json:"unbounded,omitempty"`    // nothing bounds the wait, which is then the longest that there is
	Why          string  `json:"why,omitempty"`          // why there may be more, with the first position
}

// Chain is retries inside retries. [NewChain] makes it.
type Chain struct {
	Links     []Link     `json:"links"`          // the outermost first
	Attempts  int        `json:"attempts"`       // the product, of the innermost function; Unlimited
	WorstWait float64    `json:"worstWait"`      // seconds; see Saturated
	Open      bool       `json:"open,omitempty"` // some link's waits are not known, so the worst may be longer
	More      bool       `json:"more,omitempty"` // some link's attempts are not known, so there may be more
	Requests  []Requests `json:"requests"`       // none if More is true
}

// Link is one layer of a chain.
type Link struct {
	Package  string  `json:"package,omitempty"`  // import path, "" for a loop
	Name     string  `json:"name"`               // within the package
	Attempts int     `json:"attempts"`           // Unlimited, or at least 1
	Says     string  `json:"says,omitempty"`     // the value that says how many attempts there are: Attempts is the least then
	Wait     float64 `json:"wait"`               // of all its retries together at worst, in seconds
	Open     bool    `json:"open,omitempty"`     // that wait is not known
	Client   bool    `json:"client,omitempty"`   // a loop, a library or a client that retries by itself
	Position string  `json:"position,omitempty"` // file:line:col; "" where it is not known
}

// Requests is what reaches the innermost function of a chain when its attempts fail.
type Requests struct {
	Share    float64 `json:"share"`    // of attempts that fail
	Expected float64 `json:"expected"` // attempts for each call of the outermost function
}

// Most is the number of attempts at which a chain's product saturates.
const Most = math.MaxInt32

// shares are the shares of failing attempts for which a chain has Requests.
var shares = []float64{0.1, 0.5, 0.9, 1}

// NewChain makes a chain of links, the outermost first, whose attempts in all and worst wait in seconds are known. What is
// unlimited has no number of requests where every attempt fails.
func NewChain(links []Link, attempts int, worstWait float64) Chain {
	c := Chain{Links: links, Attempts: attempts, WorstWait: worstWait}
	for _, l := range links {
		c.Open, c.More = c.Open || l.Open || l.Says != "", c.More || l.Says != ""
	}
	if c.More {
		return c
	}
	for _, p := range shares {
		switch {
		case attempts != Unlimited:
			c.Requests = append(c.Requests, Requests{p, forecast.Requests(attempts, p)})
		case p < 1:
			c.Requests = append(c.Requests, Requests{p, 1 / (1 - p)})
		}
	}
	return c
}

// New makes a report of policies under a scenario, and puts the riskiest first: see [Compare].
func New(s forecast.Scenario, policies []Policy, notes []string) *Report {
	r := &Report{Policies: slices.Clone(policies), Notes: notes, Assumptions: Assumptions{
		AttemptTime: s.AttemptTime.Seconds(), Clients: s.Clients, Rate: s.Rate, Capacity: s.Capacity,
		Outage: s.Outage.Seconds(), Budget: s.Budget, Seed: s.Seed, Always: always,
	}}
	for i := range r.Policies {
		r.Policies[i].settle()
	}
	slices.SortStableFunc(r.Policies, Compare)
	return r
}

// settle fills in what follows from the rest.
func (p *Policy) settle() {
	if p.Options == nil {
		parsed, _ := policy.Parse(p.Text, 0) // what does not parse was written by nobody, and has no options
		p.Options = &parsed
	}
	if p.Forecast.Partial {
		p.Worst = Worst{Attempts: 1, MoreAttempts: true, MoreWait: true} // more is not known
		if n, counted := p.Options.Attempts(); counted {
			p.Worst.Attempts, p.Worst.MoreAttempts = n, false
		}
		if p.Total != nil {
			p.Worst = atLeast(*p.Total, p.Worst)
		}
		return
	}
	p.settleKnown(p.Forecast.Verdict)
	if p.Total != nil {
		p.Total.MoreAttempts = p.Total.MoreAttempts || p.Worst.MoreAttempts
		p.Worst = atLeast(*p.Total, p.Worst)
	}
}

// settleKnown fills in what follows from a verdict.
func (p *Policy) settleKnown(v *forecast.Verdict) {
	retries := Unlimited
	if v.Attempts != Unlimited {
		retries = v.Attempts - 1
	}
	p.Retries = &retries
	p.Worst = Worst{
		Attempts: v.Attempts, MoreAttempts: lacks(p.Forecast, forecast.UnknownRetries),
		Wait: v.WorstWait, MoreWait: lacks(p.Forecast, forecast.UnknownDelay), Unbounded: v.Unbounded && v.WorstWait > 0,
	}
	if p.Worst.Unbounded {
		p.Worst.Wait = time.Duration(math.MaxInt64).Seconds()
	}
}

// atLeast returns what a call does with the retries inside it, which may be fewer than its own where those are not known.
func atLeast(total, own Worst) Worst {
	if uint(own.Attempts) > uint(total.Attempts) { // as unsigned numbers, Unlimited is the largest
		total.Attempts = own.Attempts
	}
	return total
}

// Compare puts the policy with more attempts first, its chains included, then the one with more waiting, then the first
// by task, package and place. It compares policies of a [Report].
func Compare(a, b Policy) int {
	return cmp.Or(
		cmp.Compare(uint(b.Worst.Attempts), uint(a.Worst.Attempts)),
		cmp.Compare(b.Worst.Wait, a.Worst.Wait),
		strings.Compare(a.Task, b.Task),
		strings.Compare(a.Key, b.Key),
		strings.Compare(a.Package, b.Package),
		strings.Compare(a.File, b.File),
		cmp.Compare(a.Line, b.Line),
	)
}

// Position returns file:line:column, "" for a policy without a place.
func (p Policy) Position() string {
	if p.File == "" {
		return ""
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column)
}

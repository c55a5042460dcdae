package check

import (
	"cmp"
	"flag"
	"fmt"
	"reflect"
	"slices"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/inspect"

	"github.com/retrygen/retrygen/internal/module"
	"github.com/retrygen/retrygen/internal/retries"
	"github.com/retrygen/retrygen/internal/retries/growth"
	"github.com/retrygen/retrygen/internal/retries/loop"
	"github.com/retrygen/retrygen/internal/retries/meaning"
	"github.com/retrygen/retrygen/internal/retries/spent"
	"github.com/retrygen/retrygen/internal/retries/tasks"
)

// Documentation is the address of the page that documents all checks.
const Documentation = "https://" + module.Path + "/blob/main/docs/checks.md"

// Group is an analyzer to be: the checks whose pages name it.
type Group struct {
	Name  string // "retrycall"
	Title string // what its checks look at
}

// Suite is a set of checks and the analyzers that they belong to.
type Suite struct {
	groups []Group
	checks []*Check // by identifier
}

// NewSuite joins lists of checks. It panics if a check is there twice, if its analyzer is unknown, if it claims precedence
// over a check that is not in its analyzer or that has precedence itself, or if a page has no check.
func NewSuite(groups []Group, lists ...*List) *Suite {
	s := &Suite{groups: groups}
	for _, l := range lists {
		s.checks = append(s.checks, l.checks...)
		if err := l.unused(); err != nil {
			panic(err)
		}
	}
	slices.SortFunc(s.checks, func(a, b *Check) int { return cmp.Compare(a.ID, b.ID) })
	if err := s.validate(); err != nil {
		panic(err)
	}
	return s
}

func (s *Suite) validate() error {
	for i, c := range s.checks {
		switch {
		case i > 0 && c.ID == s.checks[i-1].ID:
			return fmt.Errorf("check %s is there twice", c.ID)
		case !slices.ContainsFunc(s.groups, func(g Group) bool { return g.Name == c.Analyzer }):
			return fmt.Errorf("check %s: there is no analyzer %q", c.ID, c.Analyzer)
		}
		for _, id := range c.over {
			if other := s.find(id); other == nil || other.Analyzer != c.Analyzer || len(other.over) > 0 {
				return fmt.Errorf("check %s cannot have precedence over %s", c.ID, id)
			}
		}
	}
	return nil
}

func (s *Suite) find(id string) *Check {
	at, ok := slices.BinarySearchFunc(s.checks, id, func(c *Check, id string) int { return cmp.Compare(c.ID, id) })
	if !ok {
		return nil
	}
	return s.checks[at]
}

// Pages returns the pages of all checks, by identifier.
func (s *Suite) Pages() []Page {
	var pages []Page
	for _, c := range s.checks {
		pages = append(pages, c.Page)
	}
	return pages
}

// Analyzers returns new analyzers, one for each group, with flags of their own. Each check has a bool flag, named by its
// identifier, that switches it on or off.
func (s *Suite) Analyzers() []*analysis.Analyzer {
	var list []*analysis.Analyzer
	for _, g := range s.groups {
		list = append(list, s.analyzer(g))
	}
	for i, g := range s.groups {
		if slices.ContainsFunc(s.checks, func(c *Check) bool { return c.last && c.Analyzer == g.Name }) {
			others := slices.Delete(slices.Clone(list), i, i+1)
			list[i].Requires = append(list[i].Requires, others...)
		}
	}
	return list
}

func (s *Suite) analyzer(g Group) *analysis.Analyzer {
	a := &analysis.Analyzer{
		Name: g.Name, Doc: g.Title, URL: Documentation, Flags: *flag.NewFlagSet(g.Name, flag.ExitOnError),
		Requires: []*analysis.Analyzer{
			inspect.Analyzer, retries.Analyzer, growth.Analyzer, loop.Analyzer, meaning.Analyzer, spent.Analyzer, tasks.Analyzer, ignoreReader,
		},
		ResultType: reflect.TypeFor[*outcome](),
	}
	var checks []*Check
	for _, c := range s.checks {
		if c.Analyzer != g.Name {
			continue
		}
		checks = append(checks, c)
		a.Flags.Bool(c.ID, !c.Optional, c.Title)
		a.Doc += fmt.Sprintf("\n%s: %s", c.ID, c.Title)
		for _, param := range c.params {
			param.define(&a.Flags)
		}
	}
	slices.SortStableFunc(checks, func(a, b *Check) int { return cmp.Compare(a.turn(), b.turn()) })
	a.Run = func(pass *analysis.Pass) (any, error) { return runChecks(pass, checks) }
	return a
}

// turn orders the checks of an analyzer: those with precedence first, then the others, then those that run last.
func (c *Check) turn() int {
	switch {
	case c.last:
		return 2
	case len(c.over) > 0:
		return 0
	}
	return 1
}

package analyzer

import (
	"fmt"
	"go/token"
	"slices"
	"strings"
	"time"

	"golang.org/x/tools/go/analysis"

	"github.com/retrygen/retrygen/internal/chain"
	"github.com/retrygen/retrygen/internal/directive"
)

// Chains is the fact that calling a function comes to retries: the chains that begin there, the worst first.
type Chains struct{ chain.Set }

// AFact marks Chains as a fact.
func (*Chains) AFact() {}

// String describes the chains, for debugging.
func (c *Chains) String() string {
	var list []string
	for _, links := range c.Chains {
		list = append(list, chain.Describe(links, ""))
	}
	return strings.Join(list, "; ")
}

// Wrapped is the fact that a function is a generated wrapper.
type Wrapped struct {
	Task     string // "pkg.Func", "pkg.Type.Method"
	Attempts int    // chain.Unlimited, or at least 1; 1 where the environment decides
	Shortest time.Duration
	Error    bool // its last result is an error

	Checkpoint bool // its results are remembered within a flow run
	Durable    bool // and beyond the process
}

// AFact marks Wrapped as a fact.
func (*Wrapped) AFact() {}

// Annotated is the fact that a function has a wrapper, or that the method of an interface has a decorator that
// remembers.
type Annotated struct {
	Wrapper    string // "" for the method of an interface, which is called by its own name
	Same       bool   // the wrapper takes the same arguments
	Checkpoint bool   // the wrapper remembers results within a flow run
}

// AFact marks Annotated as a fact.
func (*Annotated) AFact() {}

func wrappedOf(fn *directive.Func) *Wrapped {
	shortest, _, _ := fn.Policy.Totals()
	return &Wrapped{
		Task: fn.Task, Attempts: fn.Policy.Attempts(), Shortest: shortest, Error: fn.Error,
		Checkpoint: fn.Checkpoint != nil, Durable: fn.Checkpoint != nil && fn.Checkpoint.Durable,
	}
}

// linkOf is the layer that a wrapper makes.
func (m *model) linkOf(fn *directive.Func) chain.Link {
	_, longest, known := fn.Policy.Totals()
	_, name, _ := strings.Cut(fn.Task, ".")
	return chain.Link{
		Package: fn.Object.Pkg().Path(), Name: name, Attempts: fn.Policy.Attempts(),
		Wait: longest, Open: !known && !fn.Policy.NeverWaits(), Pos: m.place(fn.Pos),
	}
}

// place is where a layer stands, for those who list chains.
func (m *model) place(pos token.Pos) token.Position {
	if !m.depth.places || !pos.IsValid() {
		return token.Position{}
	}
	at := m.fset.Position(pos)
	at.Offset = 0
	return at
}

// before puts a layer before a chain. One that makes a single attempt changes nothing; one that stands in the chain
// already is a recursion, which is not followed.
func (m *model) before(l chain.Link, links []chain.Link) []chain.Link {
	if l.Attempts == 1 {
		return links
	}
	at := slices.IndexFunc(links, l.Same)
	switch {
	case at < 0:
		return append([]chain.Link{l}, links...)
	case m.depth.places:
		return append([]chain.Link{l}, links[:at]...) // a list has the chain up to where it comes round again
	}
	return links
}

// beforeAll puts a layer before all chains that begin behind it; it is a chain by itself where there are none.
func (m *model) beforeAll(l chain.Link, behind chain.Set) chain.Set {
	if len(behind.Chains) == 0 {
		behind.Chains = [][]chain.Link{nil}
	}
	var list [][]chain.Link
	for _, links := range behind.Chains {
		if links = m.before(l, links); len(links) > 0 {
			list = append(list, links)
		}
	}
	set := chain.Of(m.depth.limit, list...)
	set.Cut = set.Cut || behind.Cut
	return set
}

// ours reports whether a link of the chain is a policy of ours.
func ours(links []chain.Link) bool {
	return slices.ContainsFunc(links, func(l chain.Link) bool { return !l.Client })
}

// related lists a position for each link that can be found from here.
func (m *model) related(sites []*site, links []chain.Link) []analysis.RelatedInformation {
	var list []analysis.RelatedInformation
	note := func(pos token.Pos, format string, args ...any) {
		if pos.IsValid() {
			list = append(list, analysis.RelatedInformation{Pos: pos, Message: fmt.Sprintf(format, args...)})
		}
	}
	for _, s := range sites {
		if slices.Equal(m.from(s).Worst(), links) {
			note(s.node.Pos(), "the retries begin here")
			break
		}
	}
	for _, l := range links {
		note(m.declared(l), "%s makes %s attempts", l.Called(m.pass.Pkg.Path()), chain.Count(l.Attempts))
	}
	return list
}

// declared finds where a link is declared, in this package or among those that it knows.
func (m *model) declared(l chain.Link) token.Pos {
	if l.Package == "" {
		return token.NoPos
	}
	for fn, annotated := range m.annotated {
		if _, name, _ := strings.Cut(annotated.Task, "."); name == l.Name && fn.Pkg().Path() == l.Package {
			return annotated.Pos
		}
	}
	for _, fact := range m.pass.AllObjectFacts() {
		if wrapped, ok := fact.Fact.(*Wrapped); ok && fact.Object.Pkg().Path() == l.Package {
			if _, name, _ := strings.Cut(wrapped.Task, "."); name == l.Name {
				return fact.Object.Pos()
			}
		}
	}
	return token.NoPos
}

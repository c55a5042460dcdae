package retries

import (
	"slices"
	"strings"

	"github.com/retrygen/retrygen/internal/chain"
	"github.com/retrygen/retrygen/internal/directive"
	"github.com/retrygen/retrygen/internal/policy"
)

func attempts(p policy.Policy) int {
	switch {
	case !p.Retries.IsSet():
		return 1
	case p.Retries.Value < 0:
		return chain.Unlimited
	}
	return p.Retries.Value + 1
}

// Retried reports whether there can be a second attempt.
func Retried(fn *directive.Func) bool { return attempts(fn.Policy) != 1 }

// LinkOf is the layer that a wrapper makes.
func (g *Graph) LinkOf(fn *directive.Func) chain.Link {
	_, longest, known := fn.Policy.Totals()
	_, name, _ := strings.Cut(fn.Task, ".")
	none := fn.Policy.Delay.State == policy.None || fn.Policy.Delay.IsSet() && fn.Policy.Delay.Value.IsZero()
	return chain.Link{
		Package: fn.Object.Pkg().Path(), Name: name, Attempts: attempts(fn.Policy),
		Wait: longest, Open: !known && !none, Pos: g.position(fn.Pos),
	}
}

// Before puts a layer before a chain. One that makes a single attempt changes nothing; one that stands in the chain
// already is a recursion, which is not followed.
func (g *Graph) Before(l chain.Link, links []chain.Link) []chain.Link {
	if l.Attempts == 1 {
		return links
	}
	at := slices.IndexFunc(links, l.Same)
	switch {
	case at < 0:
		return append([]chain.Link{l}, links...)
	case g.depth.positions:
		return append([]chain.Link{l}, links[:at]...) // a list has the chain up to where it comes round again
	}
	return links
}

// beforeAll puts a layer before all chains that begin behind it; it is a chain by itself where there are none.
func (g *Graph) beforeAll(l chain.Link, behind chain.Set) chain.Set {
	if len(behind.Chains) == 0 {
		behind.Chains = [][]chain.Link{nil}
	}
	var list [][]chain.Link
	for _, links := range behind.Chains {
		if links = g.Before(l, links); len(links) > 0 {
			list = append(list, links)
		}
	}
	set := chain.Of(g.depth.limit, list...)
	set.Cut = set.Cut || behind.Cut
	return set
}

// OwnPolicy reports whether a link of the chain is a policy of ours.
func OwnPolicy(links []chain.Link) bool {
	return slices.ContainsFunc(links, func(l chain.Link) bool { return !l.Client })
}

package chain

import (
	"cmp"
	"go/token"
	"slices"
	"strings"
	"time"
)

// Set is the chains that begin in one function, the worst first. The zero value has none.
type Set struct {
	Chains [][]Link
	Cut    bool // there are more than the set was allowed to hold
}

// Of puts chains into a set of at most limit, the worst: those with more attempts, then with more waiting, then the first
// by name. Chains of the same layers are kept once, and a chain that only begins
// another, ending at a layer that has more behind it, not at all.
func Of(limit int, chains ...[]Link) Set {
	var kept [][]Link
	for _, c := range sorted(chains) {
		// A beginning has fewer attempts than the whole, which therefore stands before it.
		known := func(other []Link) bool { return begins(c, other) || alike(c, other) }
		if slices.ContainsFunc(kept, known) {
			continue
		}
		if len(kept) == limit {
			return Set{kept, true}
		}
		kept = append(kept, c)
	}
	return Set{Chains: kept}
}

// sorted puts the worst first, and leaves equals in their order.
func sorted(chains [][]Link) [][]Link {
	if len(chains) < 2 {
		return chains
	}
	all := make([]ranked, len(chains))
	for i, links := range chains {
		all[i].links = links
		all[i].attempts, all[i].wait = Total(links)
	}
	order := make([]*ranked, len(chains))
	for i := range all {
		order[i] = &all[i]
	}
	slices.SortStableFunc(order, (*ranked).compare)
	list := make([][]Link, len(chains))
	for i, r := range order {
		list[i] = r.links
	}
	return list
}

// ranked is a chain with what it is sorted by.
type ranked struct {
	links    []Link
	attempts int
	wait     time.Duration
	text     string // what it is sorted by in the end, "" until it is asked for
}

func (r *ranked) compare(other *ranked) int {
	// As unsigned numbers, Unlimited is the largest.
	order := cmp.Or(cmp.Compare(uint(other.attempts), uint(r.attempts)), cmp.Compare(other.wait, r.wait))
	if order == 0 && !slices.Equal(r.links, other.links) {
		order = strings.Compare(r.described(), other.described())
	}
	return order
}

func (r *ranked) described() string {
	if r.text == "" {
		r.text = layers(r.links, "", " attempts") + ":"
	}
	return r.text
}

// Join returns the chains of several sets, as [Of] does.
func Join(limit int, sets ...Set) Set {
	if len(sets) == 1 {
		return sets[0]
	}
	var all [][]Link
	cut := false
	for _, s := range sets {
		all = append(all, s.Chains...)
		cut = cut || s.Cut
	}
	joined := Of(limit, all...)
	joined.Cut = joined.Cut || cut
	return joined
}

// Worst returns the worst chain, nil for none.
func (s Set) Worst() []Link {
	if len(s.Chains) == 0 {
		return nil
	}
	return s.Chains[0]
}

// WithoutPositions returns the set with links that do not say where they stand: for other packages, which need not be looked at
// again when lines move.
func (s Set) WithoutPositions() Set {
	list := make([][]Link, len(s.Chains))
	for i, links := range s.Chains {
		list[i] = links
		if !slices.ContainsFunc(links, func(l Link) bool { return l.Pos.IsValid() }) {
			continue
		}
		list[i] = slices.Clone(links)
		for j := range list[i] {
			list[i][j].Pos = token.Position{}
		}
	}
	return Set{list, s.Cut}
}

// Equal reports whether two sets hold the same.
func (s Set) Equal(other Set) bool {
	return s.Cut == other.Cut && slices.EqualFunc(s.Chains, other.Chains, slices.Equal[[]Link])
}

// begins reports whether one chain is the beginning of another, down to the places where its layers stand.
func begins(c, whole []Link) bool {
	return len(c) <= len(whole) && slices.Equal(c, whole[:len(c)])
}

// alike reports whether two chains have the same layers.
func alike(a, b []Link) bool {
	return slices.EqualFunc(a, b, func(l, m Link) bool { return l.Same(m) && l.Attempts == m.Attempts })
}

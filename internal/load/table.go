package load

import (
	"cmp"
	"slices"
	"sort"
)

// table holds places by name. It is sorted: a map of some hundred thousand declarations would take three times the memory.
type table []entry

// entry is a place under a name.
type entry struct {
	name string
	place
}

// sort prepares a table to be searched. Places under one name stay in their order.
func (t table) sort() {
	slices.SortStableFunc(t, func(a, b entry) int { return cmp.Compare(a.name, b.name) })
}

// of returns the places under a name.
func (t table) of(name string) table {
	from := sort.Search(len(t), func(i int) bool { return t[i].name >= name })
	to := from
	for to < len(t) && t[to].name == name {
		to++
	}
	return t[from:to]
}

// has reports whether there is a place under a name.
func (t table) has(name string) bool { return len(t.of(name)) > 0 }

package retries

import (
	"slices"
	"strings"
	"testing"

	"github.com/retrygen/retrygen/internal/retries/chain"
)

// links reads a chain: a>b is a layer a before a layer b, each of which makes three attempts; 1a makes one.
func links(text string) []chain.Link {
	var list []chain.Link
	for name := range strings.SplitSeq(text, ">") {
		l := chain.Link{Package: "example.com/p", Name: name, Attempts: 3}
		if rest, ok := strings.CutPrefix(name, "1"); ok {
			l.Name, l.Attempts = rest, 1
		}
		if name != "" {
			list = append(list, l)
		}
	}
	return list
}

func names(list []chain.Link) string {
	var all []string
	for _, l := range list {
		if l.Again {
			l.Name += " again"
		}
		all = append(all, l.Name)
	}
	return strings.Join(all, ">")
}

// TestBefore puts layers before chains.
func TestBefore(t *testing.T) {
	for _, test := range []struct{ layer, behind, want string }{
		{"a", "b", "a>b"},
		{"a", "", "a"},
		{"1a", "b", "b"},
		{"1a", "", ""},
		{"a", "a", "a>a again"},       // a recursion
		{"a", "b>a>c", "a>b>a again"}, // a recursion by way of b
		{"a", "b>c", "a>b>c"},
	} {
		g := &Graph{}
		list := g.Before(links(test.layer)[0], links(test.behind))
		if got := names(list); got != test.want {
			t.Errorf("%s before %q is %q, want %q", test.layer, test.behind, got, test.want)
		}
		if attempts, _ := chain.Total(list); strings.Contains(test.want, "again") != (attempts == chain.Unlimited) {
			t.Errorf("%s before %q makes %d attempts", test.layer, test.behind, attempts)
		}
	}
}

func TestBeforeAll(t *testing.T) {
	g := &Graph{depth: depth{limit: 2, positions: true}}
	for _, test := range []struct {
		layer  string
		behind []string
		want   string
		cut    bool
	}{
		{"a", nil, "a", false},
		{"1a", nil, "", false},
		{"a", []string{"b", "c"}, "a>b a>c", false},
		{"a", []string{"b>c", "d", "e"}, "a>b>c a>d", true},
	} {
		var behind [][]chain.Link
		for _, text := range test.behind {
			behind = append(behind, links(text))
		}
		set := g.beforeAll(links(test.layer)[0], chain.Set{Chains: behind})
		var got []string
		for _, list := range set.Chains {
			got = append(got, names(list))
		}
		slices.Sort(got)
		if s := strings.Join(got, " "); s != test.want || set.Cut != test.cut {
			t.Errorf("%s before %v is %q (cut: %t), want %q (cut: %t)", test.layer, test.behind, s, set.Cut, test.want, test.cut)
		}
	}
}

func TestOwnPolicy(t *testing.T) {
	client := chain.Link{Name: "client", Attempts: 3, Client: true}
	for _, test := range []struct {
		links []chain.Link
		want  bool
	}{{nil, false}, {[]chain.Link{client}, false}, {links("a"), true}, {append(links("a"), client), true}} {
		if got := OwnPolicy(test.links); got != test.want {
			t.Errorf("%v: %t, want %t", test.links, got, test.want)
		}
	}
}

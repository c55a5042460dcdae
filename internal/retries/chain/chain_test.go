package chain_test

import (
	"fmt"
	"go/token"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/retrygen/retrygen/internal/retries/chain"
)

// layers makes a chain: a, b, c … with these attempts, each waiting a second in all.
func layers(attempts ...int) []chain.Link {
	var links []chain.Link
	for i, n := range attempts {
		links = append(links, chain.Link{Package: "p", Name: string(rune('a' + i)), Attempts: n, Wait: time.Second})
	}
	return links
}

func TestTotal(t *testing.T) {
	for _, test := range []struct {
		links    []chain.Link
		attempts int
		wait     time.Duration
	}{
		{nil, 1, 0},
		{layers(5), 5, time.Second},
		{layers(4, 4, 4), 64, (1 + 4*(1+4)) * time.Second},
		{layers(3, 3, 3, 3, 3), 243, 121 * time.Second},
		{layers(4, chain.Unlimited), chain.Unlimited, math.MaxInt64},
		{layers(chain.Unlimited, 4), chain.Unlimited, math.MaxInt64},
		{layers(1<<20, 1<<20), chain.Most, (1 + 1<<20) * time.Second},
		{layers(1<<20, 1<<20, 1<<20), chain.Most, math.MaxInt64},
	} {
		if attempts, wait := chain.Total(test.links); attempts != test.attempts || wait != test.wait {
			t.Errorf("%s: %d attempts, %v of waiting; want %d and %v", chain.Describe(test.links, ""), attempts, wait, test.attempts, test.wait)
		}
	}
}

func TestDescribe(t *testing.T) {
	links := []chain.Link{
		{Package: "example.com/orders/v2", Name: "Place", Attempts: 3, Wait: 4 * time.Second},
		{Name: "a loop", Attempts: 2, Client: true},
		{Package: "example.com/go-price", Name: "Client.Fetch", Attempts: 5, Wait: time.Minute},
	}
	for home, want := range map[string]string{
		"":                      "orders.Place (3 attempts) → a loop (2) → price.Client.Fetch (5): 30 attempts, up to 6m4s of waiting",
		"example.com/orders/v2": "Place (3 attempts) → a loop (2) → price.Client.Fetch (5): 30 attempts, up to 6m4s of waiting",
	} {
		if got := chain.Describe(links, home); got != want {
			t.Errorf("in %q: got %q, want %q", home, got, want)
		}
	}
	endless := chain.Link{Name: "Poll", Attempts: chain.Unlimited}
	if got, want := chain.Describe([]chain.Link{endless}, ""), "Poll (unlimited attempts): unlimited attempts"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestSet(t *testing.T) {
	link := func(name string, attempts, line int) chain.Link {
		l := chain.Link{Package: "p", Name: name, Attempts: attempts, Pos: token.Position{Filename: "f.go", Line: line}}
		if name == "a loop" {
			l.Package = ""
		}
		return l
	}
	a, b, c := link("a", 2, 1), link("b", 3, 2), link("c", 4, 3)
	endless := link("endless", chain.Unlimited, 4)
	for _, test := range []struct {
		name   string
		limit  int
		chains [][]chain.Link
		want   string
	}{
		{"the worst first", 9, [][]chain.Link{{a, b}, {a, endless}, {a, c}}, "a endless; a c; a b"},
		{"a chain that begins another is left out", 9, [][]chain.Link{{a}, {a, b}, {a, b, c}, {b}}, "a b c; b"},
		{"nor where neither has a bound", 9, [][]chain.Link{{endless}, {endless, a}}, "endless a"},
		{"the same layers called twice", 9, [][]chain.Link{{a, link("get", 5, 7)}, {a, link("get", 5, 8)}}, "a get"},
		{"the same client with other settings", 9, [][]chain.Link{{a, link("get", 5, 7)}, {a, link("get", 3, 8)}}, "a get; a get"},
		{"two loops are two layers", 9, [][]chain.Link{{a, link("a loop", 5, 7)}, {a, link("a loop", 5, 8)}}, "a a loop; a a loop"},
		{"no more than the limit", 2, [][]chain.Link{{a}, {b}, {c}}, "c; b; …"},
		{"no more than it has room for", 2, [][]chain.Link{{a}, {b}, {b}}, "b; a"},
	} {
		// However the chains are put together, they make the same set.
		joined := chain.Set{}
		for _, links := range test.chains {
			joined = chain.Join(test.limit, joined, chain.Of(test.limit, links))
		}
		for how, set := range map[string]chain.Set{"at once": chain.Of(test.limit, test.chains...), "one by one": joined} {
			if got := names(set); got != test.want {
				t.Errorf("%s, %s: got %q, want %q", test.name, how, got, test.want)
			}
		}
		if again := chain.Join(test.limit, joined, joined); !again.Equal(joined) {
			t.Errorf("%s: joined with itself it is %q", test.name, names(again))
		}
		if worst := fmt.Sprint(joined.Worst()); worst != fmt.Sprint(joined.Chains[0]) {
			t.Errorf("%s: the worst is %s", test.name, worst)
		}
	}
	if (chain.Set{}).Worst() != nil {
		t.Error("a set of none has a worst")
	}
}

func names(s chain.Set) string {
	var list []string
	for _, links := range s.Chains {
		var words []string
		for _, l := range links {
			words = append(words, l.Name)
		}
		list = append(list, strings.Join(words, " "))
	}
	if s.Cut {
		list = append(list, "…")
	}
	return strings.Join(list, "; ")
}

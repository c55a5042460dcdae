// Package chain multiplies retries inside retries.
//
// A chain is a list of layers, the outermost first: each makes its attempts of everything behind it.
//
//	links := []chain.Link{{Name: "Place", Attempts: 3}, {Name: "FetchPrice", Attempts: 5, Wait: 2 * time.Minute}}
//	attempts, wait := chain.Total(links) // 15, 6m
//	chain.Describe(links, "")            // "Place (3 attempts) → FetchPrice (5): 15 attempts, up to 6m of waiting"
//
// A [Set] holds the chains that begin in one function. Links and chains are plain data, which may be stored and compared;
// nothing here knows how they are found.
package chain

import (
	"fmt"
	"go/token"
	"math"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Unlimited is a number of attempts that never run out.
const Unlimited = -1

// Most is the product at which attempts saturate.
const Most = math.MaxInt32

// Link is one layer of retries.
type Link struct {
	Package  string         `json:"package"`          // import path of what is retried, "" for a loop
	Name     string         `json:"name"`             // within the package: "Fetch", "Client.Get"
	Attempts int            `json:"attempts"`         // Unlimited, or at least 1
	Wait     time.Duration  `json:"wait"`             // of all its retries together at worst, in nanoseconds; saturates
	Within   time.Duration  `json:"within,omitempty"` // no retry begins later than this after the call did; 0 for no such limit
	Open     bool           `json:"open,omitempty"`   // the waits are not known: a function, the environment or a library decides
	Says     string         `json:"says,omitempty"`   // the value that says how many attempts there are, if only the running program knows
	Again    bool           `json:"again,omitempty"`  // the layer stands in the chain before: its attempts call the chain again
	Series   bool           `json:"series,omitempty"` // an attempt that runs long begins the retries anew: the numbers are of one series
	Client   bool           `json:"client"`           // not a policy of ours: a loop, a library or a client that retries by itself
	Pos      token.Position `json:"pos"`              // of the directive, the loop or the call; zero where it is not known
}

// Same reports whether two links are one layer: the same policy or client wherever it is called, the same loop, or the same
// call of a library.
func (l Link) Same(other Link) bool {
	here := l.Package == "" || l.Client && l.Open // a loop or a call, which has one place
	return l.Package == other.Package && l.Name == other.Name && (!here || l.Pos == other.Pos)
}

// IsLoop reports whether the layer is a loop.
func (l Link) IsLoop() bool { return l.Package == "" && l.Client }

// Multiplies reports whether the layer may make more than one attempt.
func (l Link) Multiplies() bool { return l.Attempts != 1 || l.Says != "" }

// Called is the name of a link as a package knows it: with the name of its own package, unless that is home.
func (l Link) Called(home string) string {
	if l.Package == "" || l.Package == home {
		return l.Name
	}
	return PackageName(l.Package) + "." + l.Name
}

var versionPattern = regexp.MustCompile(`^v[0-9]+$`)

// PackageName guesses the name of a package from its path: the last part that is no version.
func PackageName(path string) string {
	parts := strings.Split(path, "/")
	for len(parts) > 1 && versionPattern.MatchString(parts[len(parts)-1]) {
		parts = parts[:len(parts)-1]
	}
	return strings.TrimPrefix(parts[len(parts)-1], "go-")
}

// Total multiplies the attempts of a chain, saturating at [Most], and nests its waits: each layer waits between its own
// attempts, and in each of them all layers behind it wait. Where a layer is [Unlimited], so are the attempts. No links are
// one attempt.
func Total(links []Link) (attempts int, wait time.Duration) {
	var total Bound
	for _, l := range slices.Backward(links) {
		total = total.Inside(l)
	}
	if total.Attempts == 0 {
		return 1, total.Wait
	}
	return total.Attempts, total.Wait
}

func times(a, b int) int {
	if b > Most/a {
		return Most
	}
	return a * b
}

// Open reports whether the waits of any layer are not known, so that the total may be longer.
func Open(links []Link) bool {
	return slices.ContainsFunc(links, func(l Link) bool { return l.Open || l.Says != "" })
}

// Uncounted reports whether the attempts of any layer are not known, so that there may be more.
func Uncounted(links []Link) bool {
	return slices.ContainsFunc(links, func(l Link) bool { return l.Says != "" })
}

// Describe writes "Place (3 attempts) → FetchPrice (5): 15 attempts, up to 6m4s of waiting", with names as the package
// home knows them.
func Describe(links []Link, home string) string {
	attempts, wait := Total(links)
	total := Bound{Attempts: attempts, Wait: wait, MoreAttempts: Uncounted(links), MoreWait: Open(links)}
	return Layers(links, home) + ": " + total.String()
}

// most is the number of layers that a text names. Of a longer chain it names the first and the last ones.
const most = 8

// Shown returns the first and the last layers that a text names, and how many it leaves out between them.
func Shown(links []Link) (first, last []Link, left int) {
	if len(links) <= most {
		return links, nil, 0
	}
	return links[:most/2], links[len(links)-most/2:], len(links) - most
}

// Layers writes "Place (3 attempts) → FetchPrice (5)", with names as the package home knows them. Attempts that only the running
// program knows are "(as cfg.Max says)". Of a long chain the layers between are counted: "A (3 attempts) → … 12 more … → Z (5)".
func Layers(links []Link, home string) string {
	first, last, left := Shown(links)
	if left == 0 {
		return layers(links, home, " attempts")
	}
	return fmt.Sprintf("%s → … %d more … → %s", layers(first, home, " attempts"), left, layers(last, home, ""))
}

// layers writes all layers, with a unit behind the number of the first one.
func layers(links []Link, home, unit string) string {
	parts := make([]string, 0, len(links))
	for _, l := range links {
		parts = append(parts, layer(l, home, unit))
		unit = ""
	}
	return strings.Join(parts, " → ")
}

// layer writes "FetchPrice (5)", with a unit behind the number.
func layer(l Link, home, unit string) string {
	switch {
	case l.Again:
		return l.Called(home) + " again"
	case l.Says != "":
		return fmt.Sprintf("%s (as %s says)", l.Called(home), l.Says)
	}
	return fmt.Sprintf("%s (%s%s)", l.Called(home), Count(l.Attempts), unit)
}

// Explain writes a chain with the bound of all that its first layer calls: "Place (3 attempts) → FetchPrice (5): 15 attempts;
// with all that one attempt calls, 30 attempts, up to 12m4s of waiting".
func Explain(links []Link, home string, bound Bound) string {
	product, wait := Total(links)
	bound = bound.Or(Bound{Attempts: product, Wait: wait, MoreAttempts: Uncounted(links), MoreWait: Open(links)})
	text := Layers(links, home) + ": "
	if bound.Attempts != product && bound.Attempts != Unlimited {
		text += Count(product) + " attempts; with all that one attempt calls, "
	}
	return text + bound.String()
}

// Count writes a number of attempts.
func Count(attempts int) string {
	if attempts == Unlimited {
		return "unlimited"
	}
	return fmt.Sprint(attempts)
}

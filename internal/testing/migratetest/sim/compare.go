package sim

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"
)

// Pair is what a site does before and after, where that is not the same.
type Pair struct {
	Site     int
	Random   bool
	Index    int    // of the script
	Text     string // of it
	Deadline time.Duration
	Heeds    bool // attempts end with the context
	Params
	Before, After *Trace
	Others        []*Trace // what it may also do before
	Uncut         *Trace   // before, with a context that is not done
}

// Compare runs a site before and after with all scripts, and prints the pairs that are not the same, as JSON.
func Compare(t *testing.T, site int, before, after func(context.Context, Params) (string, error), random bool) {
	for i, s := range Scripts() {
		if random && (s.When == Deadline || s.When == AfterAttempt && s.After > Soon) {
			continue // how many attempts there are is a matter of luck
		}
		b, a := Run(t, s, before), Run(t, s, after)
		if random && (b.Late || a.Late) {
			continue // at which attempt that is, too
		}
		if random {
			b, a = b.Untimed(), a.Untimed()
		}
		if reflect.DeepEqual(b, a) {
			continue
		}
		befores, same := []*Trace{b}, false
		for range 12 {
			// A select chooses where a wait ends and the context is done in one moment.
			b := Run(t, s, before)
			if random {
				b = b.Untimed()
			}
			same = same || reflect.DeepEqual(b, a)
			if !slices.ContainsFunc(befores, func(o *Trace) bool { return reflect.DeepEqual(o, b) }) {
				befores = append(befores, b)
			}
		}
		if same {
			continue
		}
		p := Pair{
			Site: site, Random: random, Index: i, Text: s.String(), Params: s.Params, Heeds: s.Heeds,
			Before: b, After: a, Uncut: b, Others: befores[1:],
		}
		if s.When == Deadline {
			p.Deadline = s.After
		}
		if s.When != Never {
			s.When, s.Heeds = Never, false
			p.Uncut = Run(t, s, before)
		}
		text, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Printf("differs: %s\n", text)
	}
}

// Package sites writes functions that retry, at random: loops by hand and calls of libraries. They build, and do something that
// package sim can record; whether "retrygen migrate" turns them, and into what, is for it to decide.
//
//	for _, s := range sites.New(1, 100) {
//		fmt.Println(s.Source)
//	}
//
// The same seed writes the same functions.
package sites

import (
	"fmt"
	"go/format"
	"math/rand/v2"
	"strings"
)

// Site is a function in a file of its own. The file declares Run and the number: a function that package sim can run.
type Site struct {
	Number int
	Source string // of the file, in package p
	Random bool   // it draws its waits
}

// File returns the name of the site's file.
func (s *Site) File() string { return fmt.Sprintf("site%d.go", s.Number) }

// Common is a file that the sites of a package need.
const Common = `package p

import (
	"context"
	"time"

	"github.com/retrygen/retrygen/internal/testing/migratetest/sim"
)

type client struct {
	n      int
	d, max time.Duration
	delays []time.Duration
	state  string
	count  int
	last   error
}

func newClient(p sim.Params) *client {
	return &client{n: p.N, d: p.D, max: p.Max, delays: []time.Duration{p.D, 2 * p.D, p.Max}}
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

func pause(ctx context.Context, d time.Duration) bool {
	select {
	case <-time.After(d):
		return true
	case <-ctx.Done():
		return false
	}
}

func nap(d time.Duration) { time.Sleep(d) }

func delayOf(retry int) time.Duration { return time.Duration(retry+1) * 300 * time.Millisecond }
`

// New writes sites.
func New(seed uint64, count int) []*Site {
	list := make([]*Site, count)
	for i := range list {
		w := &writer{Rand: rand.New(rand.NewPCG(seed, uint64(i))), number: i}
		list[i] = w.site()
	}
	return list
}

// writer writes one site.
type writer struct {
	*rand.Rand
	number int
	random bool
}

func (w *writer) site() *Site {
	var text string
	if w.one(3) {
		text = w.closure()
	} else if w.one(4) {
		text = w.whole()
	} else {
		text = newLoop(w).write()
	}
	src := "package p\n\nimport (\n" + imports(text) + ")\n\n" + text
	formatted, err := format.Source([]byte(src))
	if err != nil {
		panic(fmt.Sprintf("%v\n%s", err, src))
	}
	return &Site{Number: w.number, Source: string(formatted), Random: w.random}
}

// one reports true once in n times.
func (w *writer) one(n int) bool { return w.IntN(n) == 0 }

// pick returns one of some texts.
func (w *writer) pick(texts ...string) string { return texts[w.IntN(len(texts))] }

// name returns a name that no other site has.
func (w *writer) name(base string) string { return fmt.Sprintf("%s%d", base, w.number) }

// known are the packages that sites use, by the text that shows it. Those of libraries carry their name as an alias.
var known = []struct{ word, path string }{
	{"context.", `"context"`}, {"errors.", `"errors"`}, {"fmt.", `"fmt"`}, {"math.", `"math"`}, {"rand.", `"math/rand/v2"`},
	{"time.", `"time"`}, {"sync.", `"sync"`}, {"", ""},
	{"backoff4.", `backoff4 "github.com/cenkalti/backoff/v4"`}, {"backoff5.", `backoff5 "github.com/cenkalti/backoff/v5"`},
	{"backoff6.", `backoff6 "github.com/cenkalti/backoff/v6"`}, {"backoff7.", `backoff7 "github.com/cenkalti/backoff/v7"`},
	{"avast3.", `avast3 "github.com/avast/retry-go"`}, {"avast4.", `avast4 "github.com/avast/retry-go/v4"`},
	{"avast5.", `avast5 "github.com/avast/retry-go/v5"`}, {"sethvargo.", `sethvargo "github.com/sethvargo/go-retry"`},
	{"wait.", `"k8s.io/apimachinery/pkg/util/wait"`}, {"kube.", `kube "k8s.io/client-go/util/retry"`}, {"", ""},
	{"sim.", `"github.com/retrygen/retrygen/internal/testing/migratetest/sim"`},
}

// imports returns the imports that a text needs.
func imports(text string) string {
	var b strings.Builder
	for _, k := range known {
		if k.word == "" {
			b.WriteString("\n")
		} else if mentions(text, k.word) {
			b.WriteString("\t" + k.path + "\n")
		}
	}
	return b.String()
}

// mentions reports whether a text has a word that is not the end of a longer one.
func mentions(text, word string) bool {
	for i := 0; ; {
		j := strings.Index(text[i:], word)
		if j < 0 {
			return false
		}
		at := i + j
		if at == 0 || !isName(text[at-1]) {
			return true
		}
		i = at + 1
	}
}

func isName(c byte) bool {
	return c == '_' || c == '.' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

package render

import (
	"errors"
	"fmt"
	"go/parser"
	"math/rand/v2"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// pool are names that stand in each other's way in generated code: predeclared names, names of packages, of locals, and of
// what the declarations below declare.
var pool = strings.Fields(`nil error string int any bool true false len new byte comparable clear
	context time errors http retry retryloop loophttp slices maps sz other
	ctx req resp result result1 result2 err loop arg1 arg2 start wait again cancel hold key flow failed point elem k v zero none
	N T Kind worth pause drop budget fetch Fetch attemptFetch attemptFetch2 f t _
	remote served given arguments results attempt sent retryFetch sendFetch serveFetch errorsOfFetch`)

// sources of random declarations. The packages that they import have the names of locals and predeclared names.
const randomPackages = `
-- other/a.go --
package other

import "context"

const N = 3

type T struct{ S []string }

type Kind string

type Store interface {
	Get(ctx context.Context, kind Kind, t ...T) (map[Kind][N]T, error)
}
-- err/a.go --
package err

type T [2]int

type Busy struct{}

func (Busy) Error() string { return "" }
`

// generated makes up the source of a package.
type generated struct {
	*rand.Rand
	strings.Builder
}

func (g *generated) pick(list ...string) string { return list[g.IntN(len(list))] }

// TestRandom makes up packages from hostile names, and type-checks what is generated for those that are legal Go.
func TestRandom(t *testing.T) {
	rounds := 300
	if testing.Short() {
		rounds = 60
	}
	legal, refused := 0, 0
	for seed := range rounds {
		g := &generated{Rand: rand.New(rand.NewPCG(9, uint64(seed)))}
		g.source()
		switch ok, err := g.try(t); {
		case err != nil && errors.As(err, new(*Error)):
			refused++
		case err != nil:
			t.Fatalf("seed %d: %v", seed, err)
		case ok:
			legal++
		}
	}
	t.Logf("%d legal packages, %d refused", legal, refused)
	if legal < rounds/10 {
		t.Errorf("%d of %d packages were legal, want more", legal, rounds)
	}
}

// source writes a package.
func (g *generated) source() {
	one := g.pick("other", "sz", "err", "ctx", "time", "loop", "result", "f", "len")
	two := g.pick("err", "resp", "retry", "retryloop", "error", "nil", "v")
	types := strings.Fields("int string error bool T [N]byte *T []T map[string]T ONE.T ONE.Kind [ONE.N]T TWO.T " +
		"struct{X|T} context.Context func(T)|error interface{M(any)}")
	if g.IntN(3) == 0 {
		types = append(types, "*web.Request", "*web.Response", "rt.Attempt")
	}
	options := g.pick(
		"delay=1", "delay=pause timeout=1s", "on=TWO.Busy", "delay=1 checkpoint", "discard=drop within=1m",
		"delay=exponential(1) except=TWO.Busy,context.Canceled",
	)
	hidden := g.pick(
		"", "", "", "", "", "", "", "", "func len() { for {} }", "type error struct{}", "var nil, false = 1, 2",
		"type any interface{ M() }", "type string struct{}", "func new() { for {} }", "type byte int",
		"func attemptFetch() { for {} }",
	)
	text := `package a

import (
	"context"
	web "net/http"
	clock "time"

	rt "github.com/retrygen/retrygen/runtime/retry"
	ONE "example.com/random/other"
	TWO "example.com/random/err"
)

type T struct{ a, b FIELD }

var (
	_ web.Header
	_ rt.Event
)

const N = 2

func (T) RetryKey() string { for {} }

func worth(TWO.T) bool { for {} }

func pause(n int) clock.Duration { for {} }

func drop[A any](A) { for {} }

` + hidden + "\n" + g.pick("", "//retry:default task remote\n", "//retry:default flow remote\n")
	for _, fn := range []string{"fetch", "Fetch3", g.pick("Fetch", "_fetch", "loop", "key", "attemptFetch", "Fetch2")} {
		holder := g.pick("", "", "(T) ", "("+g.pick(pool...)+" *T) ")
		params := ""
		if g.IntN(4) == 0 && holder == "" {
			params = "[" + g.pick(pool...) + " any]"
		}
		text += "\n//retry:" + g.pick("task", "task", "task", "task", "flow") + " retries=2 " + options + "\nfunc " + holder + fn + params +
			"(" + g.list(types, 3) + ") (" + g.results(types) + ") { for {} }\n"
	}
	for _, name := range []string{g.pick("call", "É", "_x", "loop", "ctx", "attemptFetch2", g.pick(pool...))} {
		params := ""
		if g.IntN(3) == 0 {
			params = "[" + g.pick(pool...) + " any, " + g.pick(pool...) + " comparable]"
		}
		text += "\n//retry:task retries=2 " + strings.ReplaceAll(options, " checkpoint", "") + " remote=none\ntype " + name + params +
			" func(" + g.list(types, 3) + ") (" + g.results(types) + ")\n"
	}
	text += "\n//retry:task retries=1 delay=1\ntype Store interface {\n\tONE.Store\n\tget(ctx context.Context) error\n" +
		"\tPut(ctx context.Context, " + g.list(types, 2) + ") error\n}\n"
	fields := g.pick("a, b ", "A, B ")
	text = strings.ReplaceAll(text, "a, b FIELD", fields+g.pick("*int", "ONE.Kind", "TWO.T"))
	g.WriteString(strings.NewReplacer("ONE", one, "TWO", two, "|", " ").Replace(text))
}

// list writes parameters.
func (g *generated) list(types []string, n int) string {
	var list []string
	for range g.IntN(n + 1) {
		list = append(list, g.pick(pool...)+" "+g.pick(types...))
	}
	return strings.Join(list, ", ")
}

// results writes results, with names or without.
func (g *generated) results(types []string) string {
	var list []string
	named := g.IntN(2) == 0
	for _, t := range append([]string{g.pick(types...), g.pick(types...)}[g.IntN(3):], "error") {
		if named {
			t = g.pick(pool...) + " " + t
		}
		list = append(list, t)
	}
	return strings.Join(list, ", ")
}

// try generates the package, if it is legal, and type-checks it with what was generated.
func (g *generated) try(t *testing.T) (legal bool, err error) {
	const root = "example.com/random"
	files := append(txtar.Parse([]byte(randomPackages)).Files, txtar.File{Name: "a.go", Data: []byte(g.String())})
	w := newCase(t, root, files)
	pkg, err := w.Import(root)
	if err != nil {
		return false, nil
	}
	found, problems := w.find(pkg)
	if len(problems) > 0 {
		return false, nil
	}
	in := &Input{
		Package: &Package{Path: root, Types: pkg, Info: w.info, Found: found, Declared: declaredIn(pkg)},
		Source:  w.files[root][0],
	}
	text, err := File(in)
	if err != nil {
		return false, err
	}
	compareAlone(t, in, text)
	output, err := parser.ParseFile(w.fset, "a_retry.go", text, parser.SkipObjectResolution)
	if err != nil {
		return false, err
	}
	w.files[root] = append(w.files[root], output)
	delete(w.done, root)
	w.bodies = true
	if _, err := w.Import(root); err != nil {
		return false, fmt.Errorf("%w\n%s\n%s", err, g.String(), text)
	}
	return true, nil
}

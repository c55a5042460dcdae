package load

import (
	"go/types"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// loaded writes a module, loads it and finds its directives.
func loaded(t *testing.T, text string, env ...string) *Run {
	t.Helper()
	dir := t.TempDir()
	for _, file := range txtar.Parse([]byte("-- go.mod --\nmodule example.com/m\n\ngo 1.26.0\n" + text)).Files {
		name := filepath.Join(dir, filepath.FromSlash(file.Name))
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, file.Data, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	env = append(os.Environ(), append(env, "GOFLAGS=-mod=mod", "GOWORK=off")...)
	run, err := Packages(t.Context(), Options{Dir: dir, Patterns: []string{"./..."}, Env: env})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range run.Folders {
		for _, u := range f.Units {
			run.Find(u)
		}
	}
	for _, p := range run.Problems() {
		t.Errorf("%s: %s", p.Pos, p.Message)
	}
	return run
}

// checked lists what has been type-checked of a package on the present platform: its declarations, and methods behind their
// types.
func checked(t *testing.T, r *Run, path string) string {
	t.Helper()
	l := r.worlds[r.present].locals[path]
	if l == nil || l.pkg == nil {
		return "nothing"
	}
	var list []string
	for _, name := range l.pkg.Scope().Names() {
		list = append(list, name)
		if named, ok := l.pkg.Scope().Lookup(name).Type().(*types.Named); ok {
			for method := range named.Methods() {
				list = append(list, name+"."+method.Name())
			}
		}
	}
	slices.Sort(list)
	return strings.Join(list, " ")
}

// expensive is a package of which others need little.
const expensive = `
-- dep/dep.go --
package dep

import (
	"go/types"
	"net/http"
)

// Price is what signatures mention.
type Price struct{ cents Cents }

type Cents int

// Fetch is a method that nothing asks for, with types that are expensive.
func (Price) Fetch(*http.Client) (*types.Package, error) { return nil, nil }

// Close decides what a wrapper does with a result.
func (Price) Close() error { return nil }

// Table is not mentioned.
var Table = map[string]*http.Server{"a": {}}

var ErrSold, ErrGone = New("sold"), New("gone")

func New(text string) error { return nil }
`

// TestNeeded counts what is checked of packages that others mention, rather than the time that it takes.
func TestNeeded(t *testing.T) {
	for _, c := range []struct{ name, src, dep, http string }{
		{
			"a type", "//retry:task retries=1 delay=1\nfunc F(p *dep.Price) error { return nil }\n",
			"Cents Price Price.Close", "nothing",
		},
		{
			"a body", "//retry:task retries=1 delay=1\nfunc F() error { _ = dep.Table; return nil }\n",
			"nothing", "nothing",
		},
		{
			"an interface that asks for a method",
			"type fetcher interface{ Fetch(*http.Client) (*types.Package, error) }\n\n//retry:task retries=1 delay=1\n" +
				"func F(p dep.Price) error { return nil }\n",
			"Cents Price Price.Close Price.Fetch", "",
		},
		{
			"a directive that names the package: all of it may be suggested",
			"//retry:task retries=1 delay=1 on=dep.ErrSold\nfunc F() error { return nil }\n",
			"Cents ErrGone ErrSold New Price Price.Close Price.Fetch Table", "",
		},
		{
			"a path in a constant",
			"const patient = \"retries=1 delay=1 on=example.com/m/dep.ErrSold\"\n\n" +
				"//retry:task policy=patient\nfunc F() error { return nil }\n",
			"Cents ErrGone ErrSold New Price Price.Close Price.Fetch Table", "",
		},
		{
			"a path that only the value of a constant shows",
			"const patient = \"retries=1 delay=1 on=example.com/m/\" + \"dep.ErrSold\"\n\n" +
				"//retry:task policy=patient\nfunc F() error { return nil }\n",
			"Cents ErrGone ErrSold New Price Price.Close Price.Fetch Table", "",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			imports := ""
			for _, path := range []string{"go/types", "net/http", "example.com/m/dep"} {
				if strings.Contains(c.src, filepath.Base(path)+".") && !strings.Contains(c.src, "/m/") {
					imports += "import \"" + path + "\"\n"
				}
			}
			run := loaded(t, "-- a/a.go --\npackage a\n\n"+imports+"\n"+c.src+expensive)
			if got := checked(t, run, "example.com/m/dep"); got != c.dep {
				t.Errorf("of dep: %s, want %s", got, c.dep)
			}
			if got := checked(t, run, "net/http"); c.http != "" && got != c.http {
				t.Errorf("of net/http: %s, want %s", got, c.http)
			}
		})
	}
}

// TestCgoDependency has cgo translate a package outside the main modules if a declaration that mentions C is needed.
func TestCgoDependency(t *testing.T) {
	if _, err := exec.LookPath("gcc"); err != nil {
		t.Skip("there is no C compiler")
	}
	run := loaded(t, `
require example.com/native v0.0.0

replace example.com/native => ./native
-- a/a.go --
package a

import "example.com/native"

//retry:task retries=1 delay=1
func F(n native.Number) error { return nil }
-- native/go.mod --
module example.com/native

go 1.26.0
-- native/native.go --
package native

// typedef unsigned long long number;
import "C"

type Number = struct{ N C.number }
`, "CGO_ENABLED=1")
	f := run.Folders[0].Units[0].Found.Funcs[0].Sig.Params().At(0).Type()
	field := types.Unalias(f).Underlying().(*types.Struct).Field(0).Type()
	if basic, ok := field.Underlying().(*types.Basic); !ok || basic.Kind() != types.Uint64 {
		t.Errorf("the type of C is %s, want what it is in Go", field)
	}
}

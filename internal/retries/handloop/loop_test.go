package handloop_test

import (
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"testing"

	"github.com/retrygen/retrygen/internal/retries/handloop"
)

// TestFind describes loops in few words: whether they retry, their bound, and how often they wait.
func TestFind(t *testing.T) {
	const src = `package p

import "time"

func work() error { return nil }
func backOff() {}

func f(n int, list []string) {
	var err error
	%s {
		%s
	}
	_ = err
	_ = time.Now
}
`
	std := importer.Default()
	for _, test := range []struct{ name, head, body, want string }{
		{"counted", "for i := 0; i < 3; i++", "if err = work(); err == nil { break }; time.Sleep(1)", "bound 3, 1 waits"},
		{"inclusive", "for i := 1; i <= 3; i++", "if err = work(); err == nil { break }; time.Sleep(1)", "bound 3, 1 waits"},
		{"range", "for range 4", "if err = work(); err == nil { return }; <-time.After(1)", "bound 4, 1 waits"},
		{"variable", "for i := 0; i < n; i++", "if err = work(); err == nil { break }; time.Sleep(1)", "bound 0, 1 waits"},
		{"endless", "for", "if err = work(); err == nil { break }; time.Sleep(1)", "bound 0, 1 waits"},
		{"by name", "for attempt := 0; attempt < 3; attempt++", "if err = work(); err == nil { break }", "bound 3, 0 waits"},
		{"waits by name", "for i := 0; i < 3; i++", "if err = work(); err == nil { break }; backOff()", "bound 3, 0 waits"},
		{"else", "for range 2", "if err = work(); err != nil { time.Sleep(1) } else { break }", "bound 2, 1 waits"},
		{"continue", "for range 2", "if err = work(); err != nil { time.Sleep(1); continue }; return", "bound 2, 1 waits"},
		{"switch", "for range 2", "switch err = work(); { case err == nil: return }; time.Sleep(1)", "bound 2, 1 waits"},
		{"select", "for range 2", "if err = work(); err == nil { break }; select { case <-time.After(1): case <-time.After(2): }",
			"bound 2, 1 waits"},
		{"elements", "for i := 0; i < len(list); i++", "if err = work(); err == nil { break }; time.Sleep(1)", "no retry loop"},
		{"subjects", "for i := 0; i < 3; i++", "_ = list[i]; if err = work(); err == nil { break }; time.Sleep(1)", "no retry loop"},
		{"over a list", "for range list", "if err = work(); err == nil { break }; time.Sleep(1)", "no retry loop"},
		{"no success", "for range 3", "err = work(); time.Sleep(1)", "no retry loop"},
		{"stays", "for range 3", "if err = work(); err == nil { continue }; time.Sleep(1)", "no retry loop"},
		{"neither", "for i := 0; i < 3; i++", "if err = work(); err == nil { break }", "no retry loop"},
	} {
		t.Run(test.name, func(t *testing.T) {
			fset := token.NewFileSet()
			file, err := parser.ParseFile(fset, "p.go", fmt.Sprintf(src, test.head, test.body), 0)
			if err != nil {
				t.Fatal(err)
			}
			info := &types.Info{
				Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{},
			}
			if _, err := (&types.Config{Importer: std}).Check("p", fset, []*ast.File{file}, info); err != nil {
				t.Fatal(err)
			}
			fn := file.Decls[len(file.Decls)-1].(*ast.FuncDecl)
			got := "no retry loop"
			if l := handloop.Find(info, fn.Body.List[1]); l != nil {
				got = fmt.Sprintf("bound %d, %d waits", l.Bound, len(l.Waits))
			}
			if got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

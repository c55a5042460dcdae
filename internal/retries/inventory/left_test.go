package inventory_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// TestLeftOver takes a directive away whose wrapper is still called: what the wrapper does is not known without it.
func TestLeftOver(t *testing.T) {
	const fetch = "func Fetch(ctx context.Context) error { return nil }\n"
	dir := writeModule(t, []txtar.File{
		{Name: "p/p.go", Data: []byte("package p\n\nimport \"context\"\n\n//retry:task retries=2 delay=1\n" + fetch)},
		{Name: "q/q.go", Data: []byte("package q\n\nimport (\n\t\"context\"\n\n\t\"example.com/case/p\"\n)\n\n//retry:task retries=1 delay=1\n" +
			"func Place(ctx context.Context) error { return p.FetchWithRetry(ctx) }\n")},
		{Name: "r/r.go", Data: []byte("package r\n\nimport \"context\"\n\n//retry:task retries=2 delay=1\n" + fetch)},
	})
	generate(t, dir)
	if inv := collect(t, dir, "./..."); len(inv.Notes) > 0 || inv.Entries[1].Bound.Attempts != 6 {
		t.Fatalf("got\n%s", print(inv))
	}
	if err := os.WriteFile(filepath.Join(dir, "p", "p.go"), []byte("package p\n\nimport \"context\"\n\n"+fetch), 0o666); err != nil {
		t.Fatal(err)
	}
	if inv := collect(t, dir, "./..."); len(inv.Notes) != 1 || !strings.Contains(inv.Notes[0].String(), "undefined: p.FetchWithRetry") {
		t.Errorf("got\n%s", print(inv))
	}
}

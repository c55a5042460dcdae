package inventory_test

import (
	"os/exec"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

const (
	cgoSource = `package c

// int one(void) { return 1; }
import "C"

import "context"

//retry:task retries=2 delay=1
func Count(ctx context.Context) error { _ = C.one(); return nil }

//retry:task retries=1 delay=1
func Outer(ctx context.Context) error { return CountWithRetry(ctx) }
`
	cgoMistake = `package mistake

// int one(void) { return 1; }
import "C"

import "context"

//retry:task retires=2 delay=1
func Count(ctx context.Context) error { _ = C.one(); return nil }
`
)

// TestCgo looks at sources that import "C", of which the go command builds a translation.
func TestCgo(t *testing.T) {
	if _, err := exec.LookPath("gcc"); err != nil {
		t.Skip("cgo needs a C compiler: ", err)
	}
	t.Setenv("CGO_ENABLED", "1")
	tool := linter(t)
	dir := writeModule(t, []txtar.File{{Name: "c/c.go", Data: []byte(cgoSource)}})
	for _, when := range []string{"before generation", "after it"} {
		inv := collect(t, dir, "./...")
		if len(inv.Notes) > 0 || len(inv.Entries) != 2 || inv.Entries[1].Bound.Attempts != 6 {
			t.Errorf("%s: got\n%s", when, print(inv))
		}
		generate(t, dir)
	}
	want := "retries inside retries: Outer (2 attempts) → Count (3): 6 attempts, up to 5s of waiting"
	if found := vet(t, tool, dir); len(found) != 1 || found[0].Message != want || found[0].Place.Line != 11 {
		t.Errorf("found %v, want %q in line 11", found, want)
	}
	dir = writeModule(t, []txtar.File{{Name: "mistake/c.go", Data: []byte(cgoMistake)}})
	if found := vet(t, tool, dir); len(found) != 1 || !strings.Contains(found[0].Message, `did you mean "retries"?`) {
		t.Errorf("found %v, want the mistake", found)
	}
}

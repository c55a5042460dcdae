package load

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"testing"
)

// TestValues checks variables with and without their values, and compares the types.
func TestValues(t *testing.T) {
	const src = `package p

type T[E any] struct{ e E }

const n = 2

var written, too int = 1, n
var table = map[string][]T[int]{"a": {{1}}}
var array = [n]int{1}
var open = [...]int{1, 2, 3}
var pointer = &T[string]{}
var slice = &[]int{1}
var openPointer = &[...]int{1}
var function = func(x int) error { return nil }
var computed = len(array) + n
var pair, other = T[int]{}, 1.5
var two, results = f()
var conversion = T[int](T[int]{})
var negative = -1

func f() (int, error) { return 0, nil }

type length [len(array) + len(open) + len(pointer.e)]int
`
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "p.go", src, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	config := types.Config{IgnoreFuncBodies: true, Error: func(error) {}}
	whole, _ := config.Check("p", fset, []*ast.File{file}, nil)
	short, _ := config.Check("p", fset, []*ast.File{withoutValues(file)}, nil)
	for _, name := range whole.Scope().Names() {
		want := types.ObjectString(whole.Scope().Lookup(name), nil)
		if got := types.ObjectString(short.Scope().Lookup(name), nil); got != want {
			t.Errorf("without values: %s\n   with values: %s", got, want)
		}
	}
}

package meaning

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"

	"github.com/retrygen/retrygen/internal/retries/loop"
)

const someLoop = `
	for i := 0; i < tries; i++ {
		if err = work(); err == nil {
			return nil
		}
	}
`

// TestCallsOnce looks at many loops of two functions: the calls of each function are collected once.
func TestCallsOnce(t *testing.T) {
	head := "(tries int) (err error) {"
	pass := check(t, "package p\nfunc work() error { return nil }\n"+
		"func many"+head+strings.Repeat(someLoop, 50)+"return err\n}\n"+
		"func one"+head+someLoop+"return err\n}\n")
	r := &reader{pass: pass}
	collected, outside := map[*calls]bool{}, 0
	loops := loop.New(pass).Loops
	for _, l := range loops {
		if r.triedOutside(l) {
			outside++
		}
		collected[r.made] = true
	}
	if len(loops) != 51 || outside != 50 || len(collected) != 2 {
		t.Errorf("%d loops, %d try what is tried outside; the calls were collected %d times, want 51, 50, 2", len(loops), outside,
			len(collected))
	}
}

func check(t *testing.T, src string) *analysis.Pass {
	t.Helper()
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "p.go", src, 0)
	if err != nil {
		t.Fatal(err)
	}
	info := &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{},
		Selections: map[*ast.SelectorExpr]*types.Selection{}, Implicits: map[ast.Node]types.Object{},
	}
	pkg, err := (&types.Config{}).Check("p", fset, []*ast.File{file}, info)
	if err != nil {
		t.Fatal(err)
	}
	return &analysis.Pass{
		Fset: fset, Files: []*ast.File{file}, Pkg: pkg, TypesInfo: info,
		ImportObjectFact: func(types.Object, analysis.Fact) bool { return false }, ExportObjectFact: func(types.Object, analysis.Fact) {},
	}
}

package growth_test

import (
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"testing"
	"time"

	"golang.org/x/tools/go/analysis"

	"github.com/retrygen/retrygen/internal/retries/growth"
)

// std imports the standard library for all tests.
var std = importer.Default()

// find returns the delays of a package with some declarations.
func find(t *testing.T, decls string) []*growth.Delay {
	t.Helper()
	return prepare(t, decls)()
}

// prepare type-checks a package, and returns a function that looks at it.
func prepare(t *testing.T, decls string) func() []*growth.Delay {
	t.Helper()
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "p.go", "package p\nimport \"time\"\n"+decls, 0)
	if err != nil {
		t.Fatal(err)
	}
	info := &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{},
		Selections: map[*ast.SelectorExpr]*types.Selection{},
	}
	pkg, err := (&types.Config{Importer: std}).Check("p", fset, []*ast.File{file}, info)
	if err != nil {
		t.Fatal(err)
	}
	return func() []*growth.Delay {
		result, err := growth.Analyzer.Run(&analysis.Pass{
			Fset: fset, Files: []*ast.File{file}, Pkg: pkg, TypesInfo: info,
			ImportObjectFact: func(types.Object, analysis.Fact) bool { return false },
			ExportObjectFact: func(types.Object, analysis.Fact) {},
		})
		if err != nil {
			t.Fatal(err)
		}
		return result.([]*growth.Delay)
	}
}

// TestDelay computes where delays overflow.
func TestDelay(t *testing.T) {
	for _, test := range []struct {
		name, decls string
		overflows   int
		exact       bool
		capped      bool
		endless     bool
		waits       time.Duration
	}{
		{
			name:      "a constant base and cap",
			decls:     `func f(n int) time.Duration { return min(time.Second<<n, 30*time.Second) }`,
			overflows: 35, exact: true, capped: true, waits: (1 + 2 + 4 + 8 + 16 + 29*30) * time.Second,
		},
		{
			name:   "a bounded exponent",
			decls:  `func f(n int) time.Duration { return min(time.Second<<min(n, 5), 30*time.Second) }`,
			capped: true,
		},
		{
			name:      "a configured base",
			decls:     `func f(base time.Duration, n int) time.Duration { return min(base<<n, 30*time.Second) }`,
			overflows: 35, capped: true,
		},
		{
			name:      "a fourfold growth",
			decls:     `func f(n int) time.Duration { return min(time.Second<<(2*n), 30*time.Second) }`,
			overflows: 18, exact: true, capped: true, waits: (1 + 4 + 16 + 14*30) * time.Second,
		},
		{
			name:      "no cap in a function",
			decls:     `func f(n int) time.Duration { return time.Second << n }`,
			overflows: 35, exact: true,
		},
		{
			name:      "no cap in a loop without an end",
			decls:     `func f(call func() bool) { for d := time.Second; call(); d *= 2 { time.Sleep(d) } }`,
			overflows: 35, exact: true, endless: true,
		},
		{
			name:  "no cap in a short loop",
			decls: `func f(call func() bool) { for n := 0; n < 8 && call(); n++ { time.Sleep(time.Second << n) } }`,
		},
		{
			name:      "an integer of 32 bits",
			decls:     `func f(n int) time.Duration { return time.Duration(min(int32(1)<<n, 1000)) * time.Millisecond }`,
			overflows: 32, exact: true, capped: true, waits: (1023 + 21*1000) * time.Millisecond,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			list := find(t, test.decls)
			if len(list) != 1 {
				t.Fatalf("%d delays, want 1", len(list))
			}
			got := *list[0]
			want := growth.Delay{
				Site: got.Site, Func: got.Func, Loop: got.Loop, Overflows: test.overflows, Exact: test.exact, Capped: test.capped,
				Endless: test.endless, Waits: test.waits,
			}
			if test.overflows == 0 {
				want.Capped = got.Capped
			}
			if got != want {
				t.Errorf("got %+v, want %+v", got, want)
			}
		})
	}
}

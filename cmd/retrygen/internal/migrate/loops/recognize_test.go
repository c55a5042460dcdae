package loops

import (
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"strings"
	"testing"

	"github.com/retrygen/retrygen/cmd/retrygen/internal/migrate/site"
)

func TestDump(t *testing.T) {
	name := os.Getenv("DUMP")
	src, err := os.ReadFile(name)
	if err != nil {
		t.Skip()
	}
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "p.go", src, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	info := &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{},
		Selections: map[*ast.SelectorExpr]*types.Selection{}, Implicits: map[ast.Node]types.Object{},
	}
	pkg, err := (&types.Config{Importer: importer.Default()}).Check("p", fset, []*ast.File{file}, info)
	if err != nil {
		t.Fatal(err)
	}
	p := &site.Package{Fset: fset, Files: []*ast.File{file}, Types: pkg, Info: info, Sources: map[*ast.File][]byte{file: src}}
	for _, s := range Recognize(p) {
		fn := p.Around(s.Pos)
		fmt.Printf("== %s (line %d)\n", fn.Name.Name, fset.Position(s.Pos).Line)
		if s.Refusal != "" {
			fmt.Println("REFUSED:", s.Refusal)
			continue
		}
		for _, o := range s.Policy {
			var ops []any
			for _, e := range o.Operands {
				ops = append(ops, p.Source(e))
			}
			if o.Hook != nil {
				fmt.Printf(" %s=hook func=%v args=%v body=%q words=%v", o.Name, o.Hook.Func, o.Hook.Args, o.Hook.Body, o.Hook.Words)
			} else {
				fmt.Printf(" %s=%s", o.Name, fmt.Sprintf(o.Format, ops...))
			}
		}
		fmt.Println()
		for _, b := range s.Work.Block {
			fmt.Println("  work:", p.Source(b))
		}
		for _, x := range s.Work.Exits {
			fmt.Println("  exit:", p.Source(x.Stmt), "->", x.Err)
		}
		for _, x := range s.Work.Patches {
			fmt.Println("  patch:", p.Text(x.Pos, x.End), "->", x.Text)
		}
		fmt.Println("  yields", s.Work.Yields, "return", s.Return)
		fmt.Println("  tail: " + strings.ReplaceAll(s.Tail, "\n", "\n        "))
		for _, x := range s.Removes {
			fmt.Println("  remove:", p.Source(x))
		}
		for _, x := range s.Differences {
			fmt.Println("  differs:", x)
		}
	}
}

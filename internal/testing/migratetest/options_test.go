package migratetest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// TestOptions compares the tables of options in the manual with the libraries and with the cases. Each function of a library that
// makes a policy or marks an error, and each field of a policy, has a row; the case that a row names uses it, and has a place that
// stays or is turned, as the row says.
func TestOptions(t *testing.T) {
	text := read(t, filepath.Join("..", "..", "..", "docs", "migrating.md"))
	rows := map[string][]row{}
	for _, r := range optionRows(t, text) {
		rows[r.library] = append(rows[r.library], r)
		r.check(t)
	}
	for path, library := range optionLibraries {
		for _, name := range exportedOptions(t, path) {
			if !slices.ContainsFunc(rows[library], func(r row) bool { return slices.Contains(r.names, name) }) {
				t.Errorf("docs/migrating.md has no row for %s of %s", name, path)
			}
		}
	}
}

// optionLibraries has the table for the packages of this module's requirements.
var optionLibraries = map[string]string{
	"github.com/cenkalti/backoff": "cenkalti/backoff", "github.com/cenkalti/backoff/v3": "cenkalti/backoff",
	"github.com/cenkalti/backoff/v4": "cenkalti/backoff", "github.com/cenkalti/backoff/v5": "cenkalti/backoff",
	"github.com/cenkalti/backoff/v6": "cenkalti/backoff", "github.com/cenkalti/backoff/v7": "cenkalti/backoff",
	"github.com/avast/retry-go": "avast/retry-go", "github.com/avast/retry-go/v4": "avast/retry-go",
	"github.com/avast/retry-go/v5": "avast/retry-go", "github.com/sethvargo/go-retry": "sethvargo/go-retry",
	"k8s.io/client-go/util/retry": "Kubernetes", "k8s.io/apimachinery/pkg/util/wait": "Kubernetes",
}

// row is a row of a table.
type row struct {
	library string
	names   []string // `A`, `B`
	stays   bool
	cases   []string
}

// optionRows reads the tables with a column "case".
func optionRows(t *testing.T, text string) []row {
	var rows []row
	library, in := "", false
	for line := range strings.Lines(text) {
		if name, ok := strings.CutPrefix(line, "### "); ok {
			library = strings.TrimSpace(name)
		}
		if !strings.HasPrefix(line, "|") {
			in = false
			continue
		}
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), " | ")
		switch {
		case strings.HasSuffix(line, "| case |\n"):
			in = true
		case in && !strings.HasPrefix(line, "| ---"):
			if len(cells) != 3 {
				t.Errorf("docs/migrating.md: the row has %d cells: %s", len(cells), line)
				continue
			}
			rows = append(rows, row{library, quoted(cells[0]), strings.HasPrefix(strings.TrimSpace(cells[1]), "stays"), quoted(cells[2])})
		}
	}
	return rows
}

// quoted lists what stands between backquotes.
func quoted(text string) []string {
	var list []string
	for i, part := range strings.Split(text, "`") {
		if i%2 == 1 {
			list = append(list, part)
		}
	}
	return list
}

// check looks for the names of a row in its cases.
func (r row) check(t *testing.T) {
	var before, output string
	for _, name := range r.cases {
		archive, err := txtar.ParseFile("testdata/" + name + ".txtar")
		if err != nil {
			t.Errorf("%v: %v", r.names, err)
			continue
		}
		for _, f := range archive.Files {
			switch f.Name {
			case "before.go":
				before += string(f.Data)
			case "output":
				output += string(f.Data)
			}
		}
	}
	if len(r.cases) == 0 {
		return // the row says why
	}
	for _, name := range r.names {
		if !strings.Contains(before, "."+name) && !strings.Contains(before, name+":") {
			t.Errorf("%s of %s does not stand in %v", name, r.library, r.cases)
		}
	}
	if r.stays != strings.Contains(output, ": stays: ") {
		t.Errorf("%v of %s: in %v there is a place that stays: %t, the table says %t", r.names, r.library, r.cases, !r.stays, r.stays)
	}
}

// exportedOptions lists the functions of a package that return a policy, an option or a mark, the methods of its fields aside, and
// the fields of its structs that are policies.
func exportedOptions(t *testing.T, path string) []string {
	out, err := exec.Command("go", "list", "-f", "{{.Dir}}", path).Output()
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	dir := strings.TrimSpace(string(out))
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".go") || strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(dir, e.Name()), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, decl := range file.Decls {
			names = append(names, optionsIn(decl)...)
		}
	}
	return names
}

// policyTypes are the types of policies, options, marks and delays, as they are written in the libraries.
var policyTypes = []string{
	"Option", "RetryOption", "BackOff", "BackOffContext", "Backoff", "ExponentialBackOffOpts", "ExponentialBackOff", "ConstantBackOff",
	"PermanentError", "error", "DelayTypeFunc",
}

// optionsIn lists the options that a declaration declares.
func optionsIn(decl ast.Decl) []string {
	switch d := decl.(type) {
	case *ast.FuncDecl:
		if d.Recv == nil && d.Name.IsExported() && (makesPolicy(d.Type) || isDelay(d.Type)) {
			return []string{d.Name.Name}
		}
	case *ast.GenDecl:
		var names []string
		for _, spec := range d.Specs {
			s, ok := spec.(*ast.TypeSpec)
			if !ok || s.Name.Name != "ExponentialBackOff" && s.Name.Name != "Backoff" {
				continue
			}
			if structure, ok := s.Type.(*ast.StructType); ok {
				for _, field := range structure.Fields.List {
					for _, id := range field.Names {
						if id.IsExported() {
							names = append(names, id.Name)
						}
					}
				}
			}
		}
		return names
	}
	return nil
}

func makesPolicy(fn *ast.FuncType) bool {
	if fn.Results == nil {
		return false
	}
	last := fn.Results.List[len(fn.Results.List)-1].Type
	if star, ok := last.(*ast.StarExpr); ok {
		last = star.X
	}
	id, ok := last.(*ast.Ident)
	return ok && slices.Contains(policyTypes, id.Name)
}

// isDelay reports whether a function computes a delay from the number of a retry.
func isDelay(fn *ast.FuncType) bool {
	if fn.Results == nil || len(fn.Params.List) == 0 {
		return false
	}
	first, ok := fn.Params.List[0].Type.(*ast.Ident)
	return ok && first.Name == "uint"
}

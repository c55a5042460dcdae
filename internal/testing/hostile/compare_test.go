package hostile_test

import (
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// compare looks at the text of what was generated for a case.
func (m *module) compare(t *testing.T, c *hostile) {
	t.Helper()
	if !m.present(c) {
		return
	}
	if len(m.generated(c)) == 0 {
		t.Error("nothing was generated")
	}
	for _, path := range m.generated(c) {
		wellFormed(t, path)
	}
	for _, e := range c.want {
		data, err := os.ReadFile(filepath.Join(m.dir, c.name, filepath.FromSlash(e.where)))
		if err != nil {
			t.Error(err)
		} else if !strings.Contains(string(data), strings.NewReplacer(`\n`, "\n", `\t`, "\t").Replace(e.text)) {
			t.Errorf("%s does not hold %s:\n%s", e.where, e.text, data)
		}
	}
	if !c.stable() {
		return
	}
	with, alone := m.functions(t, c.name), m.functions(t, c.alone())
	for _, key := range slices.Sorted(maps.Keys(alone)) {
		if text := strings.ReplaceAll(alone[key], c.alone(), c.name); with[key] != text {
			t.Errorf("%s depends on what else is in the file\n--- alone\n%s\n--- with another directive\n%s", key, text, with[key])
		}
	}
}

// wellFormed checks that gofmt would change nothing, and that signatures are no wider than a reader's window.
func wellFormed(t *testing.T, path string) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	text := strings.ReplaceAll(string(data), "\r\n", "\n")
	if formatted, err := format.Source([]byte(text)); err != nil || string(formatted) != text {
		t.Errorf("gofmt changes %s (%v)", filepath.Base(path), err)
	}
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		if strings.Contains(line, ", ") && !strings.HasPrefix(line, "//") && utf8.RuneCountInString(line) > 120 {
			t.Errorf("a line of %s is wider than 120 columns and could be broken:\n%s", filepath.Base(path), line)
		}
	}
}

// functions returns the text of every function in the generated files of a folder, its doc comment included.
func (m *module) functions(t *testing.T, dir string) map[string]string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(m.dir, dir, "*_retry*.go"))
	if err != nil {
		t.Fatal(err)
	}
	texts := map[string]string{}
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, path, data, parser.ParseComments)
		if err != nil {
			t.Error(err)
			continue
		}
		for _, decl := range file.Decls {
			if fn, ok := decl.(*ast.FuncDecl); ok && fn.Doc != nil {
				text := data[fset.Position(fn.Doc.Pos()).Offset:fset.Position(fn.End()).Offset]
				texts[filepath.Base(path)+": "+receiver(fn)+fn.Name.Name] = string(text)
			}
		}
	}
	return texts
}

// receiver spells the type of a method's receiver, with a dot behind it.
func receiver(fn *ast.FuncDecl) string {
	if fn.Recv == nil {
		return ""
	}
	name := ""
	ast.Inspect(fn.Recv.List[0].Type, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && name == "" {
			name = id.Name + "."
		}
		return true
	})
	return name
}

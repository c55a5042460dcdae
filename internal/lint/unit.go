package lint

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/retrygen/retrygen/internal/directive"
)

// Waiting prints the wrappers that a package calls before they are generated, if the arguments come from go vet.
// Such a package does not type-check, so that no analyzer looks at it. It goes by syntax alone.
func Waiting(args []string, w io.Writer) {
	if len(args) == 0 || !strings.HasSuffix(args[len(args)-1], ".cfg") || slices.Contains(args, "-retryfunc.RL207=false") {
		return
	}
	text, err := os.ReadFile(args[len(args)-1])
	if err != nil {
		return // the driver of the analyzers reports it
	}
	var u unit
	if json.Unmarshal(text, &u) != nil || u.VetxOnly {
		return
	}
	u.fset = token.NewFileSet()
	u.waiting(w)
}

// unit is the package that go vet asks about, in its words.
type unit struct {
	Dir, ImportPath, ModulePath string
	GoFiles                     []string
	VetxOnly                    bool
	fset                        *token.FileSet
}

// waiting prints the uses of wrappers that this package or another of its module asks for, and that nothing declares. It
// parses nothing in a package that has no directive and mentions no wrapper by its usual name.
func (u *unit) waiting(w io.Writer) {
	files := u.parse(u.GoFiles, func(src []byte) bool { return directive.Mentions(src) || bytes.Contains(src, []byte("WithRetry")) })
	asked := u.asked(files)
	for _, file := range files {
		others := u.imported(file)
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.SelectorExpr:
				if id, ok := n.X.(*ast.Ident); ok && others[id.Name] != nil {
					u.report(w, n.Sel, others[id.Name])
					return false
				}
			case *ast.Ident:
				u.report(w, n, asked)
			}
			return true
		})
	}
}

// report prints a use of a wrapper.
func (u *unit) report(w io.Writer, id *ast.Ident, asked map[string]token.Pos) {
	if from := asked[id.Name]; from.IsValid() {
		fmt.Fprintf(w, "%s: RL207: %s\n", u.fset.Position(id.Pos()), notGenerated(id.Name, u.fset.Position(from).String()))
	}
}

// asked returns the directives in files by the names of their wrappers, but for those that the files declare.
func (u *unit) asked(files []*ast.File) map[string]token.Pos {
	asked := map[string]token.Pos{}
	for _, file := range files {
		maps.Copy(asked, directive.Wrappers(file))
	}
	for _, file := range files {
		for _, decl := range file.Decls {
			delete(asked, declared(decl))
		}
	}
	return asked
}

// imported returns what the packages of the same module ask for that a file imports, by their names in the file.
func (u *unit) imported(file *ast.File) map[string]map[string]token.Pos {
	others := map[string]map[string]token.Pos{}
	for _, spec := range file.Imports {
		path, err := strconv.Unquote(spec.Path.Value)
		rest, own := strings.CutPrefix(path+"/", u.ModulePath+"/")
		if err != nil || !own || u.ModulePath == "" {
			continue
		}
		files := u.parse(goFiles(filepath.Join(u.root(), rest)), directive.Mentions)
		asked := u.asked(files)
		if len(asked) == 0 {
			continue
		}
		name := files[0].Name.Name
		if spec.Name != nil {
			name = spec.Name.Name
		}
		others[name] = asked
	}
	return others
}

// root returns the folder of the module.
func (u *unit) root() string {
	path, _, _ := strings.Cut(u.ImportPath, " ") // "p [p.test]"
	below := strings.TrimPrefix(strings.TrimSuffix(path, "_test"), u.ModulePath)
	return strings.TrimSuffix(u.Dir, filepath.FromSlash(below))
}

// goFiles returns the Go files of a folder, but for tests.
func goFiles(dir string) []string {
	names, _ := filepath.Glob(filepath.Join(dir, "*.go"))
	return slices.DeleteFunc(names, func(name string) bool { return strings.HasSuffix(name, "_test.go") })
}

// notGenerated is the message about a use of a wrapper, with the position of its directive.
func notGenerated(name, directive string) string {
	return fmt.Sprintf("%s has not been generated: the directive at %s asks for it; run go generate", name, directive)
}

// parse parses files, if one of them concerns. Those that cannot be parsed are for the compiler to report.
func (u *unit) parse(names []string, concerns func(src []byte) bool) []*ast.File {
	var sources [][]byte
	for _, name := range names {
		src, err := os.ReadFile(name)
		if err != nil {
			return nil
		}
		sources = append(sources, src)
	}
	if !slices.ContainsFunc(sources, concerns) {
		return nil
	}
	var files []*ast.File
	for i, name := range names {
		if file, err := parser.ParseFile(u.fset, name, sources[i], parser.ParseComments|parser.SkipObjectResolution); err == nil {
			files = append(files, file)
		}
	}
	return files
}

// declared returns the name of a function or method, "" for any other declaration.
func declared(decl ast.Decl) string {
	if fn, ok := decl.(*ast.FuncDecl); ok {
		return fn.Name.Name
	}
	return ""
}

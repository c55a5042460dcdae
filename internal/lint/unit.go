package lint

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os"
	"slices"
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
	var unit struct {
		GoFiles  []string
		VetxOnly bool
	}
	if json.Unmarshal(text, &unit) != nil || unit.VetxOnly {
		return
	}
	fset := token.NewFileSet()
	files := parseAll(fset, unit.GoFiles)
	asked := map[string]token.Pos{} // directives by the names of their wrappers
	for _, file := range files {
		for name, pos := range directive.Wrappers(file) {
			asked[name] = pos
		}
	}
	for _, file := range files {
		for _, decl := range file.Decls {
			delete(asked, declared(decl))
		}
	}
	for _, file := range files {
		ast.Inspect(file, func(n ast.Node) bool {
			id, ok := n.(*ast.Ident)
			if !ok || !asked[id.Name].IsValid() {
				return true
			}
			from := fset.Position(asked[id.Name])
			fmt.Fprintf(w, "%s: RL207: %s\n", fset.Position(id.Pos()), notGenerated(id.Name, from.String()))
			return true
		})
	}
}

// notGenerated is the message about a use of a wrapper, with the position of its directive.
func notGenerated(name, directive string) string {
	return fmt.Sprintf("%s has not been generated: the directive at %s asks for it; run go generate", name, directive)
}

// parseAll parses files, if one of them has a directive. Those that cannot be parsed are for the compiler to report.
func parseAll(fset *token.FileSet, names []string) []*ast.File {
	var sources [][]byte
	for _, name := range names {
		src, err := os.ReadFile(name)
		if err != nil {
			return nil
		}
		sources = append(sources, src)
	}
	if !slices.ContainsFunc(sources, directive.Mentions) {
		return nil
	}
	var files []*ast.File
	for i, name := range names {
		if file, err := parser.ParseFile(fset, name, sources[i], parser.ParseComments|parser.SkipObjectResolution); err == nil {
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

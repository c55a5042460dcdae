package load

import (
	"go/ast"
	"path"
	"regexp"
	"strconv"
	"strings"

	"github.com/retrygen/retrygen/internal/directive"
)

// mentioned gives the import paths that declarations use outside function bodies, or that directives name. Where it
// is in doubt about an import's name it includes it.
func mentioned(sources []*Source) map[string]bool {
	paths := map[string]bool{}
	for _, s := range sources {
		if s.mentioned == nil {
			s.mentioned = mentions(s.File)
		}
		for _, path := range s.mentioned {
			paths[path] = true
		}
	}
	return paths
}

func mentions(file *ast.File) []string {
	bases := map[string]bool{}
	for _, decl := range file.Decls {
		ast.Inspect(decl, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.BlockStmt:
				return false
			case *ast.SelectorExpr:
				if id, ok := n.X.(*ast.Ident); ok {
					bases[id.Name] = true
				}
			}
			return true
		})
	}
	for _, d := range directive.All(file) {
		for _, match := range basePattern.FindAllStringSubmatch(d.Args, -1) {
			bases[match[1]] = true
		}
	}
	paths := map[string]bool{}
	mentionedBy(file, bases, paths)
	list := make([]string, 0, len(paths))
	for path := range paths {
		list = append(list, path)
	}
	return list
}

// basePattern finds what may be a package's name in the text of a directive.
var basePattern = regexp.MustCompile(`([\pL_][\pL_\pN]*)\.`)

// mentionedBy adds the imports of a file that the bases of its selectors may mean.
func mentionedBy(file *ast.File, bases, paths map[string]bool) {
	var unsure []string
	met := map[string]bool{}
	for _, spec := range file.Imports {
		importPath, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			continue
		}
		if spec.Name != nil {
			if spec.Name.Name == "." || bases[spec.Name.Name] {
				paths[importPath] = true
			}
			met[spec.Name.Name] = true
			continue
		}
		hit := false
		for _, name := range guesses(importPath) {
			if bases[name] {
				hit, met[name] = true, true
			}
		}
		if hit {
			paths[importPath] = true
		} else {
			unsure = append(unsure, importPath)
		}
	}
	for base := range bases {
		if !met[base] {
			for _, importPath := range unsure {
				paths[importPath] = true
			}
			return
		}
	}
}

var versionPattern = regexp.MustCompile(`^v[0-9]+$`)

// guesses gives the names that a package of this path is likely to have, the likeliest first.
func guesses(importPath string) []string {
	base := path.Base(importPath)
	var names []string
	if versionPattern.MatchString(base) {
		names = append(names, guesses(path.Dir(importPath))...)
	}
	if at := strings.LastIndex(base, ".v"); at > 0 && versionPattern.MatchString(base[at+1:]) {
		base = base[:at]
	}
	plain := strings.TrimSuffix(strings.TrimPrefix(base, "go-"), "-go")
	plain = strings.TrimPrefix(strings.TrimSuffix(plain, ".go"), "go.")
	names = append(names, strings.ReplaceAll(plain, "-", "_"), base)
	if at := strings.LastIndexByte(plain, '-'); at >= 0 {
		names = append(names, plain[at+1:], plain[:at])
	}
	return names
}

package load

import (
	"go/ast"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/retrygen/retrygen/internal/directive"
)

// mentioned returns the import paths that declarations of a package use outside function bodies, or that its directives
// name. Where an import's name is not known yet it goes by the path, and where it is in doubt it includes the import; once
// the packages that it includes are loaded, their names are known, and the answer may grow.
func (w *world) mentioned(l *local) map[string]bool {
	paths := map[string]bool{}
	for _, s := range l.sources {
		if s.bases == nil {
			s.bases = bases(s.File)
		}
		w.mentionedBy(l, s, paths)
	}
	return paths
}

// bases returns what stands before a dot in declarations outside function bodies, and in directives.
func bases(file *ast.File) map[string]bool {
	bases := map[string]bool{}
	for _, decl := range withoutValues(file).Decls {
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
			bases[match[1]+match[2]] = true
		}
	}
	return bases
}

// basePattern finds what may be a package's name in the text of a directive: before a dot, or as the name that a wrapper
// is to have, which no import may have.
var basePattern = regexp.MustCompile(`([\pL_][\pL_\pN]*)\.|\bas=([\p{Ll}_][\pL_\pN]*)`)

// mentionedBy adds the imports of a file that the bases of its selectors may mean.
func (w *world) mentionedBy(l *local, s *Source, paths map[string]bool) {
	var unsure []string
	met := map[string]bool{}
	for _, spec := range s.File.Imports {
		importPath, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			continue
		}
		names, sure := w.namesOf(l, spec, importPath)
		hit := false
		for _, name := range names {
			if s.bases[name] {
				hit, met[name] = true, true
			}
		}
		switch {
		case hit || slices.Contains(names, "."):
			paths[importPath] = true
		case !sure:
			unsure = append(unsure, importPath)
		}
	}
	for base := range s.bases {
		if !met[base] {
			for _, importPath := range unsure {
				paths[importPath] = true
			}
			return
		}
	}
}

// namesOf returns the names by which a file may know an import, and reports whether it is sure of them.
func (w *world) namesOf(l *local, spec *ast.ImportSpec, importPath string) (names []string, sure bool) {
	if spec.Name != nil {
		return []string{spec.Name.Name}, true
	}
	if name, known := w.nameOf(l.resolve(importPath)); known {
		return []string{name}, true
	}
	return guesses(importPath), false
}

// nameOf returns the name of a package that is known already.
func (w *world) nameOf(path string) (name string, known bool) {
	if l := w.local[path]; l != nil && len(l.sources) > 0 {
		return l.sources[0].File.Name.Name, true
	}
	if name := w.names[path]; name != "" {
		return name, true
	}
	if pkg := w.sources[path]; pkg != nil && pkg.Name != "" {
		return pkg.Name, true
	}
	return "", false
}

var versionPattern = regexp.MustCompile(`^v[0-9]+$`)

// guesses returns the names that a package of this path is likely to have, the likeliest first.
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

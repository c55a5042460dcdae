package render

import (
	"cmp"
	"go/types"
	"path"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// imported is a package that the generated file needs.
type imported struct {
	path, pkgName string
	name          *name
}

// known are the packages that generated code may need whatever the source imports, by the names that it prefers. No
// other package gets one of these names, so that what a package is called does not depend on which of them are needed.
var known = map[string]string{
	"context": "context", "errors": "errors", "maps": "maps", "big": "math/big", "slices": "slices", "time": "time",
	"unsafe": "unsafe", "retry": retryPath, "retryloop": loopPath, "loophttp": httpPath,
}

// importName is the name of an import, which is decided when all imports are known.
func (f *file) importName(path, pkgName string) *name {
	if i := f.imports[path]; i != nil {
		return i.name
	}
	n := &name{want: cmp.Or(f.own[path], pkgName)}
	f.imports[path] = &imported{path, pkgName, n}
	return n
}

// selected is what another package calls selector.
func (f *file) selected(path, pkgName, selector string) code {
	if path == f.Path {
		return join(f.local(selector))
	}
	return join(f.importName(path, pkgName), "."+selector)
}

// nameImports decides what the imports are called: what the source calls them, else their own names. Where such a
// name is taken, the folder above goes before it, or a number behind it. The result depends on the source's imports
// and on what the package declares, not on functions.
func (f *file) nameImports() {
	own := f.aliases()
	taken := map[string]bool{}
	for _, alias := range own {
		taken[alias] = true
	}
	for _, i := range f.sortedImports(own) {
		if alias := own[i.path]; alias != "" {
			i.name.text = alias
			continue
		}
		for _, text := range alternatives(i) {
			if f.importable(i, text, taken) {
				i.name.text = text
				break
			}
		}
		for n := 2; i.name.text == ""; n++ {
			if text := i.pkgName + strconv.Itoa(n); f.importable(i, text, taken) {
				i.name.text = text
			}
		}
		taken[i.name.text] = true
	}
}

// importable reports whether an import that the source has no name for can be called so.
func (f *file) importable(i *imported, text string, taken map[string]bool) bool {
	if owner, ok := known[text]; ok && owner != i.path {
		return false
	}
	return inventable(text) && !taken[text] && !f.taken[text]
}

// sortedImports lists what the file imports: what the source names, then what generated code knows, then by path.
func (f *file) sortedImports(own map[string]string) []*imported {
	rank := func(i *imported) int {
		_, named := own[i.path]
		switch {
		case named:
			return 0
		case known[i.pkgName] == i.path:
			return 1
		}
		return 2
	}
	list := make([]*imported, 0, len(f.imports))
	for _, i := range f.imports {
		list = append(list, i)
	}
	slices.SortFunc(list, func(a, b *imported) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a.path, b.path))
	})
	return list
}

// alternatives lists what an import may be called, the best first.
func alternatives(i *imported) []string {
	above := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, path.Base(path.Dir(unversioned(i.path))))
	if known[i.pkgName] == i.path || above == "" {
		return []string{i.pkgName}
	}
	return []string{i.pkgName, above + i.pkgName}
}

// aliases maps import paths to the names that a source file sees them by, but for predeclared names that generated code
// may need with their own meaning.
func (f *file) aliases() map[string]string {
	names := map[string]string{}
	for _, spec := range f.Source.Imports {
		target, err := strconv.Unquote(spec.Path.Value)
		if err != nil || names[target] != "" {
			continue
		}
		alias := assumedName(target)
		if i := f.imports[target]; i != nil {
			alias = i.pkgName
		}
		if spec.Name != nil {
			alias = spec.Name.Name
		}
		if alias != "_" && alias != "." && target != "C" && !needed(alias) {
			names[target] = alias
		}
	}
	return names
}

// needed reports whether generated code may need a predeclared name: nil, true, false, a type, or a function that it calls.
func needed(text string) bool {
	switch object := types.Universe.Lookup(text).(type) {
	case *types.TypeName, *types.Nil:
		return true
	case *types.Const:
		return text != "iota"
	case *types.Builtin:
		return text == "len" || text == "clear"
	default:
		return object != nil
	}
}

// assumedName is the name that a reader expects of a package with this path, by the rule of goimports.
func assumedName(target string) string {
	base := strings.TrimPrefix(path.Base(unversioned(target)), "go-")
	if at := strings.IndexFunc(base, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '_' }); at >= 0 {
		base = base[:at]
	}
	return base
}

// unversioned is an import path without a major version at its end.
func unversioned(target string) string {
	dir, version := path.Split(target)
	if digits, ok := strings.CutPrefix(version, "v"); ok && dir != "" {
		if _, err := strconv.Atoi(digits); err == nil {
			return strings.TrimSuffix(dir, "/")
		}
	}
	return target
}

// importBlock writes the imports, with the standard library in a group of its own.
func (f *file) importBlock(p *printer) {
	list := make([]*imported, 0, len(f.imports))
	for _, i := range f.imports {
		list = append(list, i)
	}
	slices.SortFunc(list, func(a, b *imported) int { return cmp.Compare(a.path, b.path) })
	groups := make([][]string, 2)
	for _, i := range list {
		spec := strconv.Quote(i.path)
		if i.name.text != i.pkgName || i.name.text != assumedName(i.path) {
			spec = i.name.text + " " + spec
		}
		group := 1
		if f.isStd(i.path) {
			group = 0
		}
		groups[group] = append(groups[group], spec)
	}
	groups = slices.DeleteFunc(groups, func(group []string) bool { return len(group) == 0 })
	if len(list) == 1 {
		p.WriteString("\nimport " + groups[0][0] + "\n")
		return
	}
	p.WriteString("\nimport (\n")
	for n, group := range groups {
		if n > 0 {
			p.WriteByte('\n')
		}
		p.WriteString("\t" + strings.Join(group, "\n\t") + "\n")
	}
	p.WriteString(")\n")
}

// isStd reports whether a path belongs to the standard library: its first element has no dot, and the path of the package
// itself begins with another one.
func (f *file) isStd(target string) bool {
	first, _, _ := strings.Cut(target, "/")
	own, _, _ := strings.Cut(f.Path, "/")
	return !strings.Contains(first, ".") && first != own
}

package load

import (
	"fmt"
	"go/ast"
	"go/types"
	"slices"
	"strconv"
)

// check type-checks the declarations of a unit. Type errors are the compiler's to report.
func (w *world) check(u *Unit) *local {
	if l := w.local[u.Path]; l != nil && slices.Equal(l.sources, u.Sources) {
		if _, err := w.load(u.Path); err == nil {
			return l
		}
	}
	var tested *types.Package
	if u.base != nil {
		tested = w.check(u.base).pkg
	}
	l := &local{sources: u.Sources}
	w.declarations(u.Path, l, func(path string) *types.Package {
		if path == u.Folder.Path {
			return tested
		}
		return nil
	})
	return l
}

// declarations type-checks files without their function bodies. What special returns goes before any other import.
func (w *world) declarations(path string, l *local, special func(string) *types.Package) {
	if l.info = new(types.Info); l.imports == nil { // only packages of the main modules have directives
		l.info.Defs, l.info.Implicits = map[*ast.Ident]types.Object{}, map[ast.Node]types.Object{}
		l.info.Types = map[ast.Expr]types.TypeAndValue{}
	}
	mentions := w.mentioned(l)
	config := types.Config{
		IgnoreFuncBodies: true, FakeImportC: true,
		Error: func(err error) {
			if err, ok := err.(types.Error); ok {
				l.errs = append(l.errs, err)
			}
		},
		Importer: importer(func(path string) (*types.Package, error) {
			if pkg := special(path); pkg != nil {
				return pkg, nil
			}
			if !mentions[path] {
				return w.standIn(l.resolve(path)), nil
			}
			return w.load(l.resolve(path))
		}),
	}
	name, files := "_", filesOf(l.sources)
	if len(files) > 0 {
		name = files[0].Name.Name
		if promised := w.run.promised(files); promised != nil {
			files = append(files, promised)
		}
		for i, file := range files {
			files[i] = withoutValues(file)
		}
	}
	l.pkg = types.NewPackage(path, name)
	_ = types.NewChecker(&config, w.run.fset, l.pkg, l.info).Files(files) // the errors are in l.errs
	l.pkg.MarkComplete()
}

type importer func(path string) (*types.Package, error)

func (i importer) Import(path string) (*types.Package, error) { return i(path) }

// standIn returns an empty package for an import that no declaration mentions.
func (w *world) standIn(importPath string) *types.Package {
	name, known := w.nameOf(importPath)
	if !known {
		name = guesses(importPath)[0]
	}
	pkg := types.NewPackage(importPath, name)
	pkg.MarkComplete()
	return pkg
}

// load returns the types of a package.
func (w *world) load(path string) (*types.Package, error) {
	if pkg := w.exports[path]; pkg != nil && pkg.Complete() {
		return pkg, nil
	}
	l, err := w.source(path)
	if l == nil && err == nil {
		// A name in a directive may ask for a package that no declaration mentions.
		if err = w.export([]string{path}); err == nil {
			l, err = w.source(path)
		}
	}
	switch {
	case err != nil:
		return nil, err
	case l != nil:
		return w.fromSource(path, l)
	case w.failed[path] != nil:
		return nil, w.failed[path]
	}
	return w.read(path)
}

// fromSource type-checks the declarations of a package.
func (w *world) fromSource(path string, l *local) (*types.Package, error) {
	if l.pkg != nil {
		return l.pkg, nil
	}
	if l.busy {
		return nil, fmt.Errorf("import cycle through %s", path)
	}
	l.busy = true
	w.declarations(path, l, func(string) *types.Package { return nil })
	w.exports[path] = l.pkg // export data that mentions the package means this one
	return l.pkg, nil
}

// reach imports a package for a name in a directive: one that the package can import without a cycle.
func (w *world) reach(u *Unit, target string) (*types.Package, error) {
	if u.kind != external && w.reaches(target, u.Folder.Path, map[string]bool{}) {
		return nil, fmt.Errorf("%s imports %s, so the generated file cannot import it", target, u.Folder.Path)
	}
	return w.load(target)
}

// reaches reports whether a package of a main module imports another, directly or indirectly.
func (w *world) reaches(from, target string, seen map[string]bool) bool {
	if seen[from] {
		return false
	}
	seen[from] = true
	l, err := w.source(from)
	if err != nil || l == nil {
		return false
	}
	for _, s := range l.sources {
		for _, spec := range s.File.Imports {
			next, _ := strconv.Unquote(spec.Path.Value)
			if next == target || w.reaches(next, target, seen) {
				return true
			}
		}
	}
	return false
}

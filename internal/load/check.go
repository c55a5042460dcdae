package load

import (
	"errors"
	"fmt"
	"go/ast"
	"go/types"
	"strconv"
)

// check type-checks the declarations of a unit. Type errors are the compiler's to report.
func (w *world) check(u *Unit) *local {
	l := w.roots[u]
	w.declarations(l)
	return l
}

// declarations type-checks what is needed of a package, without function bodies.
func (w *world) declarations(l *local) {
	if l.pkg != nil {
		return
	}
	l.busy = true
	l.info = new(types.Info)
	// Sizes are those of one platform, wherever the tool runs: the same source means the same bytes on every machine.
	config := types.Config{IgnoreFuncBodies: true, FakeImportC: true, Error: func(error) {}}
	if l.unit {
		l.info.Defs, l.info.Implicits = map[*ast.Ident]types.Object{}, map[ast.Node]types.Object{}
		l.info.Types = map[ast.Expr]types.TypeAndValue{}
		config.Error = func(err error) {
			if err, ok := errors.AsType[types.Error](err); ok {
				l.errs = append(l.errs, err)
			}
		}
	}
	config.Importer = importer(func(path string) (*types.Package, error) {
		switch special := l.special[path]; {
		case special != nil:
			w.declarations(special)
			return special.pkg, nil
		case !l.mentions(path):
			return w.standIn(l, path), nil
		}
		return w.load(l.resolve(path))
	})
	name, files := "_", l.syntax()
	if len(files) > 0 {
		name = files[0].Name.Name
	}
	l.pkg = types.NewPackage(l.path, name)
	_ = types.NewChecker(&config, w.run.fset, l.pkg, l.info).Files(files) // the errors are in l.errs
	l.pkg.MarkComplete()
	l.busy = false
	if !l.unit {
		l.info, l.files = nil, nil
	}
}

type importer func(path string) (*types.Package, error)

func (i importer) Import(path string) (*types.Package, error) { return i(path) }

// standIn returns an empty package for an import that no declaration mentions.
func (w *world) standIn(l *local, importPath string) *types.Package {
	name := w.nameOf(l, importPath)
	if name == "" {
		name = guesses(importPath)[0]
	}
	pkg := types.NewPackage(l.resolve(importPath), name)
	pkg.MarkComplete()
	return pkg
}

// load returns the types of a package.
func (w *world) load(path string) (*types.Package, error) {
	if path == "unsafe" {
		return types.Unsafe, nil
	}
	if err := w.failed[path]; err != nil {
		return nil, err
	}
	l := w.locals[path]
	switch {
	case l == nil:
		return nil, fmt.Errorf("cannot import %s", path)
	case l.busy:
		return nil, fmt.Errorf("import cycle through %s", path)
	}
	w.declarations(l)
	return l.pkg, nil
}

// reach imports a package for a name in a directive: one that the package can import without a cycle.
func (w *world) reach(u *Unit, target string) (*types.Package, error) {
	if u.kind != external && w.reaches(target, u.Folder.Path, map[string]bool{}) {
		return nil, fmt.Errorf("%s imports %s, so the generated file cannot import it", target, u.Folder.Path)
	}
	if l := w.locals[target]; target != "unsafe" && (l == nil || !l.all) && w.failed[target] == nil {
		w.late[target] = true
		return nil, fmt.Errorf("%s has to be loaded first", target)
	}
	return w.load(target)
}

// reaches reports whether a package of a main module imports another, directly or indirectly.
func (w *world) reaches(from, target string, seen map[string]bool) bool {
	if seen[from] {
		return false
	}
	seen[from] = true
	sources, err := w.mainSources(from)
	if err != nil {
		return false
	}
	for _, s := range sources {
		for _, spec := range s.File.Imports {
			next, _ := strconv.Unquote(spec.Path.Value)
			if next == target || w.reaches(next, target, seen) {
				return true
			}
		}
	}
	return false
}

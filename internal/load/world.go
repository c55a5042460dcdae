package load

import (
	"fmt"
	"go/ast"
	"go/types"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/tools/go/gcexportdata"
	"golang.org/x/tools/go/packages"
)

// world holds the types of one platform.
//
// Packages of the main modules are checked from source, declarations alone: nothing has to be compiled, so an edit
// to a package that everything imports costs no more than an edit to a leaf. Everything else comes from the
// compiler's export data, and only what declarations mention; an import that only function bodies use becomes an
// empty stand-in. For an operating system or architecture other than the present one nothing is compiled at all:
// there everything comes from source.
type world struct {
	run      *Run
	platform platform
	local    map[string]*local            // packages from source, by import path
	exports  map[string]*types.Package    // packages from export data
	files    map[string]string            // export data files, by import path
	sources  map[string]*packages.Package // where sources outside the main modules lie, by import path
	failed   map[string]error             // imports that cannot be had
}

// local is a package from source.
type local struct {
	sources []*Source
	imports map[string]*packages.Package // what its import paths mean, where vendoring makes a difference
	pkg     *types.Package               // nil until it is asked for
	info    *types.Info
	busy    bool
}

// resolve gives the path of the package that an import path means.
func (l *local) resolve(path string) string {
	if pkg := l.imports[path]; pkg != nil && pkg.PkgPath != "" {
		return pkg.PkgPath
	}
	return path
}

func (r *Run) world(p platform) *world {
	if w := r.worlds[p]; w != nil {
		return w
	}
	w := &world{
		run: r, platform: p, local: map[string]*local{}, exports: map[string]*types.Package{"unsafe": types.Unsafe},
		files: map[string]string{}, sources: map[string]*packages.Package{}, failed: map[string]error{},
	}
	r.worlds[p] = w
	return w
}

// prepare reads the sources that units need and asks the go command for all export data at once.
func (w *world) prepare(units []*Unit) error {
	wanted := map[string]bool{}
	var open []string
	want := func(l *local) {
		for path := range mentioned(l.sources) {
			if path = l.resolve(path); !wanted[path] {
				wanted[path] = true
				open = append(open, path)
			}
		}
	}
	for _, u := range units {
		want(&local{sources: u.Sources})
		if u.base != nil {
			want(&local{sources: u.base.Sources})
		}
	}
	var outside []string
	for len(open) > 0 || len(outside) > 0 {
		if len(open) == 0 {
			// What is outside the main modules is asked for together; sources mention more.
			asked := outside
			outside = nil
			if err := w.export(asked); err != nil {
				return err
			}
			if w.foreign() {
				open = asked
			}
			continue
		}
		next := open[0]
		open = open[1:]
		if next == "C" || next == "unsafe" {
			continue
		}
		l, err := w.source(next)
		switch {
		case err != nil:
			return err
		case l != nil:
			want(l)
		case w.failed[next] == nil:
			outside = append(outside, next)
		}
	}
	return nil
}

// foreign reports whether the platform is not the one that the go command builds for here.
func (w *world) foreign() bool {
	return w.platform.goos != w.run.present.goos || w.platform.goarch != w.run.present.goarch
}

// source reads a package that is checked from source, nil for any other.
func (w *world) source(path string) (*local, error) {
	if l, ok := w.local[path]; ok {
		return l, nil
	}
	l, err := w.mainSource(path)
	if l == nil && err == nil {
		l, err = w.outsideSource(path)
	}
	if l != nil {
		w.local[path] = l
	}
	return l, err
}

// mainSource reads a package of a main module.
func (w *world) mainSource(path string) (*local, error) {
	f, err := w.run.folder(path)
	if f == nil || err != nil {
		return nil, err
	}
	f.Parse(w.run.fset)
	sources, names := f.built(w.platform)
	if len(names) > 1 {
		// Tags that let in a program such as "ignore" mix it with the package beside it.
		usual := w.platform
		usual.tags = w.run.present.tags
		sources, _ = f.built(usual)
	}
	if len(sources) == 0 {
		return nil, nil
	}
	return &local{sources: sources}, nil
}

// built lists the files of a package, without tests, that a platform builds, and the package names in them.
func (f *Folder) built(p platform) (sources []*Source, names map[string]bool) {
	names = map[string]bool{}
	for _, s := range f.Files {
		if s.File != nil && !s.test() && p.lets(f.Dir, s) {
			sources = append(sources, s)
			names[s.File.Name.Name] = true
		}
	}
	return sources, names
}

// outsideSource reads a package outside the main modules, once it is known where its sources lie.
func (w *world) outsideSource(path string) (*local, error) {
	pkg := w.sources[path]
	if pkg == nil {
		return nil, nil
	}
	l := &local{imports: pkg.Imports}
	for _, name := range pkg.GoFiles {
		s, err := w.run.outside(name)
		if err != nil {
			return nil, err
		}
		if s.File != nil {
			l.sources = append(l.sources, s)
		}
	}
	return l, nil
}

// outside reads and parses a file outside the main modules, once for all platforms.
func (r *Run) outside(name string) (*Source, error) {
	if s := r.files[name]; s != nil {
		return s, nil
	}
	src, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	s := &Source{Name: filepath.Base(name), Src: src}
	s.File, s.err = parse(r.fset, filepath.Dir(name), s)
	r.files[name] = s
	return s, nil
}

// export asks the go command for packages outside the main modules: for their export data or, on a foreign platform,
// for where their sources lie.
func (w *world) export(paths []string) error {
	paths = slices.DeleteFunc(slices.Clone(paths), func(path string) bool {
		return w.found(path) || w.failed[path] != nil
	})
	if len(paths) == 0 {
		return nil
	}
	slices.Sort(paths)
	mode := packages.NeedName | packages.NeedExportFile
	if w.foreign() {
		mode = packages.NeedName | packages.NeedFiles | packages.NeedImports | packages.NeedDeps
	}
	loaded, err := packages.Load(&packages.Config{
		Context: w.run.context, Mode: mode, Dir: w.run.options.Dir,
		Env: w.platform.env(w.run.options.env()), BuildFlags: tagFlag(w.run.present.tags),
	}, paths...)
	if err != nil {
		return err
	}
	if w.foreign() {
		packages.Visit(loaded, nil, func(pkg *packages.Package) {
			if len(pkg.GoFiles) > 0 {
				w.sources[pkg.PkgPath] = pkg
			}
		})
	}
	for _, pkg := range loaded {
		if pkg.ExportFile != "" {
			w.files[pkg.PkgPath] = pkg.ExportFile
		}
		if len(pkg.Errors) > 0 && !w.found(pkg.PkgPath) {
			w.failed[pkg.PkgPath] = fmt.Errorf("cannot import %s: %s", pkg.PkgPath, firstLine(pkg.Errors[0].Msg))
		}
	}
	for _, path := range paths {
		if !w.found(path) && w.failed[path] == nil {
			w.failed[path] = fmt.Errorf("cannot import %s for %s/%s", path, w.platform.goos, w.platform.goarch)
		}
	}
	return nil
}

// found reports whether it is known where a package outside the main modules is to be had.
func (w *world) found(path string) bool { return w.files[path] != "" || w.sources[path] != nil }

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}

// check type-checks the declarations of a unit. Type errors are the compiler's to report.
func (w *world) check(u *Unit) (*types.Package, *types.Info) {
	if l := w.local[u.Path]; l != nil && slices.Equal(l.sources, u.Sources) {
		if pkg, err := w.load(u.Path); err == nil {
			return pkg, l.info
		}
	}
	var tested *types.Package
	if u.base != nil {
		tested, _ = w.check(u.base)
	}
	return w.declarations(u.Path, &local{sources: u.Sources}, func(path string) *types.Package {
		if path == u.Folder.Path {
			return tested
		}
		return nil
	})
}

// declarations type-checks files without their function bodies. What special gives goes before any other import.
func (w *world) declarations(path string, l *local, special func(string) *types.Package) (*types.Package, *types.Info) {
	info := &types.Info{
		Defs: map[*ast.Ident]types.Object{}, Implicits: map[ast.Node]types.Object{},
		Types: map[ast.Expr]types.TypeAndValue{},
	}
	mentions := mentioned(l.sources)
	config := types.Config{
		IgnoreFuncBodies: true, FakeImportC: true, Error: func(error) {},
		Importer: importer(func(path string) (*types.Package, error) {
			if pkg := special(path); pkg != nil {
				return pkg, nil
			}
			if !mentions[path] {
				return standIn(path), nil
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
	}
	pkg := types.NewPackage(path, name)
	_ = types.NewChecker(&config, w.run.fset, pkg, info).Files(files) // type errors are the compiler's to report
	pkg.MarkComplete()
	return pkg, info
}

type importer func(path string) (*types.Package, error)

func (i importer) Import(path string) (*types.Package, error) { return i(path) }

// standIn is an empty package for an import that no declaration mentions.
func standIn(importPath string) *types.Package {
	pkg := types.NewPackage(importPath, guesses(importPath)[0])
	pkg.MarkComplete()
	return pkg
}

// load gives the types of a package.
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
	l.pkg, l.info = w.declarations(path, l, func(string) *types.Package { return nil })
	w.exports[path] = l.pkg // export data that mentions the package means this one
	return l.pkg, nil
}

// read reads export data.
func (w *world) read(path string) (*types.Package, error) {
	file, err := os.Open(w.files[path])
	if err != nil {
		return nil, err
	}
	defer file.Close()
	//lint:ignore SA1019 Go 1.26 still writes archives; NewReader reads them as well as what comes after.
	data, err := gcexportdata.NewReader(file)
	if err != nil {
		return nil, fmt.Errorf("reading export data of %s: %w", path, err)
	}
	pkg, err := gcexportdata.Read(data, w.run.fset, w.exports, path)
	if err != nil {
		return nil, fmt.Errorf("reading export data of %s: %w", path, err)
	}
	return pkg, nil
}

// reach imports a package for a name in a directive: one that the package can import without a cycle.
func (w *world) reach(u *Unit, target string) (*types.Package, error) {
	if u.kind != external && w.reaches(target, u.Folder.Path, map[string]bool{}) {
		return nil, fmt.Errorf("%s imports %s, so the generated file cannot import it", target, u.Folder.Path)
	}
	return w.load(target)
}

// reaches reports whether a package of a main module imports another, however far.
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

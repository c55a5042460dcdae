package load

import (
	"fmt"
	"maps"
	"os"
	slashpath "path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"

	"github.com/retrygen/retrygen/internal/directive"
)

// mainSources returns the sources of a package of a main module, nil for any other package.
func (w *world) mainSources(path string) ([]*Source, error) {
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
	return sources, nil
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

// foreign reports whether the platform is not the one that the go command builds for here.
func (w *world) foreign() bool {
	return w.platform.goos != w.run.present.goos || w.platform.goarch != w.run.present.goarch
}

// outer is the platform for packages outside the main modules: tags that a file asks for are no business of theirs.
func (w *world) outer() platform {
	p := platform{goos: w.platform.goos, goarch: w.platform.goarch, tags: w.run.present.tags, cgo: w.run.present.cgo}
	if !p.exists() {
		p.goos, p.goarch = platforms[0].goos, platforms[0].goarch
	}
	if p.goos != runtime.GOOS || p.goarch != runtime.GOARCH {
		p.cgo = false
	}
	return p
}

// list returns what the go command has said of a package, nil if it has not been asked or does not know it.
func (w *world) list(path string) *packages.Package {
	if pkg := w.listed[path]; pkg != nil {
		return pkg
	}
	return w.run.listed[path]
}

// beside finds a package that only another platform than the present one imports, in the directory of its module or of the
// standard library. It returns nil where that is not known.
func (w *world) beside(path string) *packages.Package {
	if !w.foreign() || w.asked[path] {
		return nil
	}
	root, ok := w.run.rootOf(path)
	dir := filepath.Join(root.dir, filepath.FromSlash(strings.TrimPrefix(path, root.path)))
	for above := dir; ok && above != root.dir; above = filepath.Dir(above) {
		ok = !isFile(filepath.Join(above, "go.mod")) // of another module
	}
	entries, err := os.ReadDir(dir)
	if !ok || err != nil {
		return nil
	}
	pkg := &packages.Package{PkgPath: path, Module: root.module}
	for _, entry := range entries {
		if isSource(entry) {
			pkg.IgnoredFiles = append(pkg.IgnoredFiles, filepath.Join(dir, entry.Name()))
		}
	}
	return pkg
}

// root is the directory of a module, or of the standard library, whose path is "".
type root struct {
	path, dir string
	module    *packages.Module
}

// rootOf returns the root of the module of a package, as far as the go command has listed another package of it.
func (r *Run) rootOf(path string) (root, bool) {
	r.rooting.Do(func() {
		r.roots = map[string]root{}
		for _, pkg := range r.listed {
			at := root{module: pkg.Module}
			if pkg.Module != nil {
				at.path = pkg.Module.Path
			} else if dotted(pkg.PkgPath) || pkg.PkgPath == "command-line-arguments" {
				continue
			}
			below := filepath.FromSlash(strings.TrimPrefix(pkg.PkgPath, at.path))
			if dir, ok := strings.CutSuffix(pkg.Dir, below); ok {
				at.dir = filepath.Clean(dir)
				r.roots[at.path] = at
			}
		}
	})
	if !dotted(path) {
		at, ok := r.roots[""]
		return at, ok
	}
	for prefix := path; prefix != "."; prefix = slashpath.Dir(prefix) {
		if at, ok := r.roots[prefix]; ok {
			return at, true
		}
	}
	return root{}, false
}

// outsideSources returns the sources of a package outside the main modules.
func (w *world) outsideSources(pkg *packages.Package) []*Source {
	names, p := pkg.GoFiles, w.outer()
	matched := !w.foreign() || w.listed[pkg.PkgPath] == pkg
	if len(pkg.CompiledGoFiles) > 0 {
		names = pkg.CompiledGoFiles
	}
	if !matched {
		names = slices.Concat(pkg.GoFiles, pkg.IgnoredFiles)
		slices.Sort(names)
	}
	var sources []*Source
	for _, name := range names {
		translated := len(pkg.CompiledGoFiles) > 0 // then names are those of the build cache
		if !translated && !strings.HasSuffix(name, ".go") || !matched && strings.HasSuffix(name, "_test.go") {
			continue
		}
		if s := w.run.outside(name); matched || p.lets(s.dir, s) {
			sources = append(sources, s)
		}
	}
	return sources
}

// outside returns a file outside the main modules, the same for all platforms.
func (r *Run) outside(name string) *Source {
	r.lock.Lock()
	defer r.lock.Unlock()
	s := r.files[name]
	if s == nil {
		s = &Source{Name: filepath.Base(name), dir: filepath.Dir(name)}
		s.read = func() {
			if s.err = s.fill(name); directive.Mentions(s.Src) { // it may promise decorators
				s.mention = true
				s.File, s.err = parse(r.fset, s.dir, s)
			}
		}
		r.files[name] = s
	}
	return s
}

// askMissing asks the go command for packages that are wanted and not known, and reports whether there were any.
func (w *world) askMissing() (bool, error) {
	var paths []string
	for path, l := range w.locals {
		if l.sources == nil && !w.asked[path] {
			w.asked[path] = true
			paths = append(paths, path)
		}
	}
	if len(paths) == 0 {
		return false, nil
	}
	slices.Sort(paths)
	loaded, err := w.ask(listMode, paths)
	if err != nil {
		return false, err
	}
	packages.Visit(loaded, nil, func(pkg *packages.Package) {
		if w.run.listed[pkg.PkgPath] == nil || w.asked[pkg.PkgPath] {
			w.listed[pkg.PkgPath] = pkg
		}
	})
	for _, path := range paths {
		l := w.locals[path]
		if pkg := w.listed[path]; pkg != nil && len(pkg.GoFiles) > 0 {
			l.queued = true
			w.waiting = append(w.waiting, l)
			continue
		}
		w.fail(path)
	}
	return true, nil
}

// translate has cgo translate the packages outside the main modules of which a declaration is needed that mentions C, and
// reports whether there were any. They are read again.
func (w *world) translate() (bool, error) {
	var paths []string
	for path, l := range w.locals {
		if l.cgo && l.listed != nil && !w.foreign() {
			paths = append(paths, path)
		}
		l.cgo = false
	}
	if len(paths) == 0 {
		return false, nil
	}
	slices.Sort(paths)
	loaded, err := w.ask(listMode|packages.NeedCompiledGoFiles, paths)
	if err != nil {
		return false, err
	}
	for _, pkg := range loaded {
		if l := w.locals[pkg.PkgPath]; l != nil && len(pkg.CompiledGoFiles) > 0 { // else there is no C compiler
			w.listed[pkg.PkgPath] = pkg
			again := &local{path: l.path, wanted: slices.Sorted(maps.Keys(l.known)), known: l.known, all: l.all, queued: true}
			w.locals[pkg.PkgPath] = again
			w.waiting = append(w.waiting, again)
		}
	}
	return true, nil
}

// ask asks the go command for packages and for what they import.
func (w *world) ask(mode packages.LoadMode, paths []string) ([]*packages.Package, error) {
	loaded, err := packages.Load(&packages.Config{
		Context: w.run.context, Mode: mode, Dir: w.run.options.Dir,
		Env: w.platform.env(w.run.options.env()), BuildFlags: tagFlag(w.run.present.tags),
	}, paths...)
	if err != nil {
		return nil, goError(err.Error())
	}
	return loaded, nil
}

// fail records why a package cannot be imported. Where the go command has not said it of the package itself, one of those
// that it imports is to blame.
func (w *world) fail(path string) {
	if why := w.sourceless(path); why != "" {
		w.failed[path] = fmt.Errorf("cannot import %s: %s", path, why)
		return
	}
	reason := ""
	pkg := w.list(path)
	if pkg != nil {
		packages.Visit([]*packages.Package{pkg}, nil, func(other *packages.Package) {
			if len(other.Errors) > 0 && (reason == "" || other == pkg) {
				reason = other.Errors[0].Msg
			}
		})
	}
	switch {
	case reason == "" && pkg != nil && len(pkg.GoFiles)+len(pkg.IgnoredFiles) == 0:
		w.failed[path] = fmt.Errorf("cannot import %s: its declarations are read from Go source, and it has none", path)
		return
	case reason == "":
		w.failed[path] = fmt.Errorf("cannot import %s for %s/%s", path, w.platform.goos, w.platform.goarch)
		return
	}
	w.failed[path] = fmt.Errorf("cannot import %s: %w", path, goError(reason))
}

// sourceless says why a directory of a main module has no sources of a package, "" for any other package.
func (w *world) sourceless(path string) string {
	f, err := w.run.folder(path)
	if f == nil || err != nil {
		return ""
	}
	tests := 0
	for _, s := range f.Files {
		if s.test() {
			tests++
		}
	}
	switch len(f.Files) {
	case 0:
		return "its directory has no Go file"
	case tests:
		return "its directory has no Go file but tests"
	}
	return fmt.Sprintf("no Go file in its directory takes part in a build for %s/%s", w.platform.goos, w.platform.goarch)
}

package load

import (
	"go/parser"
	"go/types"
	"os"
	"path/filepath"

	"golang.org/x/tools/go/packages"

	"github.com/retrygen/retrygen/internal/directive"
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
	names    map[string]string            // names of packages outside the main modules, by import path
	sources  map[string]*packages.Package // where sources outside the main modules lie, by import path
	failed   map[string]error             // imports that cannot be had
}

// local is a package from source.
type local struct {
	sources []*Source
	imports map[string]*packages.Package // what its import paths mean, where vendoring makes a difference
	pkg     *types.Package               // nil until it is asked for
	info    *types.Info
	errs    []types.Error
	busy    bool
}

// resolve returns the path of the package that an import path means.
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
		files: map[string]string{}, names: map[string]string{}, sources: map[string]*packages.Package{}, failed: map[string]error{},
	}
	r.worlds[p] = w
	return w
}

// prepare reads the sources that units need, and asks the go command for everything outside the main modules together.
// What it learns about the names of packages may show that more is needed.
func (w *world) prepare(units []*Unit) error {
	var roots []*local
	for _, u := range units {
		roots = append(roots, &local{sources: u.Sources})
		if u.base != nil {
			roots = append(roots, &local{sources: u.base.Sources})
		}
	}
	for {
		missing, err := w.missing(roots)
		if err != nil || len(missing) == 0 {
			return err
		}
		if err := w.export(missing); err != nil {
			return err
		}
	}
}

// missing lists the packages that declarations mention, directly or through other packages from source, and that the go
// command has not been asked for.
func (w *world) missing(open []*local) ([]string, error) {
	seen := map[string]bool{"C": true, "unsafe": true}
	var outside []string
	for len(open) > 0 {
		l := open[0]
		open = open[1:]
		for path := range w.mentioned(l) {
			if path = l.resolve(path); seen[path] {
				continue
			}
			seen[path] = true
			next, err := w.source(path)
			switch {
			case err != nil:
				return nil, err
			case next != nil:
				open = append(open, next)
			case !w.found(path) && w.failed[path] == nil:
				outside = append(outside, path)
			}
		}
	}
	return outside, nil
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
	var mode parser.Mode
	if directive.Mentions(src) {
		mode = parser.ParseComments // it may promise decorators
	}
	s.File, s.err = parseWith(mode, r.fset, filepath.Dir(name), s)
	s.Src = nil // only its declarations are of use
	r.files[name] = s
	return s, nil
}

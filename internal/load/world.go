package load

import (
	"cmp"
	"go/types"
	"slices"
	"sync"

	"golang.org/x/tools/go/packages"

	"github.com/retrygen/retrygen/internal/crew"
)

// world holds the types of one platform.
//
// Everything is checked from source, and nothing has to be compiled: an edit to a package that everything imports costs no
// more than an edit to a leaf, an empty build cache costs nothing, and each platform is as good as the present one. What
// makes it quick is that only packages with directives are checked whole, and without function bodies. Of all others only
// the declarations are parsed and checked that those mention, directly or indirectly.
type world struct {
	run      *Run
	platform platform
	units    []*Unit
	named    map[string]bool              // packages that directives turned out to name
	locals   map[string]*local            // by import path
	roots    map[*Unit]*local             // what is checked for units
	listed   map[string]*packages.Package // what the go command says, where it is not in the run's list
	asked    map[string]bool              // packages that the go command has been asked for
	members  map[string]bool              // names of methods that something asks for
	fresh    map[string]bool              // those that have come up since packages looked
	near     map[string]bool              // whether a method's name is like a word in a directive, as far as asked
	failed   map[string]error             // imports that cannot be had
	waiting  []*local                     // with names that are not yet looked up
	late     map[string]bool              // packages that a directive names although nothing showed it before
}

func (r *Run) newWorld(p platform, units []*Unit, named map[string]bool) *world {
	return &world{
		run: r, platform: p, units: units, named: named, locals: map[string]*local{}, roots: map[*Unit]*local{},
		listed: map[string]*packages.Package{}, asked: map[string]bool{}, members: map[string]bool{}, fresh: map[string]bool{},
		near: map[string]bool{}, failed: map[string]error{}, late: map[string]bool{},
	}
}

// prepare finds out which declarations the units of the world need.
func (w *world) prepare() error {
	for _, u := range w.units {
		if _, err := w.root(u); err != nil {
			return err
		}
	}
	for path := range w.named {
		w.want(path, "")
	}
	for {
		if err := w.follow(); err != nil {
			return err
		}
		more, err := w.askMissing()
		if err == nil && !more {
			more, err = w.translate()
		}
		if err != nil {
			return err
		}
		if !more {
			break
		}
	}
	for _, l := range w.locals {
		l.forget()
	}
	for _, l := range w.roots {
		l.forget()
	}
	return nil
}

// root returns the package of a unit, which is checked whole.
func (w *world) root(u *Unit) (*local, error) {
	l := &local{path: u.Path, sources: u.Sources, unit: true}
	switch {
	case u.kind == plain:
		same, err := w.same(u)
		if err != nil {
			return nil, err
		}
		if same {
			w.locals[u.Path] = l
		}
	case u.base != nil:
		base, err := w.root(u.base)
		if err != nil {
			return nil, err
		}
		l.special = map[string]*local{u.Folder.Path: base}
	}
	w.roots[u] = l
	w.wantOf(l, "")
	return l, nil
}

// same reports whether a unit is what others import.
func (w *world) same(u *Unit) (bool, error) {
	sources, err := w.mainSources(u.Folder.Path)
	return slices.Equal(sources, u.Sources), err
}

func (w *world) want(path, name string) {
	if path != "unsafe" && path != "C" {
		w.wantOf(w.local(path), name)
	}
}

func (w *world) wantOf(l *local, name string) {
	if l.want(name) && !l.queued {
		l.queued = true
		w.waiting = append(w.waiting, l)
	}
}

// local returns the package of an import path. Its sources may be still to be found.
func (w *world) local(path string) *local {
	l := w.locals[path]
	if l == nil {
		l = &local{path: path}
		w.locals[path] = l
	}
	return l
}

// follow goes through what is wanted until nothing more is, with packages side by side. Packages whose sources are not known
// stay behind.
func (w *world) follow() error {
	// Side by side, packages only look at what is asked for; it is added to between two rounds.
	var lock sync.Mutex
	asks := func(method string) bool {
		lock.Lock()
		defer lock.Unlock()
		return w.asks(method)
	}
	for len(w.waiting) > 0 || w.askMembers() {
		batch := w.waiting
		w.waiting = nil
		errs := make([]error, len(batch))
		work := crew.New()
		for i, l := range batch {
			l.queued = false
			work.Do(func() {
				if !l.open {
					errs[i] = w.open(l)
				}
				if l.open {
					l.follow(w.run, asks)
				}
			})
		}
		work.Wait()
		for i, l := range batch {
			if errs[i] != nil {
				return errs[i]
			}
			for _, u := range l.usages {
				w.use(l, u)
			}
			for _, name := range l.members {
				if !w.members[name] {
					w.members[name], w.fresh[name] = true, true
				}
			}
			l.usages, l.members = nil, nil
		}
	}
	return nil
}

// open finds the sources of a package and indexes them, if it is known where they are.
func (w *world) open(l *local) error {
	if l.sources == nil {
		var err error
		if l.sources, err = w.mainSources(l.path); err != nil {
			return err
		}
	}
	if l.sources == nil {
		if l.listed = cmp.Or(w.list(l.path), w.beside(l.path)); l.listed != nil {
			l.sources = w.outsideSources(l.listed)
		}
	}
	if l.sources != nil {
		l.read(w.run)
	}
	return nil
}

// use follows what a file mentions into other packages.
func (w *world) use(l *local, u usage) {
	switch {
	case u.base == "" && u.named:
		if u.sure || w.list(u.name) != nil {
			w.want(u.name, "")
		}
	case u.base == "":
		for _, i := range u.file.imports {
			if i.name == "." {
				w.useImport(l, u, i.path)
			}
		}
	default:
		for _, path := range w.pathsOf(l, u.file, u.base) {
			w.useImport(l, u, path)
		}
	}
}

func (w *world) useImport(l *local, u usage, path string) {
	u.file.used[path] = true
	l.cgo = l.cgo || path == "C"
	name := u.name
	if u.named {
		name = ""
	}
	if other := l.special[path]; other != nil {
		w.wantOf(other, name)
		return
	}
	w.want(l.resolve(path), name)
}

// pathsOf returns the import path that a name means in a file, more than one if that is not known.
func (w *world) pathsOf(l *local, f *file, base string) []string {
	if path, ok := f.paths[base]; ok {
		if path == "" {
			return nil
		}
		return []string{path}
	}
	var unsure []string
	for _, i := range f.imports {
		name := i.name
		if name == "" {
			name = w.nameOf(l, i.path)
		}
		switch {
		case name == base:
			f.paths[base] = i.path
			return []string{i.path}
		case name == "":
			unsure = append(unsure, i.path)
		}
	}
	if len(unsure) == 0 {
		f.paths[base] = ""
	}
	guessed := slices.DeleteFunc(slices.Clone(unsure), func(path string) bool { return !slices.Contains(guesses(path), base) })
	if len(guessed) > 0 {
		return guessed
	}
	return unsure
}

// nameOf returns the name of a package, "" if it is not known.
func (w *world) nameOf(l *local, path string) string {
	if special := l.special[path]; special != nil {
		return special.clause
	}
	path = l.resolve(path)
	if other := w.locals[path]; other != nil && other.open {
		return other.clause
	}
	if path == "unsafe" {
		return types.Unsafe.Name()
	}
	if pkg := w.list(path); pkg != nil {
		return pkg.Name
	}
	return ""
}

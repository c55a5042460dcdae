package inventory

import (
	"cmp"
	"context"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"

	"github.com/retrygen/retrygen/internal/load"
	"github.com/retrygen/retrygen/internal/output"
	"github.com/retrygen/retrygen/internal/render"
	"github.com/retrygen/retrygen/internal/retries/chain"
)

// key tells entries apart: a file has a task once, whichever variant of its package is looked at.
type key struct{ file, task string }

// followed is what the graphs of packages say of functions with a directive.
type followed struct {
	reached map[key]reached
	failed  map[string]error // why something is not known of the retries in a package, by import path
}

// reached is what a call of a function with a directive reaches.
type reached struct {
	chains       chain.Set
	bound, inner chain.Bound
}

// follow builds the graphs of the packages with entries that the present platform builds. Code that does not build is
// checked once more with all generated files as they should be.
func (o Options) follow(ctx context.Context, entries []Entry, known []*packages.Package) (*followed, error) {
	plain, tested := present(entries)
	found := &followed{map[key]reached{}, map[string]error{}}
	if len(plain) > 0 {
		roots, err := o.among(ctx, plain, known)
		if err == nil {
			err = o.world(ctx, roots, found)
		}
		if err != nil {
			return nil, err
		}
	}
	for _, path := range tested {
		roots, err := o.list(ctx, true, []string{path})
		if err != nil {
			return nil, err
		}
		roots = slices.DeleteFunc(roots, func(pkg *packages.Package) bool { return pkg.ForTest != path })
		if err := o.world(ctx, roots, found); err != nil {
			return nil, err
		}
	}
	return found, ctx.Err()
}

// among returns the packages with some import paths. Those that the go command has not been asked about are asked for now.
func (o Options) among(ctx context.Context, paths []string, known []*packages.Package) ([]*packages.Package, error) {
	var list []*packages.Package
	for _, pkg := range known {
		if slices.Contains(paths, pkg.PkgPath) {
			list = append(list, pkg)
		}
	}
	if len(list) == len(paths) {
		return list, nil
	}
	return o.list(ctx, false, paths)
}

// present returns the import paths of the packages with an entry that the present platform builds, and of those with an
// entry in their tests.
func present(entries []Entry) (plain, tested []string) {
	for i := range entries {
		switch e := &entries[i]; {
		case e.Foreign:
		case strings.HasSuffix(e.Pos.Filename, "_test.go"):
			tested = append(tested, strings.TrimSuffix(e.Package, "_test"))
		default:
			plain = append(plain, e.Package)
		}
	}
	slices.Sort(plain)
	slices.Sort(tested)
	return slices.Compact(plain), slices.Compact(tested)
}

// world builds the graphs of packages and of what they import.
func (o Options) world(ctx context.Context, roots []*packages.Package, found *followed) error {
	w := o.newWorld(nil)
	w.check(roots)
	if len(w.failed) > 0 {
		rendered, err := o.render(ctx, w)
		if err != nil {
			return err
		}
		for _, name := range w.left {
			rendered[name] = nil
		}
		if len(rendered) > 0 {
			w = o.newWorld(rendered)
			if err := w.listMore(ctx, o, roots); err != nil {
				return err
			}
			w.check(roots)
		}
	}
	maps.Copy(found.reached, w.reached)
	for pkg, err := range w.failed {
		found.failed[pkg.PkgPath] = err
	}
	return nil
}

// render renders the generated files of the packages of a world that may have directives.
func (o Options) render(ctx context.Context, w *world) (map[string][]byte, error) {
	patterns, paths := o.Patterns, []string(nil)
	for pkg, is := range w.relevant {
		if is && mentions(pkg) && pkg.PkgPath != "command-line-arguments" {
			paths = append(paths, strings.TrimSuffix(pkg.PkgPath, "_test"))
		}
	}
	slices.Sort(paths)
	if len(paths) > 0 {
		patterns = slices.Compact(paths)
	}
	run, err := load.Packages(ctx, load.Options{Dir: o.Dir, Env: o.Env, Tags: o.Tags, Patterns: patterns})
	if err != nil {
		return nil, err
	}
	rendered := map[string][]byte{}
	for _, f := range run.Folders {
		for _, s := range f.Files {
			if s.Own {
				rendered[filepath.Join(f.Dir, s.Name)] = nil
			}
		}
		for _, u := range f.Units {
			run.Find(u)
			renderUnit(run, f, u, rendered)
		}
	}
	return rendered, run.Err()
}

// renderUnit renders the generated files of a unit. Where that fails, there is a mistake in a directive.
func renderUnit(run *load.Run, f *load.Folder, u *load.Unit, rendered map[string][]byte) {
	pkg := &render.Package{
		Path: u.Path, Types: u.Types, Info: u.Info, Found: u.Found, Declared: f.Declared(u.Types.Name()), Written: run.Written,
	}
	wrappers := load.Wrappers(u.Found)
	for _, s := range u.Covered() {
		if run.Foreign(f, s) || wrappers[s.File] == 0 {
			continue
		}
		text, err := render.File(&render.Input{Package: pkg, Source: s.File, Constraint: load.Constraint(s)})
		if err == nil {
			rendered[filepath.Join(f.Dir, output.Name(s.Name))] = text
		}
	}
}

// entry takes the chains and the bound of an entry from the graph of its package.
func (f *followed) entry(e *Entry) {
	k := key{e.Pos.Filename, e.Task}
	r, ok := f.reached[k]
	switch err := f.failed[e.Package]; {
	case e.Foreign:
		e.Unfollowed = "this platform leaves the file out"
	case err != nil:
		e.Broken, e.Unfollowed = true, "it does not build: "+oneLine(err.Error())
	case !ok:
		e.Broken, e.Unfollowed = true, "the go command leaves the file out"
	}
	e.Cut = r.chains.Cut
	for _, links := range r.chains.Chains {
		if len(links) > 1 {
			e.Chains = append(e.Chains, Chain(links))
		}
	}
	e.Bound, e.Inner = r.bound, r.inner
}

// oneLine returns the first line of a text.
func oneLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return cmp.Or(strings.TrimSpace(line), "the reason is not known")
}

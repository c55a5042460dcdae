// Package generator turns retry directives into Go code.
//
// A run goes through the packages that patterns name, as the go command does, and plans the files that have to be
// written, rewritten or removed:
//
//	plan, err := generator.Plan(ctx, generator.Options{Patterns: []string{"./..."}})
//	if err != nil {
//		return err // the packages cannot be listed or read
//	}
//	for _, d := range plan.Diagnostics {
//		fmt.Fprintln(os.Stderr, d) // file:line:col: what is wrong with a directive
//	}
//	return plan.Write()
//
// For price.go with a directive above FetchPrice the plan has price_retry.go with FetchPriceWithRetry. Nothing is
// planned for a package with a diagnostic. The same sources give the same bytes on every machine: files that the
// present platform leaves out are checked under one that builds them.
//
// Within a run, sources become units (the files that one build puts together), units are type-checked by their
// declarations alone, directives are found in them, and each annotated file is rendered by itself.
package generator

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"slices"

	"github.com/retrygen/retrygen/internal/directive"
	"github.com/retrygen/retrygen/internal/render"
)

// Options say what a run works on. The zero value means the package in the current directory.
type Options struct {
	Dir      string   // the directory to run in; "" is the current one
	Patterns []string // packages, as for the go command; none means "."
	Tags     string   // build tags, separated by commas
	Env      []string // environment of the go command; nil means the process's own
}

func (o Options) env() []string {
	if o.Env != nil {
		return o.Env
	}
	return os.Environ()
}

// Diagnostic is a mistake in the input, at the position of what has to change.
type Diagnostic struct {
	File         string // absolute
	Line, Column int    // from 1; columns count bytes
	Message      string
}

// Position gives the place without the message.
func (d Diagnostic) Position() token.Position {
	return token.Position{Filename: d.File, Line: d.Line, Column: d.Column}
}

// String gives file:line:col: message.
func (d Diagnostic) String() string {
	return fmt.Sprintf("%s:%d:%d: %s", d.File, d.Line, d.Column, d.Message)
}

// Change is a generated file that is not as it should be.
type Change struct {
	Path string // absolute
	Old  []byte // nil where the file does not exist yet
	New  []byte // nil where the file is to be removed
}

// Result is what a run found.
type Result struct {
	Changes     []Change     // sorted by path
	Diagnostics []Diagnostic // sorted by position
	Files       int          // generated files that should exist, changed or not
	Wrappers    int          // functions and methods that they wrap
}

// run is the state of one Plan or List.
type run struct {
	context     context.Context
	options     Options
	fset        *token.FileSet
	present     platform
	tree        *tree
	folders     map[string]*folder // read so far, by import path
	files       map[string]*source // outside the main modules, by file name
	worlds      map[platform]*world
	promises    []*ast.File // what has been declared of what is to be generated
	diagnostics []Diagnostic
	broken      map[string]bool // directories with a diagnostic
}

// Plan finds out what a run has to write. It writes nothing. An error means that the packages could not be listed
// or read; mistakes in directives are the result's diagnostics.
func Plan(ctx context.Context, options Options) (*Result, error) {
	r := newRun(ctx, options)
	folders, units, err := r.load()
	if err != nil {
		return nil, err
	}
	// Types are checked one package after another; what has been checked is rendered meanwhile.
	var jobs []*job
	rendering := newCrew()
	for _, f := range folders {
		for _, j := range r.jobs(f, units[f]) {
			jobs = append(jobs, j)
			rendering.do(j.render)
		}
	}
	rendering.wait()
	return r.result(folders, jobs)
}

func newRun(ctx context.Context, options Options) *run {
	return &run{
		context: ctx, options: options, fset: token.NewFileSet(), present: present(options),
		folders: map[string]*folder{}, files: map[string]*source{}, worlds: map[platform]*world{}, broken: map[string]bool{},
	}
}

// load finds the folders that the run has something to do in, and prepares the types of their units.
func (r *run) load() ([]*folder, map[*folder][]*unit, error) {
	ready := r.anticipate()
	var paths []string
	var err error
	if r.tree, paths, err = enumerate(r.context, r.options, r.present); err != nil {
		return nil, nil, err
	}
	folders, err := r.readFolders(paths)
	if err != nil {
		return nil, nil, err
	}
	byPlatform := map[platform][]*unit{}
	units := map[*folder][]*unit{}
	for _, f := range folders {
		units[f] = r.units(f)
		for _, u := range units[f] {
			byPlatform[u.platform] = append(byPlatform[u.platform], u)
		}
	}
	ready()
	for p, list := range byPlatform {
		if err := r.world(p).prepare(list); err != nil {
			return nil, nil, err
		}
	}
	return folders, units, nil
}

// anticipate asks for the export data that nearly every run needs while the packages are being listed. It gives a
// function that waits for the answer; what went wrong shows again when the data is asked for in earnest.
func (r *run) anticipate() (wait func()) {
	w := r.world(r.present)
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = w.export([]string{"context"})
	}()
	return func() { <-done }
}

// job is one generated file that should exist.
type job struct {
	unit   *unit
	pkg    *types.Package
	file   *ast.File
	source *source
	found  *directive.Found
	text   []byte
	err    error
}

func (j *job) render() { j.text, j.err = j.unit.render(j.pkg, j.file, j.found) }

// jobs finds the directives of a folder and lists the files they ask for: none where there is a mistake.
func (r *run) jobs(f *folder, units []*unit) []*job {
	var list []*job
	for _, u := range units {
		found, pkg := r.find(u)
		for _, s := range u.sources {
			if u.covered[s.file] != nil && count(found, s.file) > 0 {
				r.checkTarget(f, s, s.file.Package)
				list = append(list, &job{unit: u, pkg: pkg, file: s.file, source: s, found: found})
			}
		}
	}
	if r.broken[f.dir] {
		return nil
	}
	return list
}

// result compares what should be with what is.
func (r *run) result(folders []*folder, jobs []*job) (*Result, error) {
	for _, j := range jobs {
		if wrong, ok := errors.AsType[*render.Error](j.err); ok {
			r.diagnose(r.fset.PositionFor(wrong.Pos, false), "%s", wrong.Message)
		}
	}
	jobs = slices.DeleteFunc(jobs, func(j *job) bool { return r.broken[j.unit.folder.dir] })
	result := &Result{Files: len(jobs), Diagnostics: sorted(r.diagnostics)}
	wanted := map[*folder]map[string][]byte{}
	for _, j := range jobs {
		f := j.unit.folder
		if j.err != nil {
			return nil, fmt.Errorf("%s: %w", filepath.Join(f.dir, j.source.name), j.err)
		}
		if wanted[f] == nil {
			wanted[f] = map[string][]byte{}
		}
		wanted[f][target(j.source.name)] = j.text
		result.Wrappers += count(j.found, j.file)
	}
	for _, f := range folders {
		if !r.broken[f.dir] {
			result.Changes = append(result.Changes, f.changes(wanted[f])...)
		}
	}
	slices.SortFunc(result.Changes, func(a, b Change) int { return cmp.Compare(a.Path, b.Path) })
	return result, nil
}

// changes lists what has to be written or removed for a folder to have the wanted files.
func (f *folder) changes(wanted map[string][]byte) []Change {
	var list []Change
	for _, s := range f.files {
		path := filepath.Join(f.dir, s.name)
		if text, ok := wanted[s.name]; ok {
			if !bytes.Equal(text, s.src) {
				list = append(list, Change{Path: path, Old: s.src, New: text})
			}
			delete(wanted, s.name)
		} else if s.ours {
			list = append(list, Change{Path: path, Old: s.src})
		}
	}
	for name, text := range wanted {
		list = append(list, Change{Path: filepath.Join(f.dir, name), New: text})
	}
	return list
}

// folder gives the folder of a package of a main module, nil for any other package.
func (r *run) folder(path string) (*folder, error) {
	if f := r.folders[path]; f != nil {
		return f, nil
	}
	dir, ok := r.tree.dirOf(path)
	if !ok {
		return nil, nil
	}
	f, err := readFolder(dir, path)
	if err == nil {
		r.folders[path] = f
	}
	return f, err
}

// checkTarget makes sure that a generated file overwrites nothing but an earlier one.
func (r *run) checkTarget(f *folder, s *source, pos token.Pos) {
	name := target(s.name)
	info, err := os.Lstat(filepath.Join(f.dir, name))
	if err != nil {
		return
	}
	at := r.fset.PositionFor(pos, false)
	if !info.Mode().IsRegular() {
		r.diagnose(at, "%s is in the way: it is no regular file; remove it, or rename %s", name, s.name)
		return
	}
	for _, other := range f.files {
		if other.name == name && !other.ours {
			r.diagnose(at, "%s is in the way: retrygen did not write it; rename it, or rename %s", name, s.name)
		}
	}
}

// sorted gives every diagnostic once, in the order of files and lines.
func sorted(list []Diagnostic) []Diagnostic {
	slices.SortStableFunc(list, func(a, b Diagnostic) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return slices.Compact(list)
}

// count gives the number of functions and methods that a file's directives wrap.
func count(found *directive.Found, file *ast.File) int {
	n := 0
	for _, fn := range found.Funcs {
		if fn.File == file {
			n++
		}
	}
	for _, d := range found.Decorators {
		if d.File == file {
			n += len(d.Methods)
		}
	}
	return n
}

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
// planned for a package with a diagnostic. The same sources produce the same bytes on every machine: files that the
// present platform leaves out are checked under one that builds them.
package generator

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/retrygen/retrygen/internal/crew"
	"github.com/retrygen/retrygen/internal/load"
	"github.com/retrygen/retrygen/internal/output"
	"github.com/retrygen/retrygen/internal/render"
	"github.com/retrygen/retrygen/internal/terminal"
)

// Options say what a run works on. The zero value means the package in the current directory.
type Options struct {
	Dir      string   // the directory to run in; "" is the current one
	Patterns []string // packages, as for the go command; none means "."
	Tags     string   // build tags, separated by commas
	Env      []string // environment of the go command; nil means the process's own

	// Header is a text for the top of each generated file, such as a licence. It becomes a comment unless it is one.
	// Where it is empty, the lines above the header of an existing file stay, and a new file has none.
	Header string
}

// Diagnostic is a mistake in the input, at the position of what has to change.
type Diagnostic struct {
	File         string // absolute
	Line, Column int    // from 1; columns count bytes
	Message      string
}

// Position returns the position without the message.
func (d Diagnostic) Position() token.Position {
	return token.Position{Filename: d.File, Line: d.Line, Column: d.Column}
}

// String returns file:line:col: message on one line, with control characters escaped.
func (d Diagnostic) String() string {
	return terminal.Printable(fmt.Sprintf("%s:%d:%d: %s", d.File, d.Line, d.Column, d.Message))
}

// Change is a generated file that is not as it should be.
type Change struct {
	Path string // absolute
	Old  []byte // nil where the file does not exist yet
	New  []byte // nil where the file is to be removed

	source string // the file that it is generated from, "" if that is not known
}

// Result is what a run found.
type Result struct {
	Changes     []Change     // sorted by path
	Diagnostics []Diagnostic // sorted by position
	Warnings    []Diagnostic // comments that were meant as directives; nothing is generated from them
	Unmatched   []string     // patterns that match no package: no directory with a Go file
	Passed      []string     // import paths of packages with directives that belong to dependencies, which are left alone
	Files       int          // generated files that should exist, changed or not
	Wrappers    int          // functions and methods that they wrap

	left []string // temporary files that may be left over from killed runs
}

// Plan finds out what a run has to write. It writes nothing. An error means that the packages could not be listed
// or read; mistakes in directives are the result's diagnostics.
func Plan(ctx context.Context, options Options) (*Result, error) {
	licence := ""
	if options.Header != "" {
		var err error
		if licence, err = output.Licence([]byte(options.Header)); err != nil {
			return nil, fmt.Errorf("the header for generated files cannot be used: %w", err)
		}
	}
	run, err := load.Packages(ctx, load.Options{Dir: options.Dir, Patterns: options.Patterns, Tags: options.Tags, Env: options.Env})
	if err != nil {
		return nil, err
	}
	var passed []string
	run.Folders = slices.DeleteFunc(run.Folders, func(f *load.Folder) bool {
		if run.Dependency(f) {
			passed = append(passed, f.Path)
		}
		return run.Dependency(f)
	})
	// Types are checked one package after another; what has been checked is rendered meanwhile.
	var jobs []*job
	rendering := crew.New()
	for _, f := range run.Folders {
		for _, j := range jobsOf(run, f) {
			jobs = append(jobs, j)
			rendering.Do(j.render)
		}
	}
	rendering.Wait()
	if err := run.Err(); err != nil {
		return nil, err
	}
	planned := result(run, jobs, licence)
	planned.Passed = passed
	return planned, nil
}

// job is one generated file that should exist.
type job struct {
	unit     *load.Unit
	pkg      func() *render.Package // of the unit; nil once the file has been rendered
	source   *load.Source
	old      []byte // what the file holds, nil where it does not exist
	wrappers int
	text     []byte
	err      error
}

// render writes what the directives of the source ask for.
func (j *job) render() {
	j.text, j.err = render.File(&render.Input{
		Package: j.pkg(), Source: j.source.File, Constraint: load.Constraint(j.source), Old: j.old,
	})
	j.pkg = nil // it is large
}

// jobsOf finds the directives of a folder and lists the files they ask for: none where there is a mistake.
func jobsOf(run *load.Run, f *load.Folder) []*job {
	var list []*job
	for _, u := range f.Units {
		run.Find(u)
		info, found := u.Info, u.Found
		pkg := sync.OnceValue(func() *render.Package {
			return &render.Package{
				Path: u.Path, Types: u.Types, Info: info, Found: found,
				Declared: f.Declared(u.Types.Name()), Written: run.Written,
			}
		})
		wrappers, foreign, old := load.Wrappers(u.Found), map[string]bool{}, map[string][]byte{}
		for _, s := range f.Files {
			if foreign[s.Name] = !s.Own; s.Own {
				old[s.Name] = s.Src
			}
		}
		for _, s := range u.Covered() {
			if n := wrappers[s.File]; n > 0 {
				checkTarget(run, f, s, foreign)
				list = append(list, &job{unit: u, pkg: pkg, source: s, old: old[output.Name(s.Name)], wrappers: n})
			}
		}
		run.Release(u)
	}
	if run.Broken(f) {
		return nil
	}
	return list
}

// checkTarget makes sure that a generated file overwrites nothing but an earlier one. Foreign are the files of the folder that
// are not retrygen's own.
func checkTarget(run *load.Run, f *load.Folder, s *load.Source, foreign map[string]bool) {
	name := output.Name(s.Name)
	info, err := os.Lstat(filepath.Join(f.Dir, name))
	if err != nil {
		return
	}
	at := run.Position(s.File.Package)
	if !info.Mode().IsRegular() {
		run.Problem(at, "%s is in the way: it is no regular file; remove it, or rename %s", name, s.Name)
		return
	}
	if foreign[name] {
		run.Problem(at, "%s is in the way: retrygen did not write it; rename it, or rename %s", name, s.Name)
	}
}

// report records why the file cannot be written, if it cannot.
func (j *job) report(run *load.Run) {
	if wrong, ok := errors.AsType[*render.Error](j.err); ok {
		run.Problem(run.Position(wrong.Pos), "%s", wrong.Message)
	} else if j.err != nil {
		message, _, _ := strings.Cut(j.err.Error(), "\n")
		at := run.Position(j.source.File.Package)
		run.Problem(at, "retrygen cannot write the code for this file, which is a mistake of its own: %s", message)
	}
}

// result compares what should be with what is.
func result(run *load.Run, jobs []*job, licence string) *Result {
	for _, j := range jobs {
		j.report(run)
	}
	jobs = slices.DeleteFunc(jobs, func(j *job) bool { return run.Broken(j.unit.Folder) })
	result := &Result{Files: len(jobs), Unmatched: run.Unmatched, left: run.Left}
	result.Diagnostics, result.Warnings = diagnostics(run.Problems()), diagnostics(run.Warnings())
	wanted := map[*load.Folder]map[string]*job{}
	for _, j := range jobs {
		f := j.unit.Folder
		if wanted[f] == nil {
			wanted[f] = map[string]*job{}
		}
		wanted[f][output.Name(j.source.Name)] = j
		result.Wrappers += j.wrappers
	}
	for _, f := range run.Folders {
		if !run.Broken(f) {
			result.Changes = append(result.Changes, changes(f, wanted[f], licence)...)
		}
	}
	slices.SortFunc(result.Changes, func(a, b Change) int { return cmp.Compare(a.Path, b.Path) })
	return result
}

func diagnostics(problems []load.Problem) []Diagnostic {
	var list []Diagnostic
	for _, p := range problems {
		list = append(list, Diagnostic{p.Pos.Filename, p.Pos.Line, p.Pos.Column, p.Message})
	}
	return list
}

// changes lists what has to be written or removed for a folder to have the wanted files.
func changes(f *load.Folder, wanted map[string]*job, licence string) []Change {
	var list []Change
	for _, s := range f.Files {
		path := filepath.Join(f.Dir, s.Name)
		if j := wanted[s.Name]; j != nil {
			if text := j.merge(s.Src, licence); !output.Same(text, s.Src) {
				list = append(list, Change{Path: path, Old: s.Src, New: text, source: j.path()})
			}
			delete(wanted, s.Name)
		} else if s.Own {
			list = append(list, Change{Path: path, Old: s.Src})
		}
	}
	for name, j := range wanted {
		list = append(list, Change{Path: filepath.Join(f.Dir, name), New: j.merge(nil, licence), source: j.path()})
	}
	return list
}

// merge returns what the file should hold.
func (j *job) merge(old []byte, licence string) []byte {
	return output.Merge(output.Name(j.source.Name), old, j.text, j.source.Src, licence)
}

// path is the name of the source file.
func (j *job) path() string { return filepath.Join(j.unit.Folder.Dir, j.source.Name) }

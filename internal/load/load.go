// Package load turns the packages that patterns name into typed units.
//
//	run, err := load.Packages(ctx, load.Options{Patterns: []string{"./..."}})
//	if err != nil {
//		return err // the packages cannot be listed or read
//	}
//	for _, folder := range run.Folders {
//		for _, unit := range folder.Units {
//			run.Find(unit)
//			for _, fn := range unit.Found.Funcs {
//				fmt.Println(unit.Path, fn.Name, fn.Policy)
//			}
//		}
//	}
//	for _, problem := range run.Problems() {
//		fmt.Println(problem.Pos, problem.Message)
//	}
//
// A [Folder] is a directory of Go files. A [Unit] is a set of its files that one build puts together; its declarations are
// type-checked without function bodies. Files that the present platform leaves out belong to units of another platform,
// so that the same sources mean the same on every machine.
package load

import (
	"cmp"
	"context"
	"fmt"
	"go/ast"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"golang.org/x/tools/go/packages"

	"github.com/retrygen/retrygen/internal/directive"
)

// Options say what is loaded. The zero value means the package in the current directory.
type Options struct {
	Dir      string   // the directory to run in; "" is the current one
	Patterns []string // packages, as for the go command; none means "."
	Tags     string   // build tags, separated by commas
	Env      []string // environment of the go command; nil means the process's own

	// List asks the go command about the packages that patterns name and all that they import, for callers that need more of
	// them than where their files are. Nil means that the run asks by itself.
	List func(patterns []string) ([]*packages.Package, error)
}

func (o Options) env() []string {
	if o.Env != nil {
		return o.Env
	}
	return os.Environ()
}

// Problem is a mistake in the input, at the position of what has to change. The file's name is absolute.
type Problem struct {
	Pos     token.Position
	Message string
}

// Run is one look at the packages that patterns name.
type Run struct {
	Folders []*Folder // those with directives or with files of retrygen's own, sorted by import path
	Left    []string  // temporary files in any folder that the patterns name; see [output.Tidy]

	Unmatched []string // patterns that match no package: no directory with a Go file

	dependencies map[string]bool // packages of modules that are not main ones, by import path

	context  context.Context
	options  Options
	fset     *token.FileSet
	present  platform
	tree     *tree
	folders  map[string]*Folder // read so far, by import path
	files    map[string]*Source // outside the main modules, by file name
	worlds   map[platform]*world
	listed   map[string]*packages.Package // by the go command for the present platform, by import path
	words    map[string]bool              // in directives
	rooting  sync.Once
	roots    map[string]root // by rootOf, by module path
	lock     sync.Mutex      // for folders, files, tree and promises
	promises []*ast.File     // what has been declared of what is to be generated
	problems []Problem
	warnings []Problem
	broken   map[string]bool // directories with a problem
}

// Packages finds the folders that have directives, or files of retrygen's own, and prepares the types of their units.
func Packages(ctx context.Context, options Options) (*Run, error) {
	var err error
	if options.Dir, err = RealDir(options.Dir); err != nil {
		return nil, err
	}
	set := settings(options.env())
	r := &Run{
		context: ctx, options: options, fset: token.NewFileSet(), present: present(options.Tags, set), tree: newTree(options.Dir, set),
		folders: map[string]*Folder{}, files: map[string]*Source{}, worlds: map[platform]*world{}, words: map[string]bool{},
		listed: map[string]*packages.Package{}, broken: map[string]bool{}, dependencies: map[string]bool{},
	}
	var paths []string
	if paths, r.Unmatched, err = r.enumerate(); err != nil {
		return nil, interruption(ctx, err)
	}
	if r.Folders, err = r.readFolders(paths); err != nil {
		return nil, err
	}
	byPlatform := map[platform][]*Unit{}
	var order []platform
	for _, f := range r.Folders {
		f.Units = r.split(f)
		r.warn(f)
		for _, u := range f.Units {
			if byPlatform[u.platform] == nil {
				order = append(order, u.platform)
			}
			r.addWords(u)
			byPlatform[u.platform] = append(byPlatform[u.platform], u)
		}
	}
	for _, p := range order {
		r.worlds[p] = r.newWorld(p, byPlatform[p], nil)
		if err := r.worlds[p].prepare(); err != nil {
			return nil, interruption(ctx, err)
		}
	}
	r.files = map[string]*Source{}
	return r, interruption(ctx, nil)
}

// interruption returns an error that says so if the context is done, which shows in errors of any kind, and otherwise
// the error.
func interruption(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return fmt.Errorf("interrupted: %w", context.Cause(ctx))
	}
	return err
}

// Dependency reports whether a folder belongs to a module that is not a main one, such as a vendored one.
func (r *Run) Dependency(f *Folder) bool { return r.dependencies[f.Path] }

// Err returns an error if the run's context is done: what has been found may then be wrong.
func (r *Run) Err() error { return interruption(r.context, nil) }

// Problem records a mistake in the input. Its folder then counts as broken.
func (r *Run) Problem(pos token.Position, format string, args ...any) {
	r.problems = append(r.problems, Problem{Pos: pos, Message: fmt.Sprintf(format, args...)})
	r.broken[filepath.Dir(pos.Filename)] = true
}

// warn records the comments of a folder that were meant as directives.
func (r *Run) warn(f *Folder) {
	for _, s := range f.Files {
		if s.Own || !s.meant || s.File == nil || ast.IsGenerated(s.File) {
			continue
		}
		for _, meant := range directive.AllMeant(s.File) {
			r.warnings = append(r.warnings, Problem{r.Position(meant.Comment.Slash), meant.Message()})
		}
	}
}

// Warnings returns what was likely not meant, but is no mistake: it keeps no file from being written.
func (r *Run) Warnings() []Problem { return r.warnings }

// Broken reports whether a folder has a problem.
func (r *Run) Broken(f *Folder) bool { return r.broken[f.Dir] }

// Problems returns every problem once, in the order of files and lines. Of those that follow from one import that cannot
// be had, only the first remains.
func (r *Run) Problems() []Problem {
	list := slices.Clone(r.problems)
	slices.SortStableFunc(list, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Pos.Filename, b.Pos.Filename), cmp.Compare(a.Pos.Line, b.Pos.Line), cmp.Compare(a.Pos.Column, b.Pos.Column))
	})
	reported := map[string]bool{}
	return slices.DeleteFunc(slices.Compact(list), func(p Problem) bool {
		failure := r.failureIn(p.Message)
		repeated := failure != "" && reported[failure]
		reported[failure] = true
		return repeated
	})
}

// failureIn returns the failed import that a message tells of, "" if there is none.
func (r *Run) failureIn(message string) string {
	for _, w := range r.worlds {
		for path, err := range w.failed {
			if strings.Contains(message, err.Error()) {
				return path
			}
		}
	}
	return ""
}

// Position returns the position of what was parsed, without regard to line directives.
func (r *Run) Position(pos token.Pos) token.Position { return r.fset.PositionFor(pos, false) }

// Written reports whether a position lies in a declaration that stands for one that is still to be generated.
func (r *Run) Written(pos token.Pos) bool { return r.isPromised(pos) }

// folder returns the folder of a package of a main module, nil for any other package.
func (r *Run) folder(path string) (*Folder, error) {
	r.lock.Lock()
	defer r.lock.Unlock()
	if f := r.folders[path]; f != nil {
		return f, nil
	}
	dir, ok := r.tree.dirOf(path)
	if !ok {
		return nil, nil
	}
	f, err := ReadFolder(dir, path)
	if err == nil {
		r.folders[path] = f
	}
	return f, err
}

package load

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"
)

// enumerate lists the packages that the patterns name, by import path, and the patterns that name none. The go
// command, or a build system in its place, says which packages there are. Directories whose files this platform leaves
// out are found by walking, for the go command passes over them.
func (r *Run) enumerate() (paths, unmatched []string, err error) {
	patterns := slices.Clone(r.options.Patterns)
	if len(patterns) == 0 {
		patterns = []string{"."}
	}
	for i, text := range patterns {
		patterns[i] = realPattern(text)
	}
	w, err := r.walk(patterns)
	if err == nil {
		wait := r.readAhead(w)
		defer wait()
	}
	const most = 20 // so often may directories vanish while the go command looks at them
	same, last := 0, ""
	for try := 0; err == nil && try < most; try++ {
		if err = r.listInto(w, patterns); err == nil {
			paths, unmatched = w.result()
			return paths, unmatched, nil
		}
		before := w
		var walked error
		if w, walked = r.walk(patterns); walked != nil {
			return nil, nil, walked
		}
		if same++; err.Error() != last || !slices.Equal(before.entries, w.entries) {
			same, last = 1, err.Error()
		}
		lasting := same == 5 // what comes and goes shows in the directories, or in other errors
		if !vanished(before, w, err) || lasting || try == most-1 || r.context.Err() != nil {
			break
		}
		err = nil
	}
	return nil, nil, err
}

// vanished reports whether the go command failed because directories came or went while it was looking. Below a pattern
// with "..." it asks for those alone that it has just seen.
func vanished(before, after *walk, err error) bool {
	wild := slices.ContainsFunc(after.patterns, func(p pattern) bool { return p.wild })
	gone := func(text string) bool { return strings.Contains(err.Error(), text) }
	return wild && slices.ContainsFunc(goneTexts, gone) || !slices.Equal(before.entries, after.entries)
}

// goneTexts stand in what the go command says of a directory that is no longer there: when it lists directories, when it
// reads one, and when it looks for the package of one.
var goneTexts = []string{
	"directory not found", "cannot find package", "does not contain package",
	"no such file or directory", "The system cannot find the",
}

// walk goes through the directories that the patterns name.
func (r *Run) walk(patterns []string) (*walk, error) {
	w := &walk{tree: r.tree, seen: map[string]bool{}}
	for _, text := range patterns {
		if err := w.visit(r.tree.parsePattern(text, r.options.Dir)); err != nil {
			return nil, err
		}
	}
	return w, nil
}

// listInto adds the packages that the go command lists.
func (r *Run) listInto(w *walk, patterns []string) error {
	loaded, err := listPackages(r.context, r.options, r.present, patterns)
	if err != nil {
		return err
	}
	packages.Visit(loaded, nil, func(pkg *packages.Package) {
		own := *pkg
		own.CompiledGoFiles = nil // cgo's translations are asked for where they are needed
		r.listed[pkg.PkgPath] = &own
	})
	for _, pkg := range loaded {
		dir := folderOf(pkg)
		if dir == "" {
			if len(pkg.Errors) > 0 {
				return packageError(pkg)
			}
			continue
		}
		if pkg.Module != nil && pkg.Module.Main {
			r.tree.addModule(module{pkg.Module.Path, pkg.Module.Dir})
		}
		if pkg.Module != nil && !pkg.Module.Main {
			r.dependencies[pkg.PkgPath] = true
		}
		if r.tree.dirs[pkg.PkgPath] == "" {
			r.tree.dirs[pkg.PkgPath] = dir
		}
		w.found = append(w.found, location{pkg.PkgPath, dir})
	}
	return nil
}

// listMode is what the go command is asked for: where all sources lie, of dependencies too, and nothing that has to be
// compiled.
const listMode = packages.NeedName | packages.NeedFiles | packages.NeedImports | packages.NeedDeps | packages.NeedModule

// listPackages asks the go command which packages the patterns name.
func listPackages(ctx context.Context, o Options, now platform, patterns []string) ([]*packages.Package, error) {
	list := o.List
	if list == nil {
		list = func(patterns []string) ([]*packages.Package, error) {
			return packages.Load(&packages.Config{
				Context: ctx, Mode: listMode,
				Dir: o.Dir, Env: o.env(), BuildFlags: tagFlag(now.tags),
			}, patterns...)
		}
	}
	loaded, err := list(patterns)
	if err != nil {
		return nil, goError(err.Error())
	}
	return loaded, nil
}

// folderOf returns the directory of a package, "" for one without files.
func folderOf(pkg *packages.Package) string {
	if pkg.Dir != "" {
		return pkg.Dir
	}
	for _, files := range [][]string{pkg.GoFiles, pkg.IgnoredFiles, pkg.OtherFiles} {
		if len(files) > 0 {
			return filepath.Dir(files[0])
		}
	}
	return ""
}

func packageError(pkg *packages.Package) error {
	first := pkg.Errors[0]
	if first.Pos != "" && first.Pos != "-" {
		return fmt.Errorf("%s: %w", first.Pos, goError(first.Msg))
	}
	return goError(first.Msg)
}

// goError returns what the go command says on one line, without the status and the name of the tool that the packages
// library puts before it.
func goError(text string) error {
	if _, after, ok := strings.Cut(text, "stderr: "); ok && strings.HasPrefix(text, "err: ") {
		text = after
	}
	var parts []string
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		line = excluded.ReplaceAllString(strings.TrimPrefix(line, "go: "), "build constraints exclude all Go files")
		if strings.HasPrefix(line, "# ") {
			continue // the package that the compiler speaks of
		}
		if line != "" && !slices.Contains(parts, line) {
			parts = append(parts, line)
		}
	}
	return errors.New(inStd.ReplaceAllString(strings.Join(parts, " "), "is not in std"))
}

// excluded finds in which directory the go command has found no file to build, which differs between machines.
var excluded = regexp.MustCompile(`build constraints exclude all Go files in .*`)

// inStd finds where the go command has looked for a package of the standard library, which differs between machines.
var inStd = regexp.MustCompile(`is not in std \([^)]*\)`)

// location is a package with its directory.
type location struct{ path, dir string }

// walk goes through the directories that patterns name.
type walk struct {
	tree     *tree
	patterns []pattern
	seen     map[string]bool // directories that have been looked at
	found    []location
	entries  []string // what has been seen, to notice changes
}

// visit looks at the directories that a pattern names. A source that cannot be read to an end is an error, before the
// go command reads it.
func (w *walk) visit(p pattern) error {
	w.patterns = append(w.patterns, p)
	switch {
	case p.root == "":
		return nil
	case !p.wild:
		entries, _ := os.ReadDir(p.root) // what cannot be read is the go command's to report
		return w.folder(p.root, entries)
	}
	// A link as the root is followed, as by the go command; one below it is not.
	root := strings.TrimSuffix(p.root, string(filepath.Separator)) + string(filepath.Separator)
	return filepath.WalkDir(root, func(dir string, entry fs.DirEntry, err error) error {
		dir = filepath.Clean(dir)
		if err != nil || !entry.IsDir() {
			return nil
		}
		if dir != p.root && w.excluded(dir, entry.Name()) {
			return fs.SkipDir
		}
		path := w.tree.pathOf(dir)
		if path == "" || !p.matches(path, dir) {
			return nil
		}
		w.found = append(w.found, location{path, dir})
		if w.seen[dir] {
			return nil
		}
		w.seen[dir] = true
		entries, _ := os.ReadDir(dir)
		return w.folder(dir, entries)
	})
}

// excluded reports whether "..." passes over a directory.
func (w *walk) excluded(dir, name string) bool {
	return name[0] == '.' || name[0] == '_' || name == "testdata" || name == "vendor" || isFile(filepath.Join(dir, "go.mod"))
}

// folder checks the sources of a directory.
func (w *walk) folder(dir string, entries []fs.DirEntry) error {
	for _, entry := range entries {
		w.entries = append(w.entries, filepath.Join(dir, entry.Name()))
		if isSource(entry) && !entry.Type().IsRegular() {
			if err := checkSource(filepath.Join(dir, entry.Name()), entry.Type()); err != nil {
				return err
			}
		}
	}
	return nil
}

// result returns the import paths of what was found, and the wild patterns that match nothing.
func (w *walk) result() (paths, unmatched []string) {
	for _, at := range w.found {
		if w.tree.dirs[at.path] == "" {
			w.tree.dirs[at.path] = at.dir
		}
		paths = append(paths, at.path)
	}
	slices.Sort(paths)
	paths = slices.Compact(paths)
	for _, p := range w.patterns {
		found := func(at location) bool { return p.matches(at.path, at.dir) && hasSource(at.dir) }
		if p.wild && !slices.ContainsFunc(w.found, found) || !p.wild && p.local && !hasSource(p.root) {
			unmatched = append(unmatched, p.text)
		}
	}
	return paths, unmatched
}

// hasSource reports whether a directory has a Go file for any platform.
func hasSource(dir string) bool {
	entries, err := os.ReadDir(dir)
	return err == nil && slices.ContainsFunc(entries, isSource)
}

package load

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/tools/go/packages"

	"github.com/retrygen/retrygen/internal/crew"
)

// tree is what the run knows about where packages lie.
type tree struct {
	dirs    map[string]string // directory of a package of a main module, by import path
	modules []module          // the main modules, longest path first
}

// module is a main module: its packages are checked from source.
type module struct{ path, dir string }

// enumerate lists the directories that the patterns name. The go command, or whatever build system stands in for
// it, says which packages there are; directories whose files this platform leaves out, which it passes over, are
// found by looking.
func enumerate(ctx context.Context, o Options, now platform) (*tree, []string, error) {
	patterns := o.Patterns
	if len(patterns) == 0 {
		patterns = []string{"."}
	}
	loaded, err := packages.Load(&packages.Config{
		Context: ctx, Mode: packages.NeedName | packages.NeedFiles | packages.NeedModule,
		Dir: o.Dir, Env: o.env(), BuildFlags: tagFlag(now.tags),
	}, patterns...)
	if err != nil {
		return nil, nil, err
	}
	t := &tree{dirs: map[string]string{}}
	var paths []string
	for _, pkg := range loaded {
		dir := folderOf(pkg)
		if dir == "" {
			if len(pkg.Errors) > 0 {
				return nil, nil, packageError(pkg)
			}
			continue
		}
		if pkg.Module != nil && pkg.Module.Main {
			t.addModule(module{pkg.Module.Path, pkg.Module.Dir})
		}
		if t.dirs[pkg.PkgPath] == "" {
			t.dirs[pkg.PkgPath] = dir
			paths = append(paths, pkg.PkgPath)
		}
	}
	paths = append(paths, t.look(o.Dir, patterns)...)
	slices.Sort(paths)
	return t, slices.Compact(paths), nil
}

// folderOf gives the directory of a package, "" for one without files.
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
		return fmt.Errorf("%s: %s", first.Pos, first.Msg)
	}
	return errors.New(first.Msg)
}

func (t *tree) addModule(m module) {
	if m.dir == "" || slices.Contains(t.modules, m) {
		return
	}
	t.modules = append(t.modules, m)
	slices.SortFunc(t.modules, func(a, b module) int { return len(b.path) - len(a.path) })
}

// look walks the trees that patterns with "..." span, for directories that the go command passed over.
func (t *tree) look(base string, patterns []string) []string {
	var found []string
	for _, pattern := range patterns {
		prefix, rest, wild := strings.Cut(pattern, "...")
		if !wild || rest != "" {
			continue
		}
		root, ok := t.root(base, prefix)
		if !ok {
			continue
		}
		// An unreadable directory is the go command's to report.
		_ = filepath.WalkDir(root, func(dir string, entry fs.DirEntry, err error) error {
			if err != nil || !entry.IsDir() {
				return nil
			}
			name := entry.Name()
			if dir != root && (name[0] == '.' || name[0] == '_' || name == "testdata" || name == "vendor" || isFile(filepath.Join(dir, "go.mod"))) {
				return fs.SkipDir
			}
			if path := t.pathOf(dir); path != "" && t.dirs[path] == "" {
				t.dirs[path] = dir
				found = append(found, path)
			}
			return nil
		})
	}
	return found
}

// root finds the directory below which a pattern's prefix selects.
func (t *tree) root(base, prefix string) (string, bool) {
	if base == "" {
		base = "."
	}
	if prefix == "" || prefix[0] == '.' || filepath.IsAbs(prefix) {
		if !filepath.IsAbs(prefix) {
			prefix = filepath.Join(base, prefix)
		}
		dir, err := filepath.Abs(prefix)
		if err == nil && len(t.modules) == 0 {
			t.findModule(dir)
		}
		return dir, err == nil
	}
	for _, m := range t.modules {
		if rest, ok := strings.CutPrefix(strings.TrimSuffix(prefix, "/"), m.path); ok && (rest == "" || rest[0] == '/') {
			return filepath.Join(m.dir, filepath.FromSlash(rest)), true
		}
	}
	return "", false
}

// findModule reads the go.mod above a directory: with no package to be listed the go command has named no module.
func (t *tree) findModule(dir string) {
	for ; ; dir = filepath.Dir(dir) {
		if data, err := os.ReadFile(filepath.Join(dir, "go.mod")); err == nil {
			if path := modfile.ModulePath(data); path != "" {
				t.addModule(module{path, dir})
			}
			return
		}
		if dir == filepath.Dir(dir) {
			return
		}
	}
}

// pathOf gives the import path of a directory of a main module, "" for one outside.
func (t *tree) pathOf(dir string) string {
	for _, m := range t.modules {
		rel, err := filepath.Rel(m.dir, dir)
		if err != nil || rel == ".." || strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
			continue
		}
		if rel == "." {
			return m.path
		}
		return m.path + "/" + filepath.ToSlash(rel)
	}
	return ""
}

// dirOf gives the directory of a package of a main module. Anything else, a nested module included, is imported
// through the compiler's export data.
func (t *tree) dirOf(path string) (string, bool) {
	if dir, ok := t.dirs[path]; ok {
		return dir, true
	}
	for _, m := range t.modules {
		rest, ok := strings.CutPrefix(path, m.path)
		if !ok || rest != "" && rest[0] != '/' {
			continue
		}
		dir := m.dir
		for part := range strings.SplitSeq(strings.TrimPrefix(rest, "/"), "/") {
			if part == "" {
				continue
			}
			dir = filepath.Join(dir, part)
			if isFile(filepath.Join(dir, "go.mod")) {
				return "", false
			}
		}
		if info, err := os.Stat(dir); err == nil && info.IsDir() {
			t.dirs[path] = dir
			return dir, true
		}
		return "", false
	}
	return "", false
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

// readFolders reads and parses directories side by side, and gives those that a run has something to do in.
func (r *Run) readFolders(paths []string) ([]*Folder, error) {
	folders := make([]*Folder, len(paths))
	errs := make([]error, len(paths))
	reading := crew.New()
	for i, path := range paths {
		reading.Do(func() {
			folders[i], errs[i] = ReadFolder(r.tree.dirs[path], path)
			if errs[i] == nil && folders[i].concerns() {
				folders[i].Parse(r.fset)
			}
		})
	}
	reading.Wait()
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	for _, f := range folders {
		r.folders[f.Path] = f
	}
	return slices.DeleteFunc(folders, func(f *Folder) bool { return !f.concerns() }), nil
}

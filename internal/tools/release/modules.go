package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
)

// A goModule is a module of the repository.
type goModule struct {
	path     string // its module path
	dir      string // its folder, relative to the root of the repository; "." is the root module's
	root     string // the root of the repository
	released bool   // users install it: it is no example, tool or fixture
	file     *modfile.File
}

// tag returns the git tag of a version of the module.
func (m *goModule) tag(version string) string {
	if m.dir == "." {
		return version
	}
	return filepath.ToSlash(m.dir) + "/" + version
}

// folder returns the path of the module's folder.
func (m *goModule) folder() string { return filepath.Join(m.root, m.dir) }

// find returns the modules below a root, each after the released modules that it requires.
func find(root string) ([]*goModule, error) {
	var modules []*goModule
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && path != root && (entry.Name()[0] == '.' || entry.Name() == "testdata") {
			return fs.SkipDir
		}
		if entry.IsDir() || entry.Name() != "go.mod" {
			return nil
		}
		m, err := read(root, path)
		if err == nil {
			modules = append(modules, m)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return inOrder(modules)
}

func read(root, path string) (*goModule, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	file, err := modfile.Parse(path, data, nil)
	if err != nil {
		return nil, err
	}
	dir, err := filepath.Rel(root, filepath.Dir(path))
	if err != nil {
		return nil, err
	}
	first, _, _ := strings.Cut(filepath.ToSlash(dir), "/")
	return &goModule{
		path: file.Module.Mod.Path, dir: dir, root: root, file: file,
		released: first != "internal" && first != "examples" && !strings.Contains(filepath.ToSlash(dir), "/internal/"),
	}, nil
}

// inOrder sorts modules so that each stands after those it requires.
func inOrder(modules []*goModule) ([]*goModule, error) {
	slices.SortFunc(modules, func(a, b *goModule) int { return strings.Compare(a.path, b.path) })
	var sorted []*goModule
	for len(sorted) < len(modules) {
		before := len(sorted)
		for _, m := range modules {
			missing := func(s *goModule) bool { return !slices.Contains(sorted, s) }
			if missing(m) && !slices.ContainsFunc(m.siblings(modules), missing) {
				sorted = append(sorted, m)
			}
		}
		if len(sorted) == before {
			return nil, fmt.Errorf("the modules require each other in a circle")
		}
	}
	return sorted, nil
}

// siblings returns the modules of the repository that a module requires.
func (m *goModule) siblings(modules []*goModule) []*goModule {
	var list []*goModule
	for _, other := range modules {
		if slices.ContainsFunc(m.file.Require, func(r *modfile.Require) bool { return r.Mod.Path == other.path }) {
			list = append(list, other)
		}
	}
	return list
}

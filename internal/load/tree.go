package load

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
)

// tree is what the run knows about where packages lie.
type tree struct {
	dirs    map[string]string // directory of a package of a main module, by import path
	modules []module          // the main modules, longest path first
}

// module is a main module: its packages are checked from source.
type module struct{ path, dir string }

// newTree finds the main modules of a directory: the modules of the workspace, or the module of the directory. The go
// command names them only along with a package of theirs, and has to read that first.
func newTree(dir string, env []string) *tree {
	t := &tree{dirs: map[string]string{}}
	switch work := variable(env, "GOWORK"); work {
	case "off":
	case "":
		t.addWorkspace(above(dir, "go.work"))
	default:
		t.addWorkspace(work)
	}
	t.addModuleOf(filepath.Dir(above(dir, "go.mod")))
	return t
}

// variable returns the value of an environment variable; a later setting wins, as for the go command.
func variable(env []string, name string) string {
	for _, setting := range slices.Backward(env) {
		if value, ok := strings.CutPrefix(setting, name+"="); ok {
			return value
		}
	}
	return ""
}

// settings returns the environment of the go command, with what "go env -w" has set before what the process has.
func settings(env []string) []string {
	name := variable(env, "GOENV")
	if name == "off" {
		return env
	}
	if name == "" {
		dir, err := os.UserConfigDir()
		if err != nil {
			return env
		}
		name = filepath.Join(dir, "go", "env")
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return env
	}
	return append(strings.Split(string(data), "\n"), env...)
}

// above finds a file in a directory or in one above it.
func above(dir, name string) string {
	for ; ; dir = filepath.Dir(dir) {
		if path := filepath.Join(dir, name); isFile(path) {
			return path
		}
		if dir == filepath.Dir(dir) {
			return ""
		}
	}
}

// addWorkspace adds the modules of a go.work file. What is wrong with it is the go command's to report.
func (t *tree) addWorkspace(path string) {
	data, err := os.ReadFile(path)
	if err != nil {
		return
	}
	work, err := modfile.ParseWork(path, data, nil)
	if err != nil {
		return
	}
	for _, use := range work.Use {
		dir := filepath.FromSlash(use.Path)
		if !filepath.IsAbs(dir) {
			dir = filepath.Join(filepath.Dir(path), dir)
		}
		t.addModuleOf(dir)
	}
}

// addModuleOf adds the module whose go.mod lies in a directory.
func (t *tree) addModuleOf(dir string) {
	data, err := os.ReadFile(filepath.Join(dir, "go.mod"))
	if err != nil {
		return
	}
	if path := modfile.ModulePath(data); path != "" {
		t.addModule(module{path, dir})
	}
}

func (t *tree) addModule(m module) {
	if m.dir == "" || slices.Contains(t.modules, m) {
		return
	}
	t.modules = append(t.modules, m)
	slices.SortFunc(t.modules, func(a, b module) int { return len(b.path) - len(a.path) })
}

// pathOf returns the import path of a directory of a main module, "" for one outside.
func (t *tree) pathOf(dir string) string {
	best, length := "", 0
	for _, m := range t.modules {
		rel, err := filepath.Rel(m.dir, dir)
		if err != nil || rel == ".." || strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
			continue
		}
		path := m.path
		if rel != "." {
			path += "/" + filepath.ToSlash(rel)
		}
		if len(m.dir) > length { // of nested modules the inner one
			best, length = path, len(m.dir)
		}
	}
	return best
}

// dirOf returns the directory of a package of a main module. Anything else, a nested module included, is
// where the go command says.
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

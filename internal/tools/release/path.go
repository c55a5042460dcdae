package main

import (
	"bytes"
	"fmt"
	"go/format"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"

	"golang.org/x/mod/module"
)

// setPath changes the modules' path in every file that git knows, and then in the files generated from them.
func setPath(root string, modules []*goModule, path string) error {
	if err := module.CheckPath(path); err != nil {
		return err
	}
	at := slices.IndexFunc(modules, func(m *goModule) bool { return m.dir == "." })
	if at < 0 {
		return fmt.Errorf("%s holds no module", root)
	}
	names, err := exec.Command("git", "-C", root, "ls-files", "-z").Output()
	if err != nil {
		return fmt.Errorf("listing files: %w", err)
	}
	old := regexp.MustCompile(regexp.QuoteMeta(modules[at].path) + `\b`)
	for name := range bytes.SplitSeq(bytes.TrimRight(names, "\x00"), []byte{0}) {
		if err := rewrite(filepath.Join(root, string(name)), old, path); err != nil {
			return err
		}
	}
	return generate(root, modules)
}

// generate runs retrygen in every module: the path stands in what it writes.
func generate(root string, modules []*goModule) error {
	dir, err := os.MkdirTemp("", "release")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	tool := filepath.Join(dir, "retrygen.exe")
	build := exec.Command("go", "build", "-o", tool, "./cmd/retrygen")
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("building retrygen: %w\n%s", err, out)
	}
	for _, m := range modules {
		cmd := exec.Command(tool, "./...")
		cmd.Dir = m.folder()
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("generating in %s: %w\n%s", m.dir, err, out)
		}
	}
	return nil
}

// rewrite replaces the path in one file. A link's target has a name of its own.
func rewrite(name string, old *regexp.Regexp, path string) error {
	info, err := os.Lstat(name)
	if err != nil || !info.Mode().IsRegular() {
		return err
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	fresh := old.ReplaceAllLiteral(data, []byte(path))
	if bytes.Equal(data, fresh) {
		return nil
	}
	if formatted, err := format.Source(fresh); err == nil && filepath.Ext(name) == ".go" {
		fresh = formatted // the path decides how imports are sorted
	}
	return os.WriteFile(name, fresh, info.Mode().Perm())
}

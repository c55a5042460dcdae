package hostile_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// platforms are what generated code is built for.
var platforms = []string{"linux/amd64", "windows/amd64", "darwin/arm64", "linux/386"}

// goCommand returns the arguments of a go command. All builds have the same flags, so that they share what is cached, also with
// later runs of the test: all errors of a package, and no names of temporary folders.
func goCommand(verb string, args ...string) []string {
	return append([]string{verb, "-trimpath", "-gcflags=-e"}, args...)
}

// vet leaves out where constraints stand: some sources have them as text on purpose.
var vet = goCommand("vet", "-buildtag=false", "./...")

// buildCommand builds the retrygen command.
func buildCommand(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "retrygen")
	if out, err := exec.Command("go", "build", "-o", path, "github.com/retrygen/retrygen/cmd/retrygen").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return path
}

// run runs a command in the module for a platform and returns its output and exit status.
func (m *module) run(platform, name string, args ...string) (output string, status int) {
	m.Helper()
	goos, goarch, _ := strings.Cut(platform, "/")
	cmd := exec.CommandContext(m.Context(), name, args...)
	cmd.Dir = m.dir
	cmd.Env = append(os.Environ(), "GOOS="+goos, "GOARCH="+goarch, "CGO_ENABLED=0")
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		m.Fatal(err)
	}
	return string(out), cmd.ProcessState.ExitCode()
}

// checkSources drops cases that are no legal Go before anything is generated.
func (m *module) checkSources() {
	m.Helper()
	if out, status := m.run(platforms[0], "go", vet...); status != 0 {
		m.drop(m.attribute("the source does not pass go vet", out))
	}
}

// generate runs retrygen until nothing is left to say: what is refused, or ends the whole run, is dropped before the next.
func (m *module) generate() {
	m.Helper()
	for {
		out, status := m.run(platforms[0], m.command, "./...")
		said := m.settle(out)
		m.keep()
		if status == 0 {
			break
		}
		if len(said) == 0 {
			m.Fatalf("retrygen: exit status %d\n%s", status, out)
		}
		m.drop(said)
	}
	for _, c := range m.cases {
		if len(c.refuse) > 0 && m.present(c) {
			c.problem("retrygen does not refuse this", "")
			m.drop([]*hostile{c})
		}
	}
}

// build builds and vets what was generated.
func (m *module) build() {
	m.Helper()
	for i, platform := range platforms {
		if i > 0 && testing.Short() {
			break // others need the standard library compiled for them
		}
		m.attributeFailure(platform, "go", goCommand("build", "./...")...)
	}
	var tags []string
	for _, c := range m.cases {
		if c.tags != "" {
			tags = append(tags, c.tags)
		}
	}
	if len(tags) > 0 {
		m.attributeFailure(platforms[0], "go", goCommand("build", "-tags="+strings.Join(tags, ","), "./...")...)
	}
	m.attributeFailure(platforms[0], "go", vet...)
	if tests := m.tests(); len(tests) > 0 {
		m.attributeFailure(platforms[0], "go", goCommand("test", append([]string{"-vet=off"}, tests...)...)...)
	}
}

// keep notes sources that are no longer what they were.
func (m *module) keep() {
	m.Helper()
	for _, c := range m.cases {
		for _, f := range c.files {
			data, err := os.ReadFile(filepath.Join(m.dir, c.name, filepath.FromSlash(f.Name)))
			if m.present(c) && (err != nil || !bytes.Equal(data, f.Data)) {
				c.problem("retrygen changed the source", " "+f.Name)
			}
		}
	}
}

// has reports whether a path in the module is a file of the case itself.
func (c *hostile) has(m *module, path string) bool {
	return slices.ContainsFunc(c.files, func(f txtar.File) bool {
		return path == filepath.Join(m.dir, c.name, filepath.FromSlash(f.Name))
	})
}

// tests lists the folders of the cases that run their wrappers.
func (m *module) tests() []string {
	var dirs []string
	for _, c := range m.cases {
		if _, err := os.Stat(filepath.Join(m.dir, c.name, "use_test.go")); err == nil {
			dirs = append(dirs, "./"+c.name)
		}
	}
	return dirs
}

// checkStale asks whether other platforms would generate the same. So must a checkout with carriage returns, and a working
// directory that is a link.
func (m *module) checkStale() {
	m.Helper()
	for _, c := range m.cases {
		if strings.Contains(string(c.files[0].Data), "\r\n") {
			m.checkOut(c)
		}
	}
	for _, platform := range []string{"linux/amd64", "windows/amd64", "linux/386"} {
		m.attributeFailure(platform, m.command, "-check", "./...")
	}
	link := filepath.Join(m.TempDir(), "link")
	if err := os.Symlink(m.dir, link); err != nil {
		return // not every system has links
	}
	m.dir = link
	m.attributeFailure(platforms[0], m.command, "-check", "./...")
}

// checkOut writes carriage returns into the generated files of a case, as git does where core.autocrlf says so.
func (m *module) checkOut(c *hostile) {
	m.Helper()
	for _, path := range m.generated(c) {
		data, err := os.ReadFile(path)
		if err != nil {
			m.Fatal(err)
		}
		data = bytes.ReplaceAll(bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n")), []byte("\n"), []byte("\r\n"))
		if err := os.WriteFile(path, data, 0o666); err != nil {
			m.Fatal(err)
		}
	}
}

// attributeFailure runs a command that should pass.
func (m *module) attributeFailure(platform, name string, args ...string) {
	m.Helper()
	if out, status := m.run(platform, name, args...); status != 0 {
		what := fmt.Sprintf("%s: %s %s", platform, filepath.Base(name), args[0])
		if len(m.attribute(what, out)) == 0 {
			m.Errorf("%s: exit status %d\n%s", what, status, out)
		}
	}
}

// drop removes cases from the module: what failed, or is refused, must not hide what comes later.
func (m *module) drop(cases []*hostile) {
	m.Helper()
	for _, c := range cases {
		for _, dir := range []string{c.name, c.alone()} {
			if err := os.RemoveAll(filepath.Join(m.dir, dir)); err != nil {
				m.Fatal(err)
			}
		}
	}
}

// present reports whether a case has not been dropped.
func (m *module) present(c *hostile) bool {
	_, err := os.Stat(filepath.Join(m.dir, c.name))
	return err == nil
}

// generated lists the files that retrygen wrote for a case. It wrote none that was there before.
func (m *module) generated(c *hostile) []string {
	m.Helper()
	var list []string
	err := filepath.WalkDir(filepath.Join(m.dir, c.name), func(path string, _ os.DirEntry, err error) error {
		if strings.Contains(filepath.Base(path), "_retry") && strings.HasSuffix(path, ".go") && !c.has(m, path) {
			list = append(list, path)
		}
		return err
	})
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		m.Fatal(err)
	}
	return list
}

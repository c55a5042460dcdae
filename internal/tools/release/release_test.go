package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/mod/modfile"
)

const root = "../../.."

// TestInstall publishes all modules to a proxy in a folder, and uses each as a user would: alone, in a new
// module that has nothing of this repository but what the proxy serves.
func TestInstall(t *testing.T) {
	p := published(t)
	for _, test := range []struct {
		module, imports string
	}{
		{"/runtime", "/runtime/retry"},
		{"/runtime/retrygrpc", "/runtime/retrygrpc"},
		{"/observe/otel", "/observe/otel"},
		{"/store", "/store"},
		{"/analyzer/golangci", "/analyzer/golangci"},
		{"", "/generator"},
	} {
		t.Run("alone"+test.module, func(t *testing.T) {
			u := p.user(t, "go 1.26.0")
			u.run("go", "get", p.path+test.module+"@"+p.version)
			u.write("main.go", fmt.Sprintf("package main\n\nimport _ %q\n\nfunc main() {}\n", p.path+test.imports))
			u.run("go", "mod", "tidy")
			u.run("go", "build", "./...")
		})
	}
	t.Run("together", func(t *testing.T) {
		u := p.user(t, "go 1.26.0")
		for _, m := range p.modules {
			u.run("go", "get", m+"@"+p.version)
		}
		u.write("main.go", fmt.Sprintf("package main\n\nimport (\n\t_ %q\n\t_ %q\n\t_ %q\n)\n\nfunc main() {}\n",
			p.path+"/store", p.path+"/runtime/retry", p.path+"/generator"))
		u.run("go", "mod", "tidy")
		u.run("go", "build", "./...")
	})
	t.Run("commands", func(t *testing.T) {
		u := p.user(t, "go 1.26.0")
		for _, command := range []string{"retrygen", "retrylint"} {
			u.run("go", "install", p.path+"/cmd/"+command+"@"+p.version)
		}
		u.write("fetch.go", fetch)
		u.run(filepath.Join(u.bin, "retrygen"+exe), "./...")
		u.run("go", "get", p.path+"/runtime@"+p.version)
		u.run("go", "vet", "-vettool="+filepath.Join(u.bin, "retrylint"+exe), "./...")
	})
}

const fetch = `package main

import "context"

//retry:task retries=2 delay=1ms jitter=1
func fetch(ctx context.Context) error { return nil }

func main() {
	if err := fetchWithRetry(context.Background()); err != nil {
		panic(err)
	}
}
`

// TestAdopt adopts retrygen in a module for Go 1.23, as README says. Its go line stays, and it requires the runtime alone.
func TestAdopt(t *testing.T) {
	p := published(t)
	u := p.user(t, "go 1.23")
	u.write("fetch.go", fetch)
	u.write("generate.go", "package main\n\n//go:generate go tool -modfile=tools.mod retrygen ./...\n")
	u.copy("go.mod", "tools.mod")
	u.run("go", "get", "-modfile=tools.mod", "-tool", p.path+"/cmd/retrygen@"+p.version)
	u.run("go", "get", p.path+"/runtime@"+p.version)
	u.run("go", "generate", "./...")
	u.run("go", "mod", "tidy")
	u.run("go", "run", ".")
	u.run("go", "tool", "-modfile=tools.mod", "retrygen", "-check", "./...")

	file, err := modfile.Parse("go.mod", []byte(u.read("go.mod")), nil)
	if err != nil {
		t.Fatal(err)
	}
	if file.Go.Version != "1.23" || file.Toolchain != nil {
		t.Errorf("the go line is %s, toolchain %v; want 1.23 and none", file.Go.Version, file.Toolchain)
	}
	if len(file.Require) != 1 || file.Require[0].Mod.Path != p.path+"/runtime" || len(file.Tool) > 0 {
		t.Errorf("go.mod is\n%s\nwant the runtime alone", u.read("go.mod"))
	}
}

// TestPath changes the path of a copy of the repository, builds it, and compares its generated files.
func TestPath(t *testing.T) {
	if testing.Short() {
		t.Skip("it compiles everything anew")
	}
	dir := copied(t)
	git(t, dir, "init", "-q")
	git(t, dir, "add", "-A")
	modules, err := find(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := setPath(dir, modules, "example.org/again"); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"run", "./cmd/retrygen", "-check", "./..."}, {"run", "./examples/quickstart"}} {
		cmd := exec.Command("go", args...)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("go %s: %v\n%s", strings.Join(args, " "), err, out)
		}
	}
}

// proxy is a module proxy in a folder.
type proxy struct {
	dir, path, version string
	modules            []string // paths
}

// published publishes the modules under a version that their text decides, so that the module cache, which the test
// shares with its user, never holds another text under it.
func published(t *testing.T) *proxy {
	t.Helper()
	work := copied(t)
	modules, err := find(work)
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{dir: t.TempDir(), version: "v0.0.0-test." + digest(t, work)}
	if err := setVersion(modules, p.version); err != nil {
		t.Fatal(err)
	}
	if err := publish(modules, p.version, p.dir); err != nil {
		t.Fatal(err)
	}
	for _, m := range modules {
		if m.dir == "." {
			p.path = m.path
		}
		if m.released {
			p.modules = append(p.modules, m.path)
		}
	}
	return p
}

// copied returns a copy of the repository, without what git ignores.
func copied(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range strings.Split(strings.TrimRight(git(t, root, "ls-files", "-co", "--exclude-standard", "-z"), "\x00"), "\x00") {
		data, err := os.ReadFile(filepath.Join(root, name))
		if os.IsNotExist(err) {
			continue // removed, and not committed yet
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func git(t *testing.T, dir string, args ...string) string {
	t.Helper()
	out, err := exec.Command("git", append([]string{"-C", dir}, args...)...).Output()
	if err != nil {
		t.Fatalf("git %s: %v", strings.Join(args, " "), err)
	}
	return string(out)
}

// digest returns the beginning of a checksum over all files below a folder.
func digest(t *testing.T, dir string) string {
	t.Helper()
	sum := sha256.New()
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		fmt.Fprintf(sum, "%s %d\n", strings.TrimPrefix(path, dir), len(data))
		sum.Write(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return hex.EncodeToString(sum.Sum(nil))[:12]
}

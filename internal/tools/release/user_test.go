package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

var exe = map[bool]string{true: ".exe"}[runtime.GOOS == "windows"]

// user is the module of a user, who gets the modules from a proxy.
type user struct {
	t        *testing.T
	dir, bin string
	env      []string
}

// user makes a new module with a line in its go.mod. What it takes into the module cache is removed afterwards.
func (p *proxy) user(t *testing.T, line string) *user {
	t.Helper()
	u := &user{t: t, dir: t.TempDir(), bin: t.TempDir()}
	settings := goEnv(t, "GOPROXY", "GOMODCACHE", "GONOSUMDB")
	u.env = append(os.Environ(), "GOWORK=off", "GOFLAGS=", "GOBIN="+u.bin, "GOTOOLCHAIN=local",
		"GOPROXY=file://"+filepath.ToSlash(p.dir)+","+settings[0], "GONOSUMDB="+strings.TrimPrefix(settings[2]+","+p.path, ","))
	u.write("go.mod", "module example.com/user\n\n"+line+"\n")
	t.Cleanup(func() { p.forget(settings[1]) })
	return u
}

func goEnv(t *testing.T, names ...string) []string {
	t.Helper()
	out, err := exec.Command("go", append([]string{"env"}, names...)...).Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(string(out), "\n")
}

// forget removes the published modules from a module cache, whose folders are read-only.
func (p *proxy) forget(cache string) {
	for _, path := range p.modules {
		dir := filepath.Join(cache, filepath.FromSlash(path)+"@"+p.version)
		_ = filepath.Walk(dir, func(path string, info os.FileInfo, err error) error {
			if err == nil && info.IsDir() {
				err = os.Chmod(path, 0o777)
			}
			return err
		})
		_ = os.RemoveAll(dir)
		left, _ := filepath.Glob(filepath.Join(cache, "cache", "download", filepath.FromSlash(path), "@v", p.version+".*"))
		for _, name := range left {
			_ = os.Remove(name)
		}
	}
}

func (u *user) write(name, text string) {
	u.t.Helper()
	if err := os.WriteFile(filepath.Join(u.dir, name), []byte(text), 0o666); err != nil {
		u.t.Fatal(err)
	}
}

func (u *user) read(name string) string {
	u.t.Helper()
	data, err := os.ReadFile(filepath.Join(u.dir, name))
	if err != nil {
		u.t.Fatal(err)
	}
	return string(data)
}

func (u *user) copy(from, to string) {
	u.t.Helper()
	u.write(to, u.read(from))
}

// run runs a command in the user's module.
func (u *user) run(name string, args ...string) {
	u.t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir, cmd.Env = u.dir, u.env
	if out, err := cmd.CombinedOutput(); err != nil {
		u.t.Fatalf("%s %s: %v\n%s", filepath.Base(name), strings.Join(args, " "), err, out)
	}
}

package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// module writes a module with one annotated function.
func module(t *testing.T, options string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod": "module example.com/m\n\ngo 1.26\n",
		"m.go":   "package m\n\nimport \"context\"\n\n//retry:task " + options + "\nfunc F(ctx context.Context) error { return nil }\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("GOWORK", "off")
	t.Setenv("GOFLAGS", "-mod=mod")
	return dir
}

func retrygen(t *testing.T, args ...string) (status int, out, errOut string) {
	t.Helper()
	var o, e bytes.Buffer
	status = run(context.Background(), args, &o, &e)
	return status, o.String(), e.String()
}

func TestCheck(t *testing.T) {
	dir := module(t, "retries=2 delay=1")
	if status, out, _ := retrygen(t, "-C", dir, "-check", "./..."); status != 1 || !strings.Contains(out, "+++ m_retry.go (generated)") {
		t.Errorf("-check of a missing file: status %d, output %q", status, out)
	}
	if status, out, _ := retrygen(t, "-C", dir, "-n"); status != 0 || !strings.Contains(out, "-- m_retry.go --") {
		t.Errorf("-n: status %d, output %q", status, out)
	}
	if status, _, errOut := retrygen(t, "-C", dir, "-v", "./..."); status != 0 || errOut != "m_retry.go\n" {
		t.Errorf("-v: status %d, output %q", status, errOut)
	}
	if status, out, _ := retrygen(t, "-C", dir, "-check", "./..."); status != 0 || out != "" {
		t.Errorf("-check of a fresh file: status %d, output %q", status, out)
	}
}

func TestMistake(t *testing.T) {
	dir := module(t, "retires=2")
	status, _, errOut := retrygen(t, "-C", dir, "./...")
	if want := "m.go:5:14: unknown option \"retires\": did you mean \"retries\"?\n"; status != 1 || errOut != want {
		t.Errorf("status %d, output %q; want 1 and %q", status, errOut, want)
	}
	if _, err := os.Stat(filepath.Join(dir, "m_retry.go")); !os.IsNotExist(err) {
		t.Error("a file was written for a package with a mistake")
	}
}

func TestUsage(t *testing.T) {
	for _, args := range [][]string{{"-nonsense"}, {"-check", "-n"}, {"-C", "/no/such/folder"}, {"./no/such/folder"}} {
		if status, _, errOut := retrygen(t, args...); status != 2 || errOut == "" {
			t.Errorf("%v: status %d, output %q; want 2 and what is wrong", args, status, errOut)
		}
	}
}

package load

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/retrygen/retrygen/internal/output"
)

// TestPresent reads the platform from the environment, and from what "go env -w" has written.
func TestPresent(t *testing.T) {
	file := filepath.Join(t.TempDir(), "env")
	if err := os.WriteFile(file, []byte("GOOS=plan9\nGOARCH=386\nGOFLAGS=-mod=mod -tags=b,a\nCGO_ENABLED=0\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		env, tags string
		want      platform
	}{
		{"GOENV=" + file, "", platform{goos: "plan9", goarch: "386", tags: "a,b"}},
		{"GOENV=" + file + " GOOS=linux GOARCH=arm GOFLAGS= CGO_ENABLED=1", "", platform{goos: "linux", goarch: "arm", tags: "a,b", cgo: true}},
		{"GOENV=off GOOS=js GOARCH=wasm GOFLAGS=--tags=c CGO_ENABLED=0", "", platform{goos: "js", goarch: "wasm", tags: "c"}},
		{"GOENV=off GOOS=js GOARCH=wasm GOFLAGS=-tags=c CGO_ENABLED=0", "d,e", platform{goos: "js", goarch: "wasm", tags: "d,e"}},
	} {
		if got := present(c.tags, settings(strings.Fields(c.env))); got != c.want {
			t.Errorf("%s, -tags=%s: %+v, want %+v", c.env, c.tags, got, c.want)
		}
	}
}

// TestPlatforms holds the list of platforms to what the go command can build for.
func TestPlatforms(t *testing.T) {
	out, err := exec.Command("go", "tool", "dist", "list").Output()
	if err != nil {
		t.Fatal(err)
	}
	for name := range strings.FieldsSeq(string(out)) {
		goos, goarch, _ := strings.Cut(name, "/")
		if p := (platform{goos: goos, goarch: goarch}); !p.exists() {
			t.Errorf("%s is missing", name)
		}
		if !output.KnownOS[goos] || !output.KnownArch[goarch] {
			t.Errorf("%s: file names do not know it", name)
		}
	}
}

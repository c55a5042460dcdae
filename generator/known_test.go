package generator

import (
	"os/exec"
	"strings"
	"testing"
)

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
		if !knownOS[goos] || !knownArch[goarch] {
			t.Errorf("%s: file names do not know it", name)
		}
	}
}

func TestTarget(t *testing.T) {
	for name, want := range map[string]string{
		"price.go": "price_retry.go", "conn_linux.go": "conn_retry_linux.go", "conn_linux_amd64.go": "conn_retry_linux_amd64.go",
		"x_test.go": "x_retry_test.go", "conn_windows_test.go": "conn_retry_windows_test.go", "linux.go": "linux_retry.go",
		"a_linux_b.go": "a_linux_b_retry.go", "linux_amd64.go": "linux_retry_amd64.go", "a_unix.go": "a_unix_retry.go",
	} {
		if got := target(name); got != want {
			t.Errorf("target(%q) = %q, want %q", name, got, want)
		}
	}
}

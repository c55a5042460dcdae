package load

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/retrygen/retrygen/internal/output"
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
		if !output.KnownOS[goos] || !output.KnownArch[goarch] {
			t.Errorf("%s: file names do not know it", name)
		}
	}
}

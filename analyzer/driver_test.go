package analyzer_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/retrygen/retrygen/analyzer"
	"github.com/retrygen/retrygen/generator"
	"github.com/retrygen/retrygen/internal/testing/testmodule"
)

// finding is what the real go vet prints about one place.
type finding struct {
	id, file string // relative to the module
	line     int
	message  string
}

// String gives file:line: message, as go vet prints it but for the column.
func (f finding) String() string { return fmt.Sprintf("%s:%d: %s", f.file, f.line, f.message) }

// buildTool builds retrylint.
func buildTool(t *testing.T) string {
	t.Helper()
	tool := filepath.Join(t.TempDir(), "retrylint.exe")
	if out, err := exec.Command("go", "build", "-o", tool, "../cmd/retrylint").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return tool
}

// writeModule writes files into a new module that knows this repository's runtime and the stubs of libraries.
func writeModule(t *testing.T, files []txtar.File) string {
	t.Helper()
	var mod strings.Builder
	stubs, err := txtar.ParseFile("testdata/stubs.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, module := range []struct{ path, version string }{
		{"github.com/cenkalti/backoff/v4", "v4.0.0"}, {"github.com/cenkalti/backoff/v5", "v5.0.0"},
		{"github.com/avast/retry-go/v4", "v4.0.0"}, {"github.com/sethvargo/go-retry", "v0.0.0"},
		{"github.com/hashicorp/go-retryablehttp", "v0.0.0"}, {"github.com/aws/aws-sdk-go-v2", "v0.0.0"}, {"k8s.io/client-go", "v0.0.0"}, {"github.com/google/uuid", "v1.0.0"},
	} {
		fmt.Fprintf(&mod, "\nrequire %s %s\n\nreplace %[1]s => ./stubs/%[1]s\n", module.path, module.version)
		files = append(files, txtar.File{Name: "stubs/" + module.path + "/go.mod", Data: []byte("module " + module.path + "\n\ngo 1.26.0\n")})
	}
	for _, f := range stubs.Files {
		files = append(files, txtar.File{Name: "stubs/" + f.Name, Data: f.Data})
	}
	return testmodule.Write(t, files, mod.String())
}

// generate runs the generator, but for the folders that are about its absence. Mistakes in directives are for the
// analyzer to report.
func generate(t *testing.T, dir string, but ...string) {
	t.Helper()
	result, err := generator.Plan(t.Context(), generator.Options{Dir: dir, Patterns: []string{"./..."}})
	if err != nil {
		t.Fatal(err)
	}
	result.Changes = slices.DeleteFunc(result.Changes, func(c generator.Change) bool {
		return slices.ContainsFunc(but, func(folder string) bool { return strings.Contains(filepath.ToSlash(c.Path), folder) })
	})
	if err := result.Write(); err != nil {
		t.Fatal(err)
	}
}

// vet runs the real go vet with every check switched on.
func vet(t *testing.T, tool, dir string) []finding {
	t.Helper()
	args := []string{"vet", "-vettool=" + tool, "-json"}
	for _, check := range analyzer.Checks() {
		args = append(args, fmt.Sprintf("-%s.%s", check.Analyzer, check.ID))
	}
	cmd := exec.Command("go", append(args, "./...")...)
	cmd.Dir = dir
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go vet: %v\n%s", err, stderr.String())
	}
	return decode(t, out, dir)
}

func decode(t *testing.T, out []byte, dir string) []finding {
	t.Helper()
	var list []finding
	for decoder := json.NewDecoder(bytes.NewReader(out)); decoder.More(); {
		var unit map[string]map[string]json.RawMessage
		if err := decoder.Decode(&unit); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		for _, byAnalyzer := range unit {
			for name, raw := range byAnalyzer {
				var diagnostics []struct{ Category, Posn, Message string }
				if err := json.Unmarshal(raw, &diagnostics); err != nil {
					t.Fatalf("%s: %s", name, raw)
				}
				for _, d := range diagnostics {
					list = append(list, parsePosn(t, dir, d.Category, d.Posn, d.Message))
				}
			}
		}
	}
	slices.SortFunc(list, func(a, b finding) int { return strings.Compare(a.String(), b.String()) })
	return list
}

var posnPattern = regexp.MustCompile(`^(.*):(\d+):\d+$`)

func parsePosn(t *testing.T, dir, id, posn, message string) finding {
	t.Helper()
	match := posnPattern.FindStringSubmatch(posn)
	if match == nil {
		t.Fatalf("position %q of %s", posn, message)
	}
	rel, err := filepath.Rel(dir, match[1])
	if err != nil {
		t.Fatal(err)
	}
	f := finding{id: id, file: filepath.ToSlash(rel), message: message}
	if _, err := fmt.Sscan(match[2], &f.line); err != nil {
		t.Fatal(err)
	}
	return f
}

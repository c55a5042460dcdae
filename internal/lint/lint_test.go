package lint_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/retrygen/retrygen/internal/lint"
)

var update = flag.Bool("update", false, "write docs/checks.md")

// TestDocumentation compares docs/checks.md with the catalogue.
func TestDocumentation(t *testing.T) {
	var page bytes.Buffer
	lint.Markdown(&page)
	name := filepath.Join("..", "..", "docs", "checks.md")
	if *update {
		if err := os.WriteFile(name, page.Bytes(), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile(name); err != nil || !bytes.Equal(got, page.Bytes()) {
		t.Errorf("docs/checks.md is stale (%v); run go test ./internal/lint -update", err)
	}
}

var found = []lint.Finding{{
	Check: "RL105", Place: lint.Place{File: "a/größe.go", Line: 2, Column: 12, EndLine: 2, EndColumn: 16}, Message: "no delay",
	Related: []lint.Related{{Place: lint.Place{File: "/elsewhere/b.go", Line: 1, Column: 1, EndLine: 1, EndColumn: 1}, Message: "here too"}},
	Fixes:   []lint.Fix{{Message: "Add a delay", Edits: []lint.Edit{{File: "a/größe.go", Start: 20, End: 20, New: " delay=1"}}}},
}}

func TestText(t *testing.T) {
	for color, want := range map[bool]string{
		false: "a/größe.go:2:12: RL105: no delay\n\t/elsewhere/b.go:1:1: here too\n",
		true:  "\x1b[1ma/größe.go:2:12\x1b[0m: \x1b[33mRL105\x1b[0m: no delay\n\t\x1b[2m/elsewhere/b.go:1:1: here too\x1b[0m\n",
	} {
		var out bytes.Buffer
		if err := lint.Text(&out, found, color); err != nil || out.String() != want {
			t.Errorf("got %q (%v), want %q", out.String(), err, want)
		}
	}
}

// TestSARIF counts columns in characters and names files by URI.
func TestSARIF(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "a"), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "a", "größe.go"), []byte("package a\nvar größe = 1\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := lint.SARIF(&out, found, dir); err != nil {
		t.Fatal(err)
	}
	type place struct {
		PhysicalLocation struct {
			ArtifactLocation struct{ URI, URIBaseID string }
			Region           struct{ StartLine, StartColumn, EndColumn int }
		}
	}
	var report struct {
		Version string
		Runs    []struct {
			ColumnKind string
			Tool       struct {
				Driver struct{ Rules []struct{ ID string } }
			}
			Results []struct {
				RuleID                      string
				RuleIndex                   int
				Locations, RelatedLocations []place
			}
		}
	}
	if err := json.Unmarshal(out.Bytes(), &report); err != nil {
		t.Fatal(err)
	}
	run := report.Runs[0]
	result := run.Results[0]
	if report.Version != "2.1.0" || run.ColumnKind != "unicodeCodePoints" || run.Tool.Driver.Rules[result.RuleIndex].ID != "RL105" {
		t.Errorf("report %+v", report)
	}
	here := result.Locations[0].PhysicalLocation
	if here.ArtifactLocation.URI != "a/gr%C3%B6%C3%9Fe.go" || here.ArtifactLocation.URIBaseID != "%SRCROOT%" || here.Region.StartColumn != 10 || here.Region.EndColumn != 14 {
		t.Errorf("place %+v; want columns 10 to 14, since ö and ß are one character each", here)
	}
	if there := result.RelatedLocations[0].PhysicalLocation.ArtifactLocation; there.URI != "file:///elsewhere/b.go" || there.URIBaseID != "" {
		t.Errorf("related place %+v", there)
	}
}

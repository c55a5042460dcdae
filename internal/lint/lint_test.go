package lint_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
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

// scanned is what code scanning reads of a report.
type scanned struct {
	Runs []struct {
		Tool    struct{ Driver struct{ Rules []scannedRule } }
		Results []struct {
			RuleID, Level       string
			Message             struct{ Text string }
			PartialFingerprints map[string]string
		}
	}
}

type scannedRule struct {
	ID, Name             string
	FullDescription      struct{ Text string }
	Help                 struct{ Text, Markdown string }
	DefaultConfiguration struct{ Level string }
}

// scan writes findings in a file and returns the report.
func scan(t *testing.T, source string, found []lint.Finding) scanned {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "a.go"), []byte(source), 0o666); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := lint.SARIF(&out, found, dir); err != nil {
		t.Fatal(err)
	}
	var report scanned
	if err := json.Unmarshal(out.Bytes(), &report); err != nil {
		t.Fatal(err)
	}
	return report
}

// TestRules wants of each check what code scanning shows: a name of its own, a description of at most 1024 bytes, and the page.
func TestRules(t *testing.T) {
	names, word := map[string]string{}, regexp.MustCompile(`^[A-Z][A-Za-z0-9]+$`)
	for _, rule := range scan(t, "", nil).Runs[0].Tool.Driver.Rules {
		if other := names[rule.Name]; other != "" || !word.MatchString(rule.Name) {
			t.Errorf("%s is called %q, as is %q", rule.ID, rule.Name, other)
		}
		names[rule.Name] = rule.ID
		if n := len(rule.FullDescription.Text); n == 0 || n > 1024 {
			t.Errorf("%s: the description has %d bytes", rule.ID, n)
		}
		for _, text := range []string{rule.Help.Text, rule.Help.Markdown} {
			if !strings.Contains(text, "package bad") || !strings.Contains(text, "//retry:ignore "+rule.ID) {
				t.Errorf("%s: the help is %q", rule.ID, text)
			}
		}
	}
	if names["RetriesWithoutAnEnd"] != "RL104" {
		t.Errorf("RL104 is not RetriesWithoutAnEnd: %v", names)
	}
}

// at is a finding in a line.
func at(check string, line int) lint.Finding {
	return lint.Finding{Check: check, Message: "m", Place: lint.Place{File: "a.go", Line: line, Column: 1, EndLine: line, EndColumn: 1}}
}

// TestFingerprints checks that fingerprints tell all findings apart, and stay where lines move and are indented.
func TestFingerprints(t *testing.T) {
	prints := func(source string, found ...lint.Finding) (list []string) {
		for _, r := range scan(t, source, found).Runs[0].Results {
			list = append(list, r.PartialFingerprints["primaryLocationLineHash"])
		}
		return list
	}
	before := prints("one()\ntwo()\none()\n", at("RL104", 1), at("RL105", 1), at("RL104", 2), at("RL104", 3))
	after := prints("// new\n\n\tone()\n\n\ttwo()\n\tone()\n", at("RL104", 3), at("RL105", 3), at("RL104", 5), at("RL104", 6))
	if !slices.Equal(before, after) {
		t.Errorf("%q became %q", before, after)
	}
	if slices.Sort(before); len(slices.Compact(before)) != 4 || before[0] == "" {
		t.Errorf("%q are not four", after)
	}
	if lost := prints("one()\n", at("RL104", 9)); lost[0] == "" {
		t.Error("a line that is gone has no fingerprint")
	}
}

// TestLinks checks that messages link to related places, and that nothing else in them becomes a link.
func TestLinks(t *testing.T) {
	f := at("RL301", 1)
	f.Message = "hooks[0](1) retries"
	f.Related = []lint.Related{{Place: f.Place, Message: "Place makes 3 attempts"}, {Place: f.Place, Message: `m[k]\n makes 5`}}
	result := scan(t, "x\n", []lint.Finding{f, at("RL102", 1), at("RL109", 1)}).Runs[0].Results
	want := `hooks\[0\](1) retries; [Place makes 3 attempts](1), [m\[k\]\\n makes 5](2)`
	if got := result[0].Message.Text; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if result[0].Level != "warning" || result[1].Level != "error" || result[2].Level != "note" {
		t.Errorf("levels %q, %q, %q", result[0].Level, result[1].Level, result[2].Level)
	}
}

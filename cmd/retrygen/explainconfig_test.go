package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestExplainExample checks the configuration file of an example.
func TestExplainExample(t *testing.T) {
	status, out, errOut := retrygen(t, "explain", "-C", "../../examples/config", "-config", "app.yaml", "-keys", "retry,overrides.*")
	if status != 0 || errOut != "" || !strings.Contains(out, "overrides.config.client.stock") {
		t.Errorf("status %d, errors %q:\n%s", status, errOut, out)
	}
}

// TestExplainConfigFormats writes what a file has as JSON and as a page, with the findings and links to the lines.
func TestExplainConfigFormats(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "app.yaml"), []byte("http:\n  retry: retries=2 delay=5000\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	const finding = "app.yaml:2:20: RL111: delay=5000: a number without a unit is seconds"
	status, out, errOut := retrygen(t, "explain", "-C", dir, "-config", "app.yaml", "-config", "app.yaml", "-keys", "http.retry", "-json")
	var decoded struct {
		Source   struct{ Command string }
		Linted   bool
		Policies []struct {
			Key, File    string
			Line, Column int
			Findings     []struct{ Check, Position string }
		}
	}
	if err := json.Unmarshal([]byte(out), &decoded); err != nil || status != 1 || !strings.HasPrefix(errOut, finding) {
		t.Fatalf("status %d, %v, %s", status, err, errOut)
	}
	if want := "retrygen explain -config=app.yaml -config=app.yaml -keys=http.retry"; decoded.Source.Command != want {
		t.Errorf("the command is %s, want %s", decoded.Source.Command, want)
	}
	p := decoded.Policies[0]
	if p.Key != "http.retry" || p.Line != 2 || p.Column != 10 || len(p.Findings) != 1 || p.Findings[0].Position != "app.yaml:2:20" {
		t.Errorf("%+v", p)
	}
	page := filepath.Join(dir, "page.html")
	if status, out, errOut := retrygen(t, "explain", "-C", dir, "-config", "app.yaml", "-html", page); status != 1 || out != "" {
		t.Errorf("status %d, output %q, errors %q", status, out, errOut)
	}
	text, err := os.ReadFile(page)
	for _, want := range []string{"<b>http.retry</b>", `href="app.yaml#L2"`, "RL111", "<code>retries=2 delay=1h23m20s</code>"} {
		if err != nil || !strings.Contains(string(text), want) {
			t.Errorf("%v: the page does not have %s", err, want)
		}
	}
}

// TestExplainAssumptions has the values of -set in the command that the report names.
func TestExplainAssumptions(t *testing.T) {
	dir := module(t, "retries=max delay=1")
	source := "package m\n\nvar max, other = 1, 2\n"
	if err := os.WriteFile(filepath.Join(dir, "max.go"), []byte(source), 0o666); err != nil {
		t.Fatal(err)
	}
	status, out, errOut := retrygen(t, "explain", "-C", dir, "-set", "max=3", "-json")
	if status != 0 || !strings.Contains(out, `"command": "retrygen explain -set=max=3"`) {
		t.Errorf("status %d, errors %q\n%s", status, errOut, out)
	}
}

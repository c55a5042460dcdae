package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/retrygen/retrygen/internal/testing/testmodule"
)

// careless has a finding about a policy, one about a loop, and one in a package of its own.
const careless = `
-- pricing/pricing.go --
package pricing

import (
	"context"
	"time"
)

// Fetch hammers.
//
//retry:task retries=4
func Fetch(ctx context.Context) error { return nil }

//retry:task retries=2 delay=1 jitter=1 timeout=1s
func Calm(ctx context.Context) error { return nil }

func Loop(ctx context.Context) (err error) {
	for range 3 {
		if err = Calm(ctx); err == nil {
			return nil
		}
		time.Sleep(time.Second)
	}
	return err
}
`

// pageOf explains a module and returns its page.
func pageOf(t *testing.T, dir string, args ...string) string {
	t.Helper()
	page := filepath.Join(t.TempDir(), "page.html")
	args = append([]string{"explain", "-C", dir, "-html", page}, args...)
	if status, out, errOut := retrygen(t, append(args, "./...")...); status != 0 || out != "" {
		t.Fatalf("status %d, %s%s", status, out, errOut)
	}
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestPageHasFindings shows what the linter says of a policy beside the policy, and the rest in a list.
func TestPageHasFindings(t *testing.T) {
	dir := testmodule.Write(t, txtar.Parse([]byte(careless)).Files, "")
	if status, _, errOut := retrygen(t, "-C", dir, "./..."); status != 0 {
		t.Fatal(errOut)
	}
	page := pageOf(t, dir)
	policies := strings.Split(page, `<details class="policy"`)[1:]
	rest := page[strings.Index(page, `id="findings"`):]
	for i, want := range []string{"RL105", ""} {
		policy, _, _ := strings.Cut(policies[i], "</article>")
		got := strings.Join(regexp.MustCompile(`<b>(RL\d+)</b>`).FindAllString(policy, -1), "")
		if !strings.Contains(got, want) || want == "" && got != "" {
			t.Errorf("policy %d has the findings %q, want %q", i, got, want)
		}
	}
	for _, id := range []string{"RL105", "RL402"} {
		if !strings.Contains(rest, "<b>"+id+"</b>") {
			t.Errorf("%s is not in the list:\n%s", id, rest)
		}
	}
}

// TestPageOfBrokenCode says that the linter could not look, rather than that it found nothing.
func TestPageOfBrokenCode(t *testing.T) {
	files := txtar.Parse([]byte(careless)).Files
	files = append(files, txtar.File{Name: "broken/broken.go", Data: []byte("package broken\n\nvar x int = \"\"\n")})
	page := pageOf(t, testmodule.Write(t, files, ""))
	if !strings.Contains(page, "findings of the linter may be missing: ") || !strings.Contains(page, "broken/broken.go:3:13") {
		t.Error("the page does not say what could not be looked at")
	}
}

// git runs a command in a repository whose commits are always the same.
func git(t *testing.T, dir string, args ...string) string {
	t.Helper()
	settings := []string{"-c", "user.name=n", "-c", "user.email=e@example.com", "-c", "init.defaultBranch=main"}
	cmd := exec.Command("git", append(settings, args...)...)
	cmd.Dir = dir
	const date = "2024-02-29T12:00:00Z"
	cmd.Env = append(os.Environ(), "GIT_AUTHOR_DATE="+date, "GIT_COMMITTER_DATE="+date, "GIT_CONFIG_GLOBAL=/dev/null")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Skipf("git: %v\n%s", err, out)
	}
	return strings.TrimSpace(string(out))
}

// TestPageIsReproducible makes the same page of the same commit wherever it is checked out, and says what it was made from.
func TestPageIsReproducible(t *testing.T) {
	var pages []string
	var last string
	for range 2 {
		dir := testmodule.Write(t, txtar.Parse([]byte(orders)).Files, "")
		git(t, dir, "init", "-q")
		git(t, dir, "add", ".")
		git(t, dir, "commit", "-q", "-m", "first")
		pages = append(pages, pageOf(t, dir, "-source=https://example.com/{file}#L{line}", "-outage=10", "-rate=100", "-capacity=200"))
		last = dir
	}
	if pages[0] != pages[1] {
		t.Error("two checkouts of a commit have different pages")
	}
	for _, want := range []string{
		"Retry policies of example.com/case", git(t, last, "log", "-1", "--format=%H"), "of 2024-02-29",
		"<code>retrygen explain -capacity=200 -outage=10s -rate=100 ./...</code>",
	} {
		if !strings.Contains(pages[1], want) {
			t.Errorf("%s is not in the head", want)
		}
	}
	if strings.Contains(pages[1], "not committed") {
		t.Error("the page speaks of changes")
	}
	if err := os.WriteFile(filepath.Join(last, "new.go"), []byte("package x\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(pageOf(t, last), "with changes that are not committed") {
		t.Error("the page does not speak of changes")
	}
}

// TestJSONSaysWhereFrom has the source of the report, and no findings: only a page looks for them.
func TestJSONSaysWhereFrom(t *testing.T) {
	dir := shop(t)
	_, out, _ := retrygen(t, "explain", "-C", dir, "-json", "./...")
	var decoded struct {
		Source   struct{ Module, Command string }
		Findings []any
		Linted   bool
	}
	if err := json.NewDecoder(bytes.NewReader([]byte(out))).Decode(&decoded); err != nil {
		t.Fatal(err)
	}
	if decoded.Source.Module != "example.com/case" || decoded.Source.Command != "retrygen explain ./..." || decoded.Linted {
		t.Errorf("%+v", decoded)
	}
}

// The same policies as JSON and as a page.
func TestExplainJSONAndHTML(t *testing.T) {
	dir := shop(t)
	status, out, _ := retrygen(t, "explain", "-C", dir, "-json", "./...")
	var decoded struct{ Policies []struct{ Task, File string } }
	if err := json.Unmarshal([]byte(out), &decoded); err != nil || status != 0 {
		t.Fatalf("status %d, %v", status, err)
	}
	if len(decoded.Policies) != 3 || decoded.Policies[0].Task != "orders.Place" {
		t.Errorf("%+v", decoded)
	}
	page := filepath.Join(dir, "docs.html")
	for flags, want := range map[string]string{
		"": `href="orders/orders.go#L11"`,
		"-source=https://example.com/blob/main/{file}#L{line}": `href="https://example.com/blob/main/orders/orders.go#L11"`,
	} {
		args := []string{"explain", "-C", dir, "-html", page, "./..."}
		if flags != "" {
			args = append(args[:5:5], flags, "./...")
		}
		if status, out, errOut := retrygen(t, args...); status != 0 || out != "" || errOut != "" {
			t.Errorf("status %d, output %q, errors %q", status, out, errOut)
		}
		text, err := os.ReadFile(page)
		if err != nil || !bytes.Contains(text, []byte(want)) {
			t.Errorf("%v: the page does not have %s", err, want)
		}
	}
}

// A page goes to where a link leads, and the link stays.
func TestExplainPageThroughLink(t *testing.T) {
	dir := t.TempDir()
	page, link := filepath.Join(dir, "page.html"), filepath.Join(dir, "link.html")
	if err := os.WriteFile(page, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("page.html", link); err != nil {
		t.Skip(err)
	}
	if status, _, errOut := retrygen(t, "explain", "-policy", "retries=1 delay=1", "-html", link); status != 0 {
		t.Fatal(errOut)
	}
	info, err := os.Lstat(link)
	text, _ := os.ReadFile(page)
	if err != nil || info.Mode().IsRegular() || !bytes.HasPrefix(text, []byte("<!DOCTYPE html>")) {
		t.Errorf("the link is %v, %v; the page begins with %.20q", info, err, text)
	}
}

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestChangelog(t *testing.T) {
	date := time.Date(2026, 3, 9, 23, 0, 0, 0, time.UTC)
	for _, test := range []struct{ name, before, version, after, problem string }{
		{
			name: "news", version: "v0.3.0",
			before: "# Changes\n\n## Unreleased\n\nNew:\n\n- This.\n\n## 0.2.0 (2026-01-02)\n\n- That.\n",
			after:  "# Changes\n\n## Unreleased\n\n## 0.3.0 (2026-03-09)\n\nNew:\n\n- This.\n\n## 0.2.0 (2026-01-02)\n\n- That.\n",
		},
		{
			name: "first", version: "v0.1.0",
			before: "# Changes\n\n## Unreleased\n\n- This.\n", after: "# Changes\n\n## Unreleased\n\n## 0.1.0 (2026-03-09)\n\n- This.\n",
		},
		{name: "nothing new", version: "v0.3.0", before: "## Unreleased\n\n## 0.2.0\n\n- That.\n", problem: `says nothing under "## Unreleased"`},
		{name: "no section", version: "v0.3.0", before: "## 0.2.0\n\n- That.\n", problem: `has no line "## Unreleased"`},
		{name: "twice", version: "v0.2.0", before: "## Unreleased\n\n- This.\n\n## 0.2.0\n", problem: "has a section of v0.2.0 already"},
		{name: "no version", version: "0.2", before: "## Unreleased\n\n- This.\n", problem: "0.2 is not a version"},
	} {
		t.Run(test.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "CHANGELOG.md")
			if err := os.WriteFile(path, []byte(test.before), 0o666); err != nil {
				t.Fatal(err)
			}
			err := closeChangelog(path, test.version, date)
			if test.problem != "" {
				if err == nil || !strings.Contains(err.Error(), test.problem) {
					t.Errorf("error %v, want %q", err, test.problem)
				}
				test.after = test.before
			} else if err != nil {
				t.Fatal(err)
			}
			if got, _ := os.ReadFile(path); string(got) != test.after {
				t.Errorf("the file is\n%s\nwant\n%s", got, test.after)
			}
		})
	}
}

// TestTags tags a copy of the repository, which has to be a release.
func TestTags(t *testing.T) {
	dir := copied(t)
	git(t, dir, "init", "-q")
	git(t, dir, "config", "user.name", "a")
	git(t, dir, "config", "user.email", "a@example.com")
	commit := func() {
		git(t, dir, "add", "-A")
		git(t, dir, "commit", "-qm", "all")
	}
	modules, err := find(dir)
	if err != nil {
		t.Fatal(err)
	}
	const version = "v0.0.1-test"
	if err := tagAll(dir, modules, version); err == nil || !strings.Contains(err.Error(), "commit the release first") {
		t.Errorf("before a commit: %v", err)
	}
	commit()
	if err := tagAll(dir, modules, version); err == nil || !strings.Contains(err.Error(), "write the release with: release version "+version) {
		t.Errorf("with replace directives: %v", err)
	}
	if err := setVersion(modules, version); err != nil {
		t.Fatal(err)
	}
	commit()
	if err := tagAll(dir, modules, version); err != nil {
		t.Fatal(err)
	}
	tags := strings.Fields(git(t, dir, "tag"))
	for _, want := range []string{version, "runtime/" + version, "store/" + version, "runtime/retrygrpc/" + version} {
		if !strings.Contains(" "+strings.Join(tags, " ")+" ", " "+want+" ") {
			t.Errorf("tags %v, want %s among them", tags, want)
		}
	}
	if err := tagAll(dir, modules, version); err == nil || !strings.Contains(err.Error(), "there is a tag") {
		t.Errorf("the second time: %v", err)
	}
}

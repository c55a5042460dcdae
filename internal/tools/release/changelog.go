package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/semver"
)

// unreleased is the heading of what is new since the last release.
const unreleased = "## Unreleased\n"

// closeChangelog puts what is new under the heading of a version and its date, and opens a new section above it.
func closeChangelog(path, version string, date time.Time) error {
	if semver.Canonical(version) != version {
		return fmt.Errorf("%s is not a version of the form v1.2.3", version)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	text := string(data)
	before, rest, found := strings.Cut(text, unreleased)
	heading := "## " + strings.TrimPrefix(version, "v")
	switch {
	case !found:
		return fmt.Errorf("%s has no line %q", path, strings.TrimSpace(unreleased))
	case strings.Contains(text, heading+"\n") || strings.Contains(text, heading+" "):
		return fmt.Errorf("%s has a section of %s already", path, version)
	}
	news, older, _ := strings.Cut(rest, "\n## ")
	if strings.TrimSpace(news) == "" {
		return fmt.Errorf("%s says nothing under %q", path, strings.TrimSpace(unreleased))
	}
	closed := before + unreleased + "\n" + heading + " (" + date.Format(time.DateOnly) + ")\n" + strings.TrimRight(news, "\n") + "\n"
	if older != "" {
		closed += "\n## " + older
	}
	return os.WriteFile(path, []byte(closed), 0o666)
}

// tagAll makes the tags of a version, one for each module that users install. The latest commit has to be the release:
// nothing is changed beside it, and its modules require each other in that version.
func tagAll(root string, modules []*goModule, version string) error {
	if out, err := gitOutput(root, "status", "--porcelain"); err != nil || len(out) > 0 {
		return errors.Join(err, fmt.Errorf("commit the release first; git status says:\n%s", out))
	}
	var tags []string
	for _, m := range modules {
		if !m.released {
			continue
		}
		if err := m.releases(modules, version); err != nil {
			return err
		}
		tags = append(tags, m.tag(version))
	}
	for _, tag := range tags {
		if out, err := gitOutput(root, "tag", "--list", tag); err != nil || len(out) > 0 {
			return errors.Join(err, fmt.Errorf("there is a tag %s already", tag))
		}
	}
	for _, tag := range tags {
		if _, err := gitOutput(root, "tag", "-a", "-m", tag, tag); err != nil {
			return err
		}
		fmt.Println(tag)
	}
	return nil
}

// releases reports whether a module's go.mod file is that of a version: it requires its siblings in it and replaces
// nothing.
func (m *goModule) releases(modules []*goModule, version string) error {
	path := filepath.Join(m.folder(), "go.mod")
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	file, err := modfile.Parse(path, data, nil)
	if err != nil {
		return err
	}
	if len(file.Replace) > 0 {
		return fmt.Errorf("%s replaces %s; write the release with: release version %s", path, file.Replace[0].Old.Path, version)
	}
	for _, s := range m.siblings(modules) {
		for _, required := range file.Require {
			if required.Mod.Path == s.path && required.Mod.Version != version {
				return fmt.Errorf("%s requires %s in %s; write the release with: release version %s",
					path, s.path, required.Mod.Version, version)
			}
		}
	}
	return nil
}

// gitOutput runs git in a folder.
func gitOutput(dir string, args ...string) ([]byte, error) {
	out, err := exec.Command("git", append([]string{"-C", dir}, args...)...).Output()
	if err != nil {
		detail := ""
		if exit, ok := errors.AsType[*exec.ExitError](err); ok {
			detail = ": " + string(bytes.TrimSpace(exit.Stderr))
		}
		return nil, fmt.Errorf("git %s: %w%s", args[0], err, detail)
	}
	return out, nil
}

package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"
	"golang.org/x/mod/sumdb/dirhash"
	"golang.org/x/mod/zip"
)

// setVersion has all released modules require each other in one version, and takes out the replace directives that
// serve development. What is not released stays as it is.
func setVersion(modules []*goModule, version string) error {
	if semver.Canonical(version) != version || semver.Build(version) != "" {
		return fmt.Errorf("%s is not a version of the form v1.2.3", version)
	}
	for _, m := range modules {
		if !m.released {
			continue
		}
		siblings := m.siblings(modules)
		for _, s := range siblings {
			if !s.released {
				return fmt.Errorf("%s requires %s, which is not released", m.path, s.path)
			}
		}
		if err := m.require(siblings, version); err != nil {
			return err
		}
		if err := m.sum(siblings, version); err != nil {
			return err
		}
	}
	return nil
}

// require writes the go.mod file of a release.
func (m *goModule) require(siblings []*goModule, version string) error {
	for _, s := range siblings {
		if err := m.file.AddRequire(s.path, version); err != nil {
			return err
		}
		if err := m.file.DropReplace(s.path, ""); err != nil {
			return err
		}
	}
	if len(m.file.Replace) > 0 && m.file.Replace[0].Old.Path != "" {
		return fmt.Errorf("%s replaces %s, which no release can do", m.path, m.file.Replace[0].Old.Path)
	}
	m.file.Cleanup()
	data, err := m.file.Format()
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(m.folder(), "go.mod"), data, 0o666)
}

// sum writes the checksums of the siblings, which have their release's go.mod and go.sum files by now, into go.sum.
func (m *goModule) sum(siblings []*goModule, version string) error {
	path := filepath.Join(m.folder(), "go.sum")
	data, err := os.ReadFile(path)
	if err != nil && !os.IsNotExist(err) {
		return err
	}
	lines := strings.FieldsFunc(string(data), func(r rune) bool { return r == '\n' || r == '\r' })
	for _, s := range siblings {
		lines = slices.DeleteFunc(lines, func(line string) bool { return strings.HasPrefix(line, s.path+" ") })
		sums, err := s.sums(version)
		if err != nil {
			return err
		}
		lines = append(lines, sums...)
	}
	if len(lines) == 0 {
		return nil
	}
	slices.Sort(lines)
	return os.WriteFile(path, []byte(strings.Join(lines, "\n")+"\n"), 0o666)
}

// sums returns the lines of go.sum for a version of the module.
func (m *goModule) sums(version string) ([]string, error) {
	packed, err := m.pack(version)
	if err != nil {
		return nil, err
	}
	file, err := os.CreateTemp("", "module*.zip")
	if err != nil {
		return nil, err
	}
	defer os.Remove(file.Name())
	_, err = file.Write(packed)
	if closed := file.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return nil, err
	}
	whole, err := dirhash.HashZip(file.Name(), dirhash.Hash1)
	if err != nil {
		return nil, err
	}
	mod, err := dirhash.Hash1([]string{"go.mod"}, opener(filepath.Join(m.folder(), "go.mod")))
	if err != nil {
		return nil, err
	}
	return []string{m.path + " " + version + " " + whole, m.path + " " + version + "/go.mod " + mod}, nil
}

// pack returns the module as the go command downloads it.
func (m *goModule) pack(version string) ([]byte, error) {
	var out bytes.Buffer
	if err := zip.CreateFromDir(&out, module.Version{Path: m.path, Version: version}, m.folder()); err != nil {
		return nil, fmt.Errorf("packing %s: %w", m.path, err)
	}
	return out.Bytes(), nil
}

package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"

	"golang.org/x/mod/module"
)

// opener returns a function that opens one file, whatever name it is asked for.
func opener(path string) func(string) (io.ReadCloser, error) {
	return func(string) (io.ReadCloser, error) { return os.Open(path) }
}

// publish packs the released modules into a folder with the layout of a module proxy.
func publish(modules []*goModule, version, dir string) error {
	for _, m := range modules {
		if !m.released {
			continue
		}
		escaped, err := module.EscapePath(m.path)
		if err != nil {
			return err
		}
		packed, err := m.pack(version)
		if err != nil {
			return err
		}
		mod, err := os.ReadFile(filepath.Join(m.folder(), "go.mod"))
		if err != nil {
			return err
		}
		at := filepath.Join(dir, filepath.FromSlash(escaped), "@v")
		if err := os.MkdirAll(at, 0o777); err != nil {
			return err
		}
		for name, data := range map[string][]byte{
			"list":            []byte(version + "\n"),
			version + ".info": fmt.Appendf(nil, "{\"Version\":%q}\n", version),
			version + ".mod":  mod,
			version + ".zip":  packed,
		} {
			if err := os.WriteFile(filepath.Join(at, name), data, 0o666); err != nil {
				return err
			}
		}
	}
	return nil
}

package main

import (
	"os"
	"path/filepath"
	"strings"
)

// rooted makes the copy of a module that has no go.mod the root of one, as the go command does for modules that are older than
// go.mod files. Without it the go command lists no packages there, and does not say so.
func rooted(module, dir string) error {
	name := filepath.Join(dir, "go.mod")
	if _, err := os.Stat(name); err == nil {
		return nil
	}
	path, _, _ := strings.Cut(module, "@")
	return os.WriteFile(name, []byte("module "+path+"\n"), 0o644)
}

// updating is the flag by which the go command takes a go.mod as it should be. That of a module which has come without one says nothing
// of what it needs: what today's versions of that are is not looked up.
func updating(dir string) string {
	text, err := os.ReadFile(filepath.Join(dir, "go.mod"))
	if err == nil && strings.Count(string(text), "\n") == 1 {
		return "-mod=readonly"
	}
	return "-mod=mod"
}

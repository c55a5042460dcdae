package generator

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/rogpeppe/go-internal/diff"
)

// Write makes the changes of the plan. Each file is replaced as a whole: whatever happens, it is either the old one
// or the new one. An error names the file, and the remaining changes are tried all the same.
func (r *Result) Write() error {
	var errs []error
	for _, c := range r.Changes {
		if err := c.write(); err != nil {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

func (c *Change) write() error {
	if c.New == nil {
		if err := os.Remove(c.Path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("removing a generated file whose directives are gone: %w", err)
		}
		return nil
	}
	if err := replace(c.Path, c.New); err != nil {
		return fmt.Errorf("writing %s: %w", c.Path, err)
	}
	return nil
}

// replace writes a file beside its place and then moves it there. The name begins with a dot, so that the go
// command passes over what a killed run leaves behind, until the next one tidies it away.
func replace(path string, data []byte) (err error) {
	tidy(path)
	temp := filepath.Join(filepath.Dir(path), temporary(path, rand.Text()[:8]))
	mode := fs.FileMode(0o666) // before the umask
	file, err := os.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			os.Remove(temp)
		}
	}()
	if info, other := os.Stat(path); other == nil {
		// Keep what the file's owner allows. Where the file system knows no modes there is nothing to keep.
		_ = file.Chmod(info.Mode().Perm())
	}
	_, err = file.Write(data)
	if err == nil {
		err = file.Sync()
	}
	if closed := file.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return err
	}
	return os.Rename(temp, path)
}

// temporary names the file in which the new one for a path begins.
func temporary(path, distinct string) string {
	return "." + filepath.Base(path) + "." + distinct + ".tmp"
}

// tidy removes what killed runs left of a file. One that is a minute old belongs to no run that is still alive.
func tidy(path string) {
	left, err := filepath.Glob(filepath.Join(filepath.Dir(path), temporary(path, "*")))
	if err != nil {
		return // the folder's name holds a pattern that does not parse: what is left there does no harm
	}
	for _, name := range left {
		if info, err := os.Lstat(name); err == nil && info.Mode().IsRegular() && time.Since(info.ModTime()) > time.Minute {
			_ = os.Remove(name) // whoever owns it may remove it
		}
	}
}

// Diff gives the change as a unified diff, its file names relative to a directory where that is shorter.
func (c *Change) Diff(dir string) []byte {
	name := c.Path
	if rel, err := filepath.Rel(dir, c.Path); err == nil {
		name = filepath.ToSlash(rel)
	}
	before, after := name, name+" (generated)"
	if c.Old == nil {
		before = os.DevNull
	}
	if c.New == nil {
		after = os.DevNull
	}
	return diff.Diff(before, c.Old, after, c.New)
}

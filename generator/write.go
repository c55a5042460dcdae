package generator

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/rogpeppe/go-internal/diff"

	"github.com/retrygen/retrygen/internal/output"
	"github.com/retrygen/retrygen/internal/terminal"
)

// Write makes the changes of the plan. Each file is replaced as a whole: whatever happens, it is either the old one
// or the new one. An error names the file, and the remaining changes are tried all the same.
func (r *Result) Write() error { return r.WriteContext(context.Background()) }

// WriteContext is like [Result.Write], and stops between two files when the context is done. The error then says
// which changes have been made. It is nil if all have been.
func (r *Result) WriteContext(ctx context.Context) error {
	r.tidy()
	var errs []error
	for i := range r.Changes {
		if ctx.Err() != nil {
			errs = append(errs, r.interrupted(i))
			break
		}
		if err := r.Changes[i].write(); err != nil {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// tidy removes what killed runs left in the folders of the plan.
func (r *Result) tidy() {
	for _, path := range r.left {
		output.Tidy(path)
	}
	last := ""
	for _, c := range r.Changes {
		if dir := filepath.Dir(c.Path); dir != last {
			output.TidyFolder(dir)
			last = dir
		}
	}
}

// interrupted says which changes have been made.
func (r *Result) interrupted(made int) error {
	if made == 0 {
		return errors.New("interrupted: no file was written; run retrygen again")
	}
	const most = 20
	var names []string
	for _, c := range r.Changes[:min(made, most)] {
		names = append(names, terminal.Printable(c.Path))
	}
	if made > most {
		names = append(names, fmt.Sprintf("and %d more", made-most))
	}
	list := strings.Join(names, ", ")
	return fmt.Errorf("interrupted: %d of %d files were written or removed (%s); run retrygen again", made, len(r.Changes), list)
}

func (c *Change) write() error {
	if c.New == nil {
		if err := output.Remove(c.Path); err != nil {
			return fmt.Errorf("removing a generated file whose directives are gone: %w", err)
		}
		return nil
	}
	const attempts = 10 // a folder may have gone, and be there again by now
	for try := 1; ; try++ {
		err := output.Write(c.Path, c.New)
		switch {
		case err == nil, c.orphaned():
			return nil
		case try == attempts || !errors.Is(err, fs.ErrNotExist):
			return fmt.Errorf("writing %s: %w", c.Path, err)
		}
	}
}

// orphaned reports whether the source of the file has been removed since the plan was made, so that nothing asks for
// the file any more.
func (c *Change) orphaned() bool {
	if c.source == "" {
		return false
	}
	_, err := os.Lstat(c.source)
	return errors.Is(err, fs.ErrNotExist)
}

// Diff returns the change as a unified diff, its file names relative to a directory where that is shorter. Line ends
// do not show in it.
func (c *Change) Diff(dir string) []byte {
	name := c.Path
	if rel, err := filepath.Rel(dir, c.Path); err == nil {
		name = filepath.ToSlash(rel)
	}
	name = terminal.Printable(name)
	before, after := name, name+" (generated)"
	if c.Old == nil {
		before = os.DevNull
	}
	if c.New == nil {
		after = os.DevNull
	}
	return diff.Diff(before, output.Plain(c.Old), after, output.Plain(c.New))
}

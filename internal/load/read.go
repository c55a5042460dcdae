package load

import (
	"errors"
	"slices"

	"github.com/retrygen/retrygen/internal/crew"
)

// readAhead reads and parses the directories of a walk while the go command is being asked. It returns a function that
// waits for it. What cannot be read is left to readFolders.
func (r *Run) readAhead(w *walk) (wait func()) {
	found := slices.Clone(w.found)
	done := make(chan struct{})
	go func() {
		defer close(done)
		reading := crew.New()
		for _, at := range found {
			reading.Do(func() { _, _ = r.readFolder(at) })
		}
		reading.Wait()
	}()
	return func() { <-done }
}

// readFolder reads a directory, once, and parses it if a run has something to do there.
func (r *Run) readFolder(at location) (*Folder, error) {
	r.lock.Lock()
	f := r.folders[at.path]
	r.lock.Unlock()
	if f != nil {
		return f, nil
	}
	f, err := ReadFolder(at.dir, at.path)
	if err != nil {
		return nil, err
	}
	if f.concerns() {
		f.Parse(r.fset)
	}
	r.lock.Lock()
	defer r.lock.Unlock()
	r.folders[at.path] = f
	return f, nil
}

// readFolders reads and parses directories side by side, and returns those that a run has something to do in.
func (r *Run) readFolders(paths []string) ([]*Folder, error) {
	folders := make([]*Folder, len(paths))
	errs := make([]error, len(paths))
	reading := crew.New()
	for i, path := range paths {
		reading.Do(func() { folders[i], errs[i] = r.readFolder(location{path, r.tree.dirs[path]}) })
	}
	reading.Wait()
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	for _, f := range folders {
		r.Left = append(r.Left, f.left...)
	}
	return slices.DeleteFunc(folders, func(f *Folder) bool { return !f.concerns() }), nil
}

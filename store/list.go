package store

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// RunInfo describes a run.
type RunInfo struct {
	Name       string
	Path       string    // of its file
	Records    int       // calls that have succeeded
	Unfinished int       // calls that have not, see [Store.Unfinished]
	Recorded   time.Time // when the last of all these was written, in UTC; zero if there are none
	Size       int64     // of the file in bytes; parts of it may be unused
	Err        error     // why the file cannot be read as a run; then Records, Unfinished and Recorded are zero
}

// Runs returns the runs of the store, ordered by name. It reads all of their files and takes no lock. A run that is open
// is seen as it is at the moment; a large one that is written all the time may not be readable because of that. The
// error is about the directory; an error about a run is in its entry.
func (s *Store) Runs(ctx context.Context) ([]RunInfo, error) {
	files, err := os.ReadDir(s.dir)
	if err != nil {
		return nil, err
	}
	var runs []RunInfo
	for _, f := range files {
		name, ok := runName(f.Name())
		if !ok {
			continue
		}
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		r := RunInfo{Name: name, Path: filepath.Join(s.dir, f.Name())}
		if err := r.read(); !os.IsNotExist(err) { // otherwise it was deleted meanwhile
			r.Err = explain(err, r.Name, r.Path)
			runs = append(runs, r)
		}
	}
	slices.SortFunc(runs, func(a, b RunInfo) int { return strings.Compare(a.Name, b.Name) })
	return runs, nil
}

// read reads the file.
func (r *RunInfo) read() error {
	if info, err := os.Stat(r.Path); err == nil {
		r.Size = info.Size()
	}
	return readFile(r.Path, func(e entry) {
		switch e.kind {
		case succeeded:
			r.Records++
		case unfinished:
			r.Unfinished++
		}
		if e.isCall() && e.Recorded.After(r.Recorded) {
			r.Recorded = e.Recorded
		}
	})
}

// Records returns the records of a run, the oldest first: the calls that have succeeded, with their results. It does not
// open the run. If there is no such run the error is [fs.ErrNotExist].
func (s *Store) Records(ctx context.Context, name string) ([]Record, error) {
	return s.list(ctx, name, succeeded)
}

// Unfinished returns the calls of a run that have no results, the oldest first: their tasks are running, have failed, or
// died with their process. A call is listed once something else of the run has been written after it, or the run has
// been closed. [Store.SetResults] records the results of a task that was done by hand.
func (s *Store) Unfinished(ctx context.Context, name string) ([]Record, error) {
	return s.list(ctx, name, unfinished)
}

func (s *Store) list(ctx context.Context, name string, wanted kind) ([]Record, error) {
	var records []Record
	err := s.do(ctx, name, func(path string) error {
		return readFile(path, func(e entry) {
			if e.kind == wanted {
				records = append(records, e.Record)
			}
		})
	})
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(records, func(a, b Record) int { return a.Recorded.Compare(b.Recorded) })
	return records, nil
}

// Record returns what a run has of a call, which may be unfinished. If it has nothing, or if there is no such run, the
// error is [fs.ErrNotExist].
func (s *Store) Record(ctx context.Context, name string, key [32]byte) (Record, error) {
	var found *Record
	err := s.do(ctx, name, func(path string) error {
		err := readFile(path, func(e entry) {
			if e.Key == key && e.isCall() {
				found = &e.Record
			}
		})
		if err == nil && found == nil {
			err = noRecord(key)
		}
		return err
	})
	if err != nil {
		return Record{}, err
	}
	return *found, nil
}

// readFile visits the entries of a run's file.
func readFile(path string, visit func(entry)) error {
	if err := checkFile(path); err != nil {
		return err
	}
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	return verifyFile(file, visit)
}

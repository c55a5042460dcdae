package store

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// RunInfo tells of a run.
type RunInfo struct {
	Name     string
	Path     string    // of its file
	Records  int       // how many there are
	Recorded time.Time // when the last was recorded, in UTC; zero without any
	Size     int64     // of the file in bytes; parts of it may be unused
	Err      error     // why the file cannot be read as a run's; then Records and Recorded are zero
}

// Runs gives the runs of the store, in the order of their names. It reads all of their files, and takes no lock: runs
// that are open are seen as they are at the moment; a large one that is written all the time may not be readable for
// it. An error is that of the directory; one of a run is in its entry.
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
		if err := r.read(); !os.IsNotExist(err) { // it was deleted meanwhile
			r.Err = explain(err, r.Name, r.Path)
			runs = append(runs, r)
		}
	}
	slices.SortFunc(runs, func(a, b RunInfo) int { return bytes.Compare([]byte(a.Name), []byte(b.Name)) })
	return runs, nil
}

// read looks into the file.
func (r *RunInfo) read() error {
	info, err := os.Stat(r.Path)
	if err != nil {
		return err
	}
	r.Size = info.Size()
	return readFile(r.Path, func(record Record) {
		r.Records++
		if record.Recorded.After(r.Recorded) {
			r.Recorded = record.Recorded
		}
	})
}

// Records gives the records of a run, the oldest first, without opening it. One that there is not is [fs.ErrNotExist].
func (s *Store) Records(ctx context.Context, name string) ([]Record, error) {
	path, err := s.path(name)
	if err != nil {
		return nil, err
	}
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	var records []Record
	if err := readFile(path, func(r Record) { records = append(records, r) }); err != nil {
		return nil, explain(err, name, path)
	}
	slices.SortStableFunc(records, func(a, b Record) int { return a.Recorded.Compare(b.Recorded) })
	return records, nil
}

// readFile visits the records of a run's file.
func readFile(path string, visit func(Record)) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return foreign("it is no regular file") // to open a pipe might take for ever
	}
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	return verifyFile(file, visit)
}

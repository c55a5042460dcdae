package store

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"
)

// errMoved means that a file was deleted, or another put in its place, before it was locked.
var errMoved = errors.New("the file was deleted")

// atOnce has bbolt not wait for a lock: it tries once.
const atOnce = time.Nanosecond

// openFile opens a run's file, reads all of it, and keeps it locked.
func openFile(path string) (*run, error) {
	r := &run{}
	err := r.open(path, func(path string, flag int, mode os.FileMode) (*os.File, error) {
		file, err := os.OpenFile(path, flag&^os.O_CREATE, mode)
		if err != nil {
			return nil, err
		}
		if err := verifyFile(file, nil); err != nil {
			return nil, errors.Join(err, file.Close())
		}
		return file, nil
	})
	if err != nil {
		return nil, err
	}
	here, err := os.Stat(path)
	opened, openedErr := r.file.Stat()
	if err != nil || openedErr != nil || !os.SameFile(here, opened) {
		return nil, errors.Join(errMoved, r.close())
	}
	return r, nil
}

// open has bbolt open a file and lock it.
func (r *run) open(path string, open func(string, int, os.FileMode) (*os.File, error)) error {
	err := r.guarded(func() (err error) {
		r.db, err = bbolt.Open(path, 0o600, &bbolt.Options{
			Timeout: atOnce,
			OpenFile: func(path string, flag int, mode os.FileMode) (*os.File, error) {
				r.file, err = open(path, flag, mode)
				return r.file, err
			},
		})
		return err
	})
	switch {
	case errors.Is(err, bolterrors.ErrTimeout) || errors.Is(err, errBusy):
		return ErrRunHeld
	case r.broken() != nil:
		return errors.Join(err, r.close())
	}
	return err
}

func verifyFile(file *os.File, visit func(Record)) error {
	info, err := file.Stat()
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return foreign("it is no regular file")
	}
	return verify(file, func() (int64, error) {
		info, err := file.Stat()
		if err != nil {
			return 0, err
		}
		return info.Size(), nil
	}, visit)
}

// createFile makes a run's file and keeps it locked. It is made under another name and then linked, whole and locked
// already, so that none is ever seen in the making, and one that was made meanwhile stays.
func createFile(path string) (*run, error) {
	file, err := os.CreateTemp(filepath.Dir(path), making(path)+"*") // with mode 0600
	if err != nil {
		return nil, err
	}
	r := &run{making: file.Name()}
	if err := file.Close(); err != nil {
		return nil, errors.Join(err, r.tidy())
	}
	if err := r.open(r.making, os.OpenFile); err != nil {
		return nil, errors.Join(err, r.tidy())
	}
	if err = r.begin(); err == nil {
		err = os.Link(r.making, path)
	}
	if errors.Is(err, fs.ErrExist) || errors.Is(err, fs.ErrNotExist) {
		err = errMoved
	}
	if err == nil {
		err = syncDirectory(filepath.Dir(path))
	}
	if err != nil {
		return nil, errors.Join(err, r.close(), r.tidy())
	}
	clearMaking(path)
	return r, nil
}

// making gives how the names of files begin that are being made to become a run's.
func making(path string) string { return ".new-" + filepath.Base(path) + "." }

// clearMaking removes what creations of a run's file left that were killed. One that is under way fails to link, finds
// the run's file and reports that it is held. What cannot be removed does no harm.
func clearMaking(path string) {
	list, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		return
	}
	for _, e := range list {
		if strings.HasPrefix(e.Name(), making(path)) {
			_ = os.Remove(filepath.Join(filepath.Dir(path), e.Name())) // it does no harm
		}
	}
}

// makeDirectory makes a directory that lasts, and those above it.
func makeDirectory(dir string) error {
	if isDirectory(dir) {
		return nil
	}
	above := filepath.Dir(dir)
	if above != dir {
		if err := makeDirectory(above); err != nil {
			return err
		}
	}
	if err := os.Mkdir(dir, 0o700); err != nil && !isDirectory(dir) {
		return err
	}
	return syncDirectory(above)
}

func isDirectory(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// syncDirectory has the disk keep the names in a directory.
func syncDirectory(dir string) error {
	if runtime.GOOS == "windows" {
		return nil // directories cannot be opened there
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// deleteFile removes a run's file while it holds it.
func deleteFile(path string) error {
	for {
		r, err := openFile(path)
		if errors.Is(err, errMoved) {
			continue
		}
		if err != nil {
			return err
		}
		clearMaking(path)
		if runtime.GOOS == "windows" { // a file that is open cannot be removed there, whoever has it open
			return errors.Join(r.close(), os.Remove(path))
		}
		return errors.Join(os.Remove(path), syncDirectory(filepath.Dir(path)), r.close())
	}
}

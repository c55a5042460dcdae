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

// errMoved means that a file was deleted, or replaced by another, before it was locked.
var errMoved = errors.New("the file was deleted or replaced")

// atOnce makes bbolt try once to get a lock, without a wait.
const atOnce = time.Nanosecond

// checkFile returns an error if a path is not a regular file, or a link to one. It must not be opened then: to open a
// pipe may take for ever. The error is fs.ErrNotExist only if nothing at all has that name.
func checkFile(path string) error {
	info, err := os.Lstat(path)
	if err != nil {
		return err
	}
	if info.Mode()&fs.ModeSymlink != 0 {
		info, err = os.Stat(path)
		if errors.Is(err, fs.ErrPermission) {
			return err
		}
		if err != nil {
			return foreign("it is a link that cannot be followed: %v", err)
		}
	}
	return checkRegular(info)
}

func checkRegular(info fs.FileInfo) error {
	switch mode := info.Mode(); {
	case mode.IsRegular():
		return nil
	case mode.IsDir():
		return foreign("it is a directory")
	case mode&fs.ModeNamedPipe != 0:
		return foreign("it is a named pipe")
	case mode&fs.ModeSocket != 0:
		return foreign("it is a socket")
	case mode&fs.ModeDevice != 0:
		return foreign("it is a device")
	}
	return foreign("it is not a regular file")
}

// openFile opens a run's file, reads all of it, and keeps it locked.
func openFile(path string) (*run, error) {
	if err := checkFile(path); err != nil {
		return nil, err
	}
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
	if err := r.checkPlace(path); err != nil {
		return nil, errors.Join(err, r.close())
	}
	return r, nil
}

// checkPlace returns errMoved if the path does not lead to the opened file any more.
func (r *run) checkPlace(path string) error {
	opened, err := r.file.Stat()
	if err != nil {
		return err
	}
	now, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) || err == nil && !os.SameFile(now, opened) {
		return errMoved
	}
	return err
}

// open makes bbolt open a file and lock it.
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

func verifyFile(file *os.File, visit func(entry)) error {
	info, err := file.Stat()
	if err != nil {
		return err
	}
	if err := checkRegular(info); err != nil {
		return err
	}
	return verify(file, func() (int64, error) {
		info, err := file.Stat()
		if err != nil {
			return 0, err
		}
		return info.Size(), nil
	}, visit)
}

// createFile makes a run's file and keeps it locked. The file is made under another name and linked when it is complete
// and locked, so that an incomplete one is never seen, and one that was made meanwhile stays.
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

// making returns how the names of files begin that are being made for a run.
func making(path string) string { return ".new-" + filepath.Base(path) + "." }

// clearMaking removes what processes left that were killed while they made a run's file. One that is still making it
// fails to link, finds the run's file and reports that it is held. What cannot be removed does no harm.
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

// makeDirectory makes a directory that survives a power failure, and its parents.
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

// syncDirectory returns when the disk has the names in a directory.
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

// deleteFile removes a run's file while it is locked.
func deleteFile(path string) error {
	r, err := openFile(path)
	if err != nil {
		return err
	}
	clearMaking(path)
	if runtime.GOOS == "windows" { // a file that is open cannot be removed there
		return errors.Join(r.close(), os.Remove(path))
	}
	return errors.Join(os.Remove(path), syncDirectory(filepath.Dir(path)), r.close())
}

// retryMoved calls a function again if its file was deleted or replaced meanwhile. This can happen a few times.
func retryMoved(f func() error) error {
	var err error
	for range tries {
		if err = f(); !errors.Is(err, errMoved) {
			break
		}
	}
	return err
}

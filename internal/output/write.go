package output

import (
	"crypto/rand"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

// Write replaces a file as a whole: whatever happens, it is either the old one or the new one. The new one begins as a
// temporary file beside it, whose name begins with a dot, so that the go command passes over it. A killed process
// leaves it behind; [Tidy] removes it.
func Write(path string, data []byte) error {
	const attempts = 10 // a folder that is removed and made again takes the temporary file with it
	err := write(path, data)
	for try := 1; try < attempts && errors.Is(err, fs.ErrNotExist); try++ {
		if _, gone := os.Stat(filepath.Dir(path)); gone != nil {
			break
		}
		err = write(path, data)
	}
	return err
}

func write(path string, data []byte) error {
	file, err := temporary(filepath.Dir(path))
	if err != nil {
		return err
	}
	if err := fill(file, path, data); err != nil {
		file.Close()
		os.Remove(file.Name())
		return err
	}
	return nil
}

// fill writes a temporary file and moves it to its place.
func fill(file *os.File, path string, data []byte) error {
	if info, err := os.Stat(path); err == nil {
		// Keep what the file's owner allows. Where the file system knows no modes there is nothing to keep.
		_ = file.Chmod(info.Mode().Perm())
	}
	if _, err := file.Write(data); err != nil {
		return err
	}
	if err := file.Sync(); err != nil {
		return err
	}
	if locks {
		// The lock ends when the file is closed, so it is moved first.
		if err := os.Rename(file.Name(), path); err != nil {
			return err
		}
		return file.Close()
	}
	if err := file.Close(); err != nil {
		return err
	}
	return os.Rename(file.Name(), path)
}

// temporary creates a temporary file that no [Tidy] removes while it is open.
func temporary(dir string) (*os.File, error) {
	const attempts = 100
	for try := 0; ; try++ {
		name := filepath.Join(dir, ".retrygen-"+rand.Text()+".tmp")
		file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666) // before the umask
		if err != nil {
			return nil, err
		}
		if !locks || lock(file) != locked && still(file) {
			return file, nil
		}
		file.Close() // another process took it for a leftover before it was locked
		if try == attempts {
			return nil, errors.New("temporary files disappear from " + dir)
		}
	}
}

// still reports whether an open file still has its name.
func still(file *os.File) bool {
	open, err := file.Stat()
	if err != nil {
		return false
	}
	named, err := os.Lstat(file.Name())
	return err == nil && os.SameFile(open, named)
}

var temporaryName = regexp.MustCompile(`^\.retrygen-[A-Z2-7]{26}\.tmp$`)

// Temporary reports whether a file of this name is a temporary file of [Write].
func Temporary(name string) bool {
	return strings.HasPrefix(name, ".retrygen-") && temporaryName.MatchString(name)
}

// Tidy removes a temporary file that a killed process left behind. It leaves one that a living process is writing.
func Tidy(path string) {
	info, err := os.Lstat(path)
	if err != nil || !info.Mode().IsRegular() {
		return
	}
	state := unknown
	if locks {
		file, err := os.Open(path)
		if err != nil {
			return
		}
		defer file.Close()
		state = lock(file)
	}
	if state == free || state == unknown && time.Since(info.ModTime()) > time.Minute {
		_ = os.Remove(path) // where it cannot be removed it does no harm
	}
}

// TidyFolder calls [Tidy] for each temporary file in a folder.
func TidyFolder(dir string) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return // reading or writing there reports it
	}
	for _, entry := range entries {
		if Temporary(entry.Name()) {
			Tidy(filepath.Join(dir, entry.Name()))
		}
	}
}

// Remove removes a file that may be gone already.
func Remove(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// lockState says who holds the lock of a file.
type lockState int

const (
	unknown lockState = iota // the file system has no locks
	free                     // this process, now
	locked                   // another process
)

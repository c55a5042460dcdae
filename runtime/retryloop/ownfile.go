package retryloop

import (
	"errors"
	"io"
	"os"
)

// ownFile is a file with a position of its own, which other readers of the file do not move. It has no method SyscallConn:
// package net would send the file from the position that is shared.
type ownFile struct {
	file *os.File
	at   int64
}

// Name returns the file's name.
func (f *ownFile) Name() string { return f.file.Name() }

// Stat describes the file.
func (f *ownFile) Stat() (os.FileInfo, error) { return f.file.Stat() }

// Close closes the file.
func (f *ownFile) Close() error { return f.file.Close() }

// ReadAt reads from anywhere.
func (f *ownFile) ReadAt(p []byte, at int64) (int, error) { return f.file.ReadAt(p, at) }

// Read reads from the position.
func (f *ownFile) Read(p []byte) (int, error) {
	n, err := f.file.ReadAt(p, f.at)
	f.at += int64(n)
	if n > 0 && err == io.EOF {
		err = nil // A file returns it with the next read.
	}
	return n, err
}

var (
	errWhence   = errors.New("retry: invalid whence")
	errNegative = errors.New("retry: negative position")
)

// Seek moves the position.
func (f *ownFile) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekStart:
	case io.SeekCurrent:
		offset += f.at
	case io.SeekEnd:
		end, err := f.file.Seek(0, io.SeekEnd)
		if err != nil {
			return 0, err
		}
		offset += end
	default:
		return 0, errWhence
	}
	if offset < 0 {
		return 0, errNegative
	}
	f.at = offset
	return offset, nil
}

// WriteTo copies the rest.
func (f *ownFile) WriteTo(w io.Writer) (int64, error) {
	return io.Copy(w, struct{ io.Reader }{f})
}

// Write writes at the position, or at the end of a file that was opened to append.
func (f *ownFile) Write(p []byte) (int, error) {
	if _, err := f.file.Seek(f.at, io.SeekStart); err != nil {
		return 0, err
	}
	n, err := f.file.Write(p)
	at, seekErr := f.file.Seek(0, io.SeekCurrent)
	if seekErr == nil {
		f.at = at
	}
	if err == nil {
		err = seekErr
	}
	return n, err
}

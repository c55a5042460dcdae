//go:build darwin || dragonfly || freebsd || illumos || linux || netbsd || openbsd

package output

import (
	"errors"
	"os"
	"syscall"
)

// locks reports that a process can lock a file, and that the lock ends with the process.
const locks = true

// lock takes the lock of an open file unless another process holds it.
func lock(file *os.File) lockState {
	switch err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); {
	case err == nil:
		return free
	case errors.Is(err, syscall.EWOULDBLOCK):
		return locked
	}
	return unknown
}

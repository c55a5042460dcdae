//go:build linux || darwin

package store_test

import (
	"syscall"
	"testing"
)

func mkfifo(path string) error { return syscall.Mkfifo(path, 0o600) }

// device makes the device that /dev/null is on Linux.
func device(_ *testing.T, path string) error {
	return syscall.Mknod(path, syscall.S_IFCHR|0o600, 1<<8|3)
}

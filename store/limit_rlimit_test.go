//go:build linux || darwin

package store_test

import (
	"os/signal"
	"strconv"
	"syscall"
)

// limit bounds the size of this process's files, so that writing fails as on a full disk; "" is no bound.
func limit(bytes string) error {
	if bytes == "" {
		return nil
	}
	n, err := strconv.ParseUint(bytes, 10, 63)
	if err != nil {
		return err
	}
	signal.Ignore(syscall.SIGXFSZ)
	return syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: n, Max: n})
}

const limits = true

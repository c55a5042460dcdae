//go:build !linux && !darwin

package store_test

import (
	"errors"
	"testing"
)

func mkfifo(string) error { return errors.ErrUnsupported }

func device(*testing.T, string) error { return errors.ErrUnsupported }

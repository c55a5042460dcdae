//go:build !linux

package store_test

import (
	"os"
	"testing"
)

// asNobody calls a function as a user whom the modes of files bind, which root is not.
func asNobody(t *testing.T, _ string, f func()) {
	t.Helper()
	if os.Geteuid() <= 0 {
		t.Skip("modes do not bind this user")
	}
	f()
}

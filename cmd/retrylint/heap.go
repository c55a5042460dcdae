package main

import (
	"os"
	"runtime"
	"runtime/debug"
)

// delayCollection lets the heap grow to 48 MB before garbage is collected for the first time. go vet runs a process for each
// package, and most of them end before. After that it is collected somewhat more often than in other programs, for large packages
// need more memory here than with go vet's own checks.
func delayCollection() {
	if os.Getenv("GOGC") != "" {
		return
	}
	const percent = 1200 // of the 4 MB that a heap has at least
	debug.SetGCPercent(percent)
	runtime.SetFinalizer(new([16]byte), func(*[16]byte) { debug.SetGCPercent(60) })
}

package main

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

// collectSeldom makes the garbage collector run less often as long as little memory is in use: a run is short, and allocates
// little more than it keeps. It first runs when the heap has some size. The limit grows with what is kept, so that a very
// large module does not fight it.
func collectSeldom() {
	const usual = 250 << 20
	const first = 100 << 20
	percent := 200
	if len(os.Args) > 1 && os.Args[1] == "explain" {
		percent = 75 // it keeps whole functions
	}
	const least = 4 << 20 // the size of the heap at which the collector first runs with 100 percent
	debug.SetGCPercent(100 * first / least)
	runtime.SetFinalizer(new([64]byte), func(*[64]byte) { debug.SetGCPercent(percent) })
	debug.SetMemoryLimit(usual)
	live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	go func() {
		for range time.Tick(100 * time.Millisecond) {
			if metrics.Read(live); live[0].Value.Uint64() > usual*7/8 {
				debug.SetMemoryLimit(int64(live[0].Value.Uint64()) * 4 / 3)
			}
		}
	}()
}

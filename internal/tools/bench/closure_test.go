package bench

import (
	"context"
	"testing"
)

// BenchmarkBlock measures a first attempt that succeeds of a block that captures a variable.
func BenchmarkBlock(b *testing.B) {
	ctx, cancel := context.WithCancel(b.Context())
	defer cancel()
	failures = 0
	for _, way := range blocks {
		b.Run(way.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := way.call(ctx, "GOLD"); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// TestBlockAllocations holds a block to what it allocates itself: nothing, since it does not outlive the call.
func TestBlockAllocations(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	for _, way := range blocks {
		got := testing.AllocsPerRun(1000, func() {
			failures = 0
			_, _ = way.call(ctx, "GOLD")
		})
		if got != 0 {
			t.Errorf("%s: a first attempt that succeeds allocates %v times", way.name, got)
		}
	}
}

package store_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/retrygen/retrygen/runtime/retry"
	"github.com/retrygen/retrygen/store"
)

// BenchmarkRecord records results of 200 bytes, by one goroutine and by a hundred.
func BenchmarkRecord(b *testing.B) {
	for _, goroutines := range []int{1, 100} {
		b.Run(fmt.Sprint(goroutines), func(b *testing.B) {
			run := benchRun(b)
			var next atomic.Int64
			var group sync.WaitGroup
			b.ResetTimer()
			for range goroutines {
				group.Go(func() {
					for n := next.Add(1); n <= int64(b.N); n = next.Add(1) {
						if err := run.Record(b.Context(), call(int(n)), make([]byte, 200)); err != nil {
							b.Error(err)
						}
					}
				})
			}
			group.Wait()
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "records/s")
		})
	}
}

// BenchmarkLookup finds one of 10,000 records.
func BenchmarkLookup(b *testing.B) {
	run := benchRun(b)
	fill10000(b, run)
	for n := 0; b.Loop(); n++ {
		if _, found, err := run.Lookup(b.Context(), call(n%10000)); err != nil || !found {
			b.Fatal(err)
		}
	}
}

// plain is a store whose runs keep no progress.
type plain struct{ retry.Store }

func (p plain) Open(ctx context.Context, name string) (retry.Run, error) {
	r, err := p.Store.Open(ctx, name)
	return struct{ retry.Run }{r}, err
}

// BenchmarkFlow calls a flow whose one task is found in the store, with and without the count of its attempts.
func BenchmarkFlow(b *testing.B) {
	s, err := store.Open(b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	for name, s := range map[string]retry.Store{"counted": s, "plain": plain{s}} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := failingWithRetry(retry.WithRun(b.Context(), s, "bench"), []string{"east"}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkOpen opens a run of 10,000 records, all of which it reads.
func BenchmarkOpen(b *testing.B) {
	s, err := store.Open(b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	run, err := s.Open(b.Context(), "bench")
	if err != nil {
		b.Fatal(err)
	}
	fill10000(b, run)
	for b.Loop() {
		if err := run.Close(); err != nil {
			b.Fatal(err)
		}
		if run, err = s.Open(b.Context(), "bench"); err != nil {
			b.Fatal(err)
		}
	}
	if err := run.Close(); err != nil {
		b.Fatal(err)
	}
}

func benchRun(b *testing.B) retry.Run {
	b.Helper()
	s, err := store.Open(b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	run, err := s.Open(b.Context(), "bench")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := run.Close(); err != nil {
			b.Error(err)
		}
	})
	return run
}

func fill10000(b *testing.B, run retry.Run) {
	b.Helper()
	var group sync.WaitGroup
	for first := range 100 {
		group.Go(func() {
			for n := first; n < 10000; n += 100 {
				if err := run.Record(b.Context(), call(n), make([]byte, 200)); err != nil {
					b.Error(err)
				}
			}
		})
	}
	group.Wait()
}

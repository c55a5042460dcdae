package retryloop_test

import (
	"context"
	"testing"
	"time"

	"github.com/retrygen/retrygen/runtime/retryloop"
)

func BenchmarkTimeout(b *testing.B) {
	parent, cancel := context.WithCancel(context.Background())
	defer cancel()
	b.Run("context.WithTimeout", func(b *testing.B) {
		b.ReportAllocs()
		for range b.N {
			_, cancel := context.WithTimeout(parent, time.Minute)
			cancel()
		}
	})
	b.Run("WithTimeout", func(b *testing.B) {
		b.ReportAllocs()
		for range b.N {
			retryloop.WithTimeout(parent, time.Minute).Release()
		}
	})
	b.Run("held", func(b *testing.B) {
		b.ReportAllocs()
		for range b.N {
			attempt := retryloop.WithTimeout(parent, time.Minute)
			end := attempt.Hold()
			attempt.Release()
			end()
		}
	})
}

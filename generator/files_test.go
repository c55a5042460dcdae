package generator

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// BenchmarkFiles generates for one package with many files. The time for each file does not depend on how many there are.
func BenchmarkFiles(b *testing.B) {
	for _, n := range []int{500, 2000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			dir := manyFiles(b, n)
			for b.Loop() {
				plan, err := Plan(b.Context(), Options{Dir: dir})
				if err != nil || len(plan.Changes) != n {
					b.Fatalf("%d changes, %v", len(plan.Changes), err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/file")
		})
	}
}

// manyFiles writes a package of files with two directives each.
func manyFiles(b *testing.B, n int) string {
	dir := b.TempDir()
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			b.Fatal(err)
		}
	}
	write("go.mod", "module example.com/many\n\ngo 1.26\n")
	for i := range n {
		write(fmt.Sprintf("f%d.go", i), fmt.Sprintf(`package many

import "context"

type T%[1]d struct{ next *T%[2]d }

//retry:task retries=4 delay=exponential(2) jitter=3 if=worth%[1]d
func Fetch%[1]d(ctx context.Context, name string) (*T%[1]d, error) { return nil, nil }

func worth%[1]d(err error) bool { return true }

//retry:task retries=2 delay=1
func (t *T%[1]d) Load(ctx context.Context) error { return nil }
`, i, (i+1)%n))
	}
	return dir
}

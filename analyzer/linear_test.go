package analyzer_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// TestLinear lets the analyzers look at n times the same code, and at four times as much: they allocate no more than five times
// as much. It is a measure of the work that does not depend on the machine.
func TestLinear(t *testing.T) {
	for _, test := range []struct {
		name  string
		n     int
		write func(n int) string
		most  float64
	}{
		{"loops in a file", 100, loopsInFile, 5},
		{"loops in a function", 100, loopsInFunction, 5},
		{"waits that grow in a function", 100, growthInFunction, 5},
		{"loops in loops in loops", 50, nestedLoops, 5},
		{"waits that methods compute", 100, methodsInFile, 5},
		{"a chain of wrappers", 75, chainOfWrappers, 5},
		{"loops of many kinds in a function", 50, kindsInFunction, 5},
		{"functions that call each other", 200, mutualCalls, 6},
	} {
		t.Run(test.name, func(t *testing.T) {
			once, often := allocated(t, test.write(test.n)), allocated(t, test.write(4*test.n))
			if ratio := float64(often) / float64(once); ratio > test.most {
				t.Errorf("%d take %.1f times what %d take", 4*test.n, ratio, test.n)
			}
		})
	}
}

// allocated returns the bytes that the analyzers allocate for a file.
func allocated(t *testing.T, src string) uint64 {
	t.Helper()
	dir := writeModule(t, []txtar.File{{Name: "many/a.go", Data: []byte(src)}})
	generate(t, dir)
	pkgs := load(t, dir)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if len(findIn(t, dir, pkgs)) == 0 {
		t.Fatal("nothing is found")
	}
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

const manyPrelude = `package many

import (
	"context"
	"errors"
	"net/http"
	"time"
)

var errNone = errors.New("none")

func work(ctx context.Context) error { return errNone }

func send(c *http.Client, r *http.Request) (*http.Response, error) { return c.Do(r) }

`

func loopsInFile(n int) string {
	var b strings.Builder
	b.WriteString(manyPrelude)
	for i := range n {
		fmt.Fprintf(&b, `func f%d(ctx context.Context, tries int, r *http.Request) (err error) {
	for attempt := 0; attempt < tries; attempt++ {
		_, err = send(http.DefaultClient, r)
		if err == nil && work(ctx) == nil {
			return nil
		}
		time.Sleep(time.Second << attempt)
	}
	return err
}
`, i)
	}
	return b.String()
}

func loopsInFunction(n int) string {
	return manyPrelude + "func f(ctx context.Context, tries int) (err error) {\n" + strings.Repeat(`	for attempt := 0; attempt < tries; attempt++ {
		if err = work(ctx); err == nil {
			return nil
		}
		time.Sleep(time.Second)
	}
`, n) + "return err\n}\n"
}

func growthInFunction(n int) string {
	var b strings.Builder
	b.WriteString(manyPrelude + "func f(ctx context.Context) {\n")
	for i := range n {
		fmt.Fprintf(&b, `	d%[1]d := time.Second
	for work(ctx) != nil {
		time.Sleep(min(d%[1]d, time.Minute))
		d%[1]d *= 2
	}
`, i)
	}
	return b.String() + "}\n"
}

func nestedLoops(n int) string {
	var b strings.Builder
	b.WriteString(manyPrelude)
	for i := range n {
		fmt.Fprintf(&b, `func f%d(ctx context.Context, tries int) {
	for i := range 3 {
		for j := range 5 {
			d := time.Second
			for attempt := 0; attempt < tries && work(ctx) != nil; attempt++ {
				time.Sleep(min(d, time.Minute))
				d *= 2
			}
			time.Sleep(time.Second << j)
		}
		time.Sleep(time.Second << i)
	}
}
`, i)
	}
	return b.String()
}

func methodsInFile(n int) string {
	var b strings.Builder
	b.WriteString(manyPrelude)
	for i := range n {
		fmt.Fprintf(&b, `type c%[1]d struct{ wait, most time.Duration }

func (c *c%[1]d) next() time.Duration {
	c.wait *= 2
	return min(c.wait, c.most)
}

func (c *c%[1]d) run(ctx context.Context) {
	for work(ctx) != nil {
		time.Sleep(c.next())
	}
}
`, i)
	}
	return b.String()
}

// chainOfWrappers are functions that each retry the next.
func chainOfWrappers(n int) string {
	var b strings.Builder
	b.WriteString("package many\n\nimport \"context\"\n")
	for i := range n {
		fmt.Fprintf(&b, "\n//retry:task retries=1 delay=1 jitter=1\nfunc F%d(ctx context.Context) error { return F%dWithRetry(ctx) }\n", i, i+1)
	}
	fmt.Fprintf(&b, "\n//retry:task retries=1 delay=1 jitter=1\nfunc F%d(ctx context.Context) error { return nil }\n", n)
	return b.String()
}

func kindsInFunction(n int) string {
	return manyPrelude + `type state struct{ ready bool }

func (s *state) ok() (bool, error) { return s.ready, nil }

func list() ([]string, error) { return nil, errNone }

func f(ctx context.Context, tries int, s *state, m map[string]bool) (err error) {
	done := false
	go func() { done = true }()
` + strings.Repeat(`	for !done {
		time.Sleep(time.Second)
	}
	for ctx.Err() == nil {
		if ok, err := s.ok(); err == nil && ok {
			break
		}
		time.Sleep(time.Second)
	}
	for i := range tries {
		resp, err := http.Get("http://localhost")
		if err != nil {
			time.Sleep(time.Second << i)
			continue
		}
		defer resp.Body.Close()
		if resp.StatusCode == http.StatusOK {
			break
		}
		time.Sleep(time.Second)
	}
	for len(m) > 0 {
		names, err := list()
		if err != nil {
			time.Sleep(time.Second)
			continue
		}
		for _, name := range names {
			delete(m, name)
		}
	}
	for range tries {
		if func() { err = work(ctx) }(); err == nil {
			break
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		default:
			time.Sleep(time.Second)
		}
	}
`, n) + "return err\n}\n"
}

func mutualCalls(n int) string {
	var b strings.Builder
	b.WriteString(manyPrelude)
	for i := range n {
		fmt.Fprintf(&b, `func f%[1]d(ctx context.Context, n int) error {
	if err := work(ctx); err != nil && n < 3 {
		time.Sleep(time.Second)
		return g%[1]d(ctx, n+1)
	}
	return nil
}

func g%[1]d(ctx context.Context, n int) error { return f%[1]d(ctx, n) }
`, i)
	}
	return b.String()
}

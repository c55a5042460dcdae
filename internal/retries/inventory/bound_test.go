package inventory_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"github.com/retrygen/retrygen/internal/retries/chain"
)

// runner measures each tree: all its attempts fail, and the waits are on a clock of their own.
const runner = `package trees

import (
	"context"
	"encoding/json"
	"os"
	"testing"
	"testing/synctest"
	"time"
)

func TestTrees(t *testing.T) {
	measured := map[string]measure{}
	for name, run := range roots {
		for round := range 4 {
			synctest.Test(t, func(t *testing.T) {
				count.Store(0)
				chances = uint32(round) * 0x9e3779b9
				begin := time.Now()
				_ = run(context.Background())
				m := measured[name]
				measured[name] = measure{max(m.Wait, time.Since(begin)), max(m.Attempts, int(count.Load()))}
			})
		}
	}
	text, err := json.Marshal(measured)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile("measured.json", text, 0o666); err != nil {
		t.Fatal(err)
	}
}

type measure struct {
	Wait     time.Duration
	Attempts int
}
`

// support is what the trees share.
const support = `package trees

import (
	"errors"
	"sync/atomic"
)

var (
	errDown = errors.New("down")
	count   atomic.Int64 // attempts of the innermost functions
	chances uint32
)

func chance() bool {
	chances = chances*1664525 + 1013904223
	return chances>>31 == 1
}

func rounds() int { return 2 }

func twice(f func()) { f(); f() }
`

// queue is a package that knows nothing of retries.
const queue = `package queue

type Queue struct{ places chan struct{} }

func New() *Queue { return &Queue{make(chan struct{}, 1)} }

func (q *Queue) Enter() { q.places <- struct{}{} }

func (q *Queue) Leave() { <-q.places }

type Job struct{ Do func() error }

func (j Job) Run() error { _ = j.Do(); return j.Do() }
`

// forest holds trees whose bound is reached, and others.
func forest() (kinds [][]kind, exact int) {
	for range 10 {
		kinds = append(kinds, straight)
	}
	for _, more := range [][]kind{branching, concurrent, recursive, open} {
		for range 5 {
			kinds = append(kinds, slices.Concat(more, straight))
		}
	}
	kinds = append(kinds, branching, concurrent, recursive, open)
	return kinds, 10
}

// header begins the file of the trees.
const header = `package trees

import (
	"context"
	"iter"
	"sync"

	"example.com/case/queue"
)

var (
	_ sync.WaitGroup
	_ iter.Seq[int]
	_ queue.Job
)
`

// TestBounds compares the bounds of trees of calls with runs of the code that is generated for them.
func TestBounds(t *testing.T) {
	kinds, exact := forest()
	source, roots := header, ""
	for seed, list := range kinds {
		source += writeTree(uint64(seed), list)
		roots += fmt.Sprintf("\t\"T%02dF0\": T%02[1]dF0WithRetry,\n", seed)
	}
	roots = "package trees\n\nimport \"context\"\n\nvar roots = map[string]func(context.Context) error{\n" + roots + "}\n"
	dir := writeModule(t, []txtar.File{
		{Name: "trees/trees.go", Data: []byte(source)}, {Name: "trees/support.go", Data: []byte(support)},
		{Name: "queue/queue.go", Data: []byte(queue)},
		{Name: "trees/roots_test.go", Data: []byte(roots)}, {Name: "trees/trees_test.go", Data: []byte(runner)},
	})
	generate(t, dir)
	bounds := map[string]chain.Bound{}
	for _, e := range collect(t, dir, "./trees").Entries {
		bounds[strings.TrimPrefix(e.Task, "trees.")] = e.Bound
	}
	for name, m := range measure(t, dir) {
		b, seed := bounds[name], 0
		fmt.Sscanf(name, "T%02dF0", &seed)
		t.Logf("%s: measured %d attempts and %v, bound %s", name, m.Attempts, m.Wait, b)
		if b.Attempts != chain.Unlimited && !b.MoreAttempts && m.Attempts > b.Attempts || !b.MoreWait && m.Wait > b.Wait {
			t.Errorf("%s: measured %d attempts and %v, more than the bound: %s", name, m.Attempts, m.Wait, b)
		}
		if seed < exact && (m.Attempts != b.Attempts || m.Wait != b.Wait || b.MoreAttempts || b.MoreWait) {
			t.Errorf("%s: measured %d attempts and %v, want just the bound: %s", name, m.Attempts, m.Wait, b)
		}
	}
	if t.Failed() {
		t.Log(source)
	}
}

type measured struct {
	Wait     time.Duration
	Attempts int
}

// measure runs the trees.
func measure(t *testing.T, dir string) map[string]measured {
	t.Helper()
	cmd := exec.Command("go", "test", "./trees")
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	text := readFile(t, dir+"/trees/measured.json")
	var all map[string]measured
	if err := json.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	return all
}

func readFile(t *testing.T, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

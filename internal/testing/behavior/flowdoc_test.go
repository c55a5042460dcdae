package behavior

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"

	east "github.com/retrygen/retrygen/internal/testing/behavior/east/price"
	west "github.com/retrygen/retrygen/internal/testing/behavior/west/price"
	"github.com/retrygen/retrygen/runtime/retry"
)

// TestDocumented looks for the tests that pages refer to. In a table that says what its rows are shown by, each row refers to
// one.
func TestDocumented(t *testing.T) {
	documented(t, "flows.md", "internal/testing/behavior", "store")
	documented(t, "fleet.md", "engine/temporal", "engine/temporal/itest")
}

func documented(t *testing.T, name string, folders ...string) {
	page, err := os.ReadFile("../../../docs/" + name)
	if err != nil {
		t.Fatal(err)
	}
	var tests strings.Builder
	for _, folder := range folders {
		files, _ := filepath.Glob("../../../" + folder + "/*_test.go")
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			tests.Write(text)
		}
	}
	shown := false
	for line := range strings.Lines(string(page)) {
		cells := strings.Split(strings.TrimSpace(line), " | ")
		last := cells[len(cells)-1]
		switch {
		case !strings.HasPrefix(line, "|"):
			shown = false
		case last == "shown by |":
			shown = true
		case shown && !strings.HasPrefix(line, "| ---") && !strings.HasPrefix(last, "Test"):
			t.Errorf("%s: no test is named in %s", name, line)
		}
	}
	names := regexp.MustCompile(`\bTest[A-Z]\w+`).FindAllString(string(page), -1)
	if len(names) == 0 {
		t.Errorf("%s refers to no test", name)
	}
	for _, test := range names {
		if !strings.Contains(tests.String(), "\nfunc "+test+"(") {
			t.Errorf("%s: there is no %s", name, test)
		}
	}
}

// TestContextOfItsOwn loses the run, as do calls that go round the wrapper; contexts that are derived keep it.
func TestContextOfItsOwn(t *testing.T) {
	w := &World{}
	run(t, w, twice(func(ctx context.Context) {
		w.next(t, context.Background(), "own")
		_, _ = w.Next(ctx, "direct")
		w.next(t, context.WithoutCancel(ctx), "derived")
	}))
	w.counts(t, map[string]int{"Next own": 2, "Next direct": 2, "Next derived": 1})
}

// TestGoesOn ends a flow after its first task, in each of the ways there are, and calls it again under the same name.
func TestGoesOn(t *testing.T) {
	for name, end := range map[string]func(cancel func()) error{
		"error":    func(func()) error { return retry.Permanent(errMidway) },
		"canceled": func(cancel func()) error { cancel(); return errMidway },
		"panic":    func(func()) error { panic("broken") },
	} {
		t.Run(name, func(t *testing.T) {
			store, w := &disk{}, &World{}
			shop := &Shop{World: w}
			synctest.Test(t, func(t *testing.T) {
				defer func() { _ = recover() }()
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				err := process2(ctx, store, func(ctx context.Context) error {
					_, _ = shop.LoadWithRetry(ctx, "a")
					return end(cancel)
				})
				if !errors.Is(err, errMidway) {
					t.Errorf("gave %v", err)
				}
			})
			err := process2(t.Context(), store, func(ctx context.Context) error {
				_, err := shop.LoadWithRetry(ctx, "a")
				return err
			})
			if err != nil {
				t.Error(err)
			}
			w.counts(t, map[string]int{"Load a": 1})
		})
	}
}

// TestOtherFlow has another flow use the name of a run: it finds nothing of the first.
func TestOtherFlow(t *testing.T) {
	store, w := &disk{}, &World{}
	load := func(ctx context.Context) error {
		_, err := (&Shop{World: w}).LoadWithRetry(ctx, "a")
		return err
	}
	if err := process2(t.Context(), store, load); err != nil {
		t.Error(err)
	}
	if err := w.PartWithRetry(retry.WithRun(t.Context(), store, "nightly"), "p", load); err != nil {
		t.Error(err)
	}
	w.counts(t, map[string]int{"Load a": 2})
}

// TestNotRetried has results that cannot be recorded end the flow: its next attempt would do no better.
func TestNotRetried(t *testing.T) {
	w := &World{}
	err := process2(t.Context(), &disk{}, func(ctx context.Context) error {
		_, err := (&Shop{World: w}).LoadWithRetry(ctx, "NaN")
		return err
	})
	failed(t, err, 1, "unsupported value: NaN")
	w.counts(t, map[string]int{"Load NaN": 1})
}

// TestPackagesOfOneName has two tasks that differ in nothing but the path of their package.
func TestPackagesOfOneName(t *testing.T) {
	err := process2(retry.With(t.Context(), retry.NoDelay()), &disk{}, attempts(
		func(ctx context.Context) { _, _ = east.OfWithRetry(ctx, "gold") },
		func(ctx context.Context) {
			if got, err := west.OfWithRetry(ctx, "gold"); got != "west gold" || err != nil {
				t.Errorf("gave %q, %v", got, err)
			}
		},
	))
	if err != nil {
		t.Error(err)
	}
}

// TestTypeArgumentsByName has a task of nothing but a type, in one run of many processes.
func TestTypeArgumentsByName(t *testing.T) {
	type row struct{ A int }
	inner := func() func(context.Context) (string, error) {
		type row struct{ B string }
		return NamedWithRetry[row]
	}
	store, ids := &disk{}, map[string]bool{}
	for _, task := range []func(context.Context) (string, error){
		NamedWithRetry[int], NamedWithRetry[*int], NamedWithRetry[[]int], NamedWithRetry[[]string], NamedWithRetry[[2]int],
		NamedWithRetry[map[string]int], NamedWithRetry[map[int]string], NamedWithRetry[row], inner(), NamedWithRetry[struct{ A int }],
		NamedWithRetry[func(int)], NamedWithRetry[func(...int)], NamedWithRetry[func([]int)], NamedWithRetry[func() int],
		NamedWithRetry[chan int], NamedWithRetry[<-chan int], NamedWithRetry[any], NamedWithRetry[error], NamedWithRetry[ring],
		NamedWithRetry[interface{ Read(context.Context) }], NamedWithRetry[interface{ Read(ring) }],
	} {
		for range 2 {
			err := process2(t.Context(), store, func(ctx context.Context) error {
				id, err := task(ctx)
				ids[id] = true
				return err
			})
			if err != nil {
				t.Error(err)
			}
		}
	}
	if len(ids) != 21 {
		t.Errorf("%d types gave %d results", 21, len(ids))
	}
}

// ring is made of itself.
type ring struct{ Next *ring }

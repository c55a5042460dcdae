package store_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"sync"
	"testing"

	"github.com/retrygen/retrygen/runtime/retry"
	"github.com/retrygen/retrygen/store"
)

// failing is a flow of two tasks, the second of which fails for one region.
//
//retry:flow
func failing(ctx context.Context, regions []string) (int, error) {
	sum := 0
	for _, region := range regions {
		n, err := countWithRetry(ctx, region, 2)
		if err != nil {
			return 0, err
		}
		sum += n
	}
	return sum, nil
}

var counted struct {
	lock  sync.Mutex
	calls []string
}

//retry:task checkpoint=durable
func count(ctx context.Context, region string, times int) (int, error) {
	counted.lock.Lock()
	defer counted.lock.Unlock()
	counted.calls = append(counted.calls, region)
	if region == "south" {
		return 0, errors.New("no rows")
	}
	return len(region) * times, nil
}

// TestByHand has a task fail that is then done by hand, and another one that is done again.
func TestByHand(t *testing.T) {
	counted.calls = nil
	s := open(t, t.TempDir())
	ctx := retry.WithRun(t.Context(), s, "nightly")
	regions := []string{"north", "south", "west"}
	if _, err := failingWithRetry(ctx, regions); err == nil {
		t.Fatal("it did not fail")
	}
	missing, err := s.Unfinished(t.Context(), "nightly")
	if err != nil || len(missing) != 1 || missing[0].Task != "github.com/retrygen/retrygen/store_test.count" || missing[0].Results != nil {
		t.Fatalf("unfinished: %+v (%v)", missing, err)
	}
	if err := s.SetResults(t.Context(), "nightly", missing[0].Key, []byte("100")); err != nil {
		t.Fatal(err)
	}
	ctx = retry.With(ctx, retry.FreshAttempts())
	if sum, err := failingWithRetry(ctx, regions); err != nil || sum != 2*len("north")+100+2*len("west") {
		t.Errorf("the sum is %d (%v)", sum, err)
	}
	list, err := s.Records(t.Context(), "nightly")
	if err != nil || len(list) != 3 {
		t.Fatalf("%d records (%v)", len(list), err)
	}
	if err := s.DeleteRecord(t.Context(), "nightly", list[0].Key); err != nil {
		t.Fatal(err)
	}
	if _, err := failingWithRetry(ctx, regions); err != nil {
		t.Error(err)
	}
	if got := strings.Join(counted.calls, " "); got != "north south west north" {
		t.Errorf("called for %s", got)
	}
}

// TestSetResultsThatDoNotFit has the flow ask for results that are not of the task's type.
func TestSetResultsThatDoNotFit(t *testing.T) {
	s := open(t, t.TempDir())
	ctx := retry.WithRun(t.Context(), s, "nightly")
	if _, err := failingWithRetry(ctx, []string{"east"}); err != nil {
		t.Fatal(err)
	}
	list, err := s.Records(t.Context(), "nightly")
	if err != nil || len(list) != 1 {
		t.Fatalf("%d records (%v)", len(list), err)
	}
	if err := s.SetResults(t.Context(), "nightly", list[0].Key, []byte(`"8"`)); err != nil {
		t.Fatal(err)
	}
	_, err = failingWithRetry(ctx, []string{"east"})
	if err == nil || !strings.Contains(err.Error(), "store_test.count") || !strings.Contains(err.Error(), "string into Go value of type int") {
		t.Errorf("error %v", err)
	}
}

// TestEdit changes single records of a run.
func TestEdit(t *testing.T) {
	s := open(t, t.TempDir())
	run, closeRun := openRun(t, s, "nightly")
	for n := range 5 {
		record(t, run, n, fmt.Sprint(n))
	}
	if got := lookup(t, run, 7); got != "" {
		t.Errorf("found %q", got)
	}
	closeRun()
	ctx := t.Context()
	for n, results := range map[int]string{0: "10", 7: `{"by":"hand"}`} {
		if err := s.SetResults(ctx, "nightly", call(n).Key, json.RawMessage(results)); err != nil {
			t.Error(err)
		}
	}
	if err := s.DeleteRecord(ctx, "nightly", call(1).Key); err != nil {
		t.Error(err)
	}
	for what, err := range map[string]error{
		"deleted twice":      s.DeleteRecord(ctx, "nightly", call(1).Key),
		"results of nothing": s.SetResults(ctx, "nightly", call(1).Key, []byte("1")),
		"show":               second(s.Record(ctx, "nightly", call(1).Key)),
		"no such run":        s.DeleteRecord(ctx, "weekly", call(1).Key),
		"results of no run":  s.SetResults(ctx, "weekly", call(1).Key, []byte("1")),
	} {
		if !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "run-") {
			t.Errorf("%s: error %v", what, err)
		}
	}
	for _, results := range []string{"", "{", "1 2", "nul"} {
		if err := s.SetResults(ctx, "nightly", call(2).Key, []byte(results)); err == nil || !strings.Contains(err.Error(), "not JSON") {
			t.Errorf("results %q: error %v", results, err)
		}
	}
	run, _ = openRun(t, s, "nightly")
	for n, want := range map[int]string{0: "10", 1: "", 2: "2", 3: "3", 4: "4", 7: `{"by":"hand"}`} {
		if got := lookup(t, run, n); got != want {
			t.Errorf("record %d is %q, want %q", n, got, want)
		}
	}
	r, err := s.Record(ctx, "nightly", call(7).Key)
	if err != nil || string(r.Results) != `{"by":"hand"}` || r.Task != "pkg.Task" {
		t.Errorf("record %+v (%v)", r, err)
	}
}

func second[T any](_ T, err error) error { return err }

// TestEditHeld asks for changes of a run that is open, here and in another process.
func TestEditHeld(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	run, _ := openRun(t, s, "nightly")
	record(t, run, 1, "1")
	edit := func() {
		t.Helper()
		wantHeld(t, func() error { return s.DeleteRecord(t.Context(), "nightly", call(1).Key) }, dir)
		wantHeld(t, func() error { return s.SetResults(t.Context(), "nightly", call(1).Key, []byte("2")) }, dir)
	}
	edit()
	if got := lookup(t, run, 1); got != "1" {
		t.Errorf("found %q", got)
	}
}

// TestEditDamaged asks for changes of damaged files, which stay as they are.
func TestEditDamaged(t *testing.T) {
	whole := written(t, 40)
	for at := 0; at < len(whole); at += 97 {
		data := append([]byte(nil), whole...)
		data[at] ^= 0xFF
		s, path := place(t, data)
		_, err := s.Records(t.Context(), "nightly")
		if err == nil {
			continue
		}
		for what, err := range map[string]error{
			"delete": s.DeleteRecord(t.Context(), "nightly", call(1).Key),
			"set":    s.SetResults(t.Context(), "nightly", call(1).Key, []byte("1")),
			"show":   second(s.Record(t.Context(), "nightly", call(1).Key)),
		} {
			if !errors.Is(err, store.ErrDamaged) && !errors.Is(err, store.ErrForeign) {
				t.Errorf("byte %d: %s: error %v", at, what, err)
			}
		}
		wantUntouched(t, path, data)
	}
}

// TestUnfinished lists the calls that have no results, with and without other writes, and over several opens.
func TestUnfinished(t *testing.T) {
	s := open(t, t.TempDir())
	run, closeRun := openRun(t, s, "nightly")
	unfinished := func(want int) {
		t.Helper()
		list, err := s.Unfinished(t.Context(), "nightly")
		if err != nil || len(list) != want {
			t.Errorf("%d calls are unfinished, want %d (%v)", len(list), want, err)
		}
		if runs, err := s.Runs(t.Context()); err != nil || runs[0].Unfinished != want {
			t.Errorf("runs: %+v (%v)", runs, err)
		}
	}
	lookup(t, run, 1)
	lookup(t, run, 2)
	unfinished(0)
	record(t, run, 3, "3")
	unfinished(2)
	record(t, run, 1, "1")
	unfinished(1)
	lookup(t, run, 4)
	closeRun()
	unfinished(2)
	run, closeRun = openRun(t, s, "nightly")
	lookup(t, run, 2)
	lookup(t, run, 4)
	closeRun()
	unfinished(2)
	run, closeRun = openRun(t, s, "nightly")
	record(t, run, 2, "2")
	record(t, run, 4, "4")
	lookup(t, run, 5)
	record(t, run, 5, "5")
	closeRun()
	unfinished(0)
}

// TestUnfinishedAtOnce has many goroutines look up and record; in the end only what failed is unfinished.
func TestUnfinishedAtOnce(t *testing.T) {
	s := open(t, t.TempDir())
	run, closeRun := openRun(t, s, "many")
	var group sync.WaitGroup
	for n := range 200 {
		group.Go(func() {
			lookup(t, run, n)
			if n%2 == 0 {
				record(t, run, n, fmt.Sprint(n))
			}
		})
	}
	group.Wait()
	closeRun()
	done, err := s.Records(t.Context(), "many")
	left, err2 := s.Unfinished(t.Context(), "many")
	if err := errors.Join(err, err2); err != nil || len(done) != 100 || len(left) != 100 {
		t.Errorf("%d records, and %d are unfinished (%v)", len(done), len(left), err)
	}
}

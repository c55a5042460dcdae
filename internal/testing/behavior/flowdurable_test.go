package behavior

import (
	"context"
	"errors"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/retrygen/retrygen/runtime/retry"
)

// disk is a store that lives as long as its test, which stands for many processes.
type disk struct {
	lock    sync.Mutex
	records map[string]map[[32]byte][]byte // by run
	held    map[string]bool
	calls   []retry.Call // that were recorded
	broken  error        // what every look-up and record returns
}

var errHeld = errors.New("another process holds it")

func (d *disk) Open(_ context.Context, name string) (retry.Run, error) {
	d.lock.Lock()
	defer d.lock.Unlock()
	if d.held[name] {
		return nil, errHeld
	}
	if d.records == nil {
		d.records, d.held = map[string]map[[32]byte][]byte{}, map[string]bool{}
	}
	if d.records[name] == nil {
		d.records[name] = map[[32]byte][]byte{}
	}
	d.held[name] = true
	return &openRun{d, name}, nil
}

type openRun struct {
	*disk
	name string
}

func (r *openRun) Lookup(_ context.Context, call retry.Call) ([]byte, bool, error) {
	r.lock.Lock()
	defer r.lock.Unlock()
	data, ok := r.records[r.name][call.Key]
	return data, ok, r.broken
}

func (r *openRun) Record(ctx context.Context, call retry.Call, results []byte) error {
	r.lock.Lock()
	defer r.lock.Unlock()
	if r.broken != nil || ctx.Err() != nil {
		return errors.Join(r.broken, ctx.Err())
	}
	r.records[r.name][call.Key] = slices.Clone(results)
	r.calls = append(r.calls, call)
	return nil
}

func (r *openRun) Close() error {
	r.lock.Lock()
	defer r.lock.Unlock()
	r.held[r.name] = false
	return nil
}

// process runs a flow once, under a name, as one process would.
func process(t *testing.T, store retry.Store, body func(context.Context) error) error {
	t.Helper()
	var err error
	synctest.Test(t, func(t *testing.T) {
		ctx := retry.With(retry.WithRun(t.Context(), store, "nightly"), retry.For("behavior.World.Run", retry.Retries(0)))
		err = (&World{}).RunWithRetry(ctx, body)
	})
	return err
}

// TestResumed runs a flow in three processes: the first ends midway, the second goes on, the third repeats nothing.
func TestResumed(t *testing.T) {
	store, w := &disk{}, &World{outages: map[string]int{"Load b": 1}}
	var got []int
	flow := func(ctx context.Context) error {
		shop := &Shop{World: w, name: "main"} // another pointer in each process
		for _, name := range []string{"a", "a", "b"} {
			goods, err := shop.LoadWithRetry(ctx, name)
			if err != nil {
				return err
			}
			got = append(got, goods.Number)
		}
		w.next(t, ctx, "memory") // not durable
		return shop.SoldWithRetry(ctx, "a")
	}
	if err := process(t, store, flow); !errors.Is(err, errOutage) {
		t.Errorf("the first process gave %v", err)
	}
	for range 2 {
		if err := process(t, store, flow); err != nil {
			t.Error(err)
		}
	}
	w.counts(t, map[string]int{"Load a": 2, "Load b": 2, "Sold a": 1, "Next memory": 2})
	if !slices.Equal(got, []int{1, 2, 1, 2, 4, 1, 2, 4}) {
		t.Errorf("gave %v, want what each call gave at first", got)
	}
	if call := store.calls[0]; call.Task != path+"Shop.Load" || !strings.Contains(string(call.Arguments), "main") || !strings.HasPrefix(call.Types, "github.com/retrygen/retrygen/internal/testing/behavior.Shop.Load(string) ") {
		t.Errorf("a store was told %+v", call)
	}
}

// TestResumedGoroutines ends a process while a hundred tasks run, and goes on in another.
func TestResumedGoroutines(t *testing.T) {
	store, w := &disk{}, &World{}
	got := map[string][]int{}
	flow := func(ctx context.Context) error {
		var all sync.WaitGroup
		var lock sync.Mutex
		for i := range 100 {
			all.Go(func() {
				name := strconv.Itoa(i / 2) // every name twice
				goods, err := (&Shop{World: w}).LoadWithRetry(ctx, name)
				if err != nil {
					return
				}
				lock.Lock()
				defer lock.Unlock()
				got[name] = append(got[name], goods.Number)
			})
		}
		all.Wait()
		return errMidway
	}
	w.outages = map[string]int{}
	for i := range 25 {
		w.outages["Load "+strconv.Itoa(2*i)] = 1
	}
	for range 3 {
		if err := process(t, store, flow); !errors.Is(err, errMidway) {
			t.Fatal(err)
		}
	}
	for name, numbers := range got {
		slices.Sort(numbers)
		if distinct := slices.Compact(slices.Clone(numbers)); len(distinct) != 2 {
			t.Errorf("%s gave %v, want two numbers, whatever failed at first", name, numbers)
		}
	}
}

// TestReceiversByName tells receivers of different names apart in every process.
func TestReceiversByName(t *testing.T) {
	store, w := &disk{}, &World{}
	for _, name := range []string{"main", "other", "main"} {
		err := process(t, store, func(ctx context.Context) error {
			_, err := (&Shop{World: w, name: name}).LoadWithRetry(ctx, "a")
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}
	w.counts(t, map[string]int{"Load a": 2})
}

// TestDurableWithin has durable tasks in tasks of receivers that have no name in other processes. Which is which is
// told, in this process, by what they are; in the next by the order in which they come first.
func TestDurableWithin(t *testing.T) {
	store, w := &disk{}, &World{outages: map[string]int{"Serve late": 2}}
	var numbers []int
	serve := func(s *Stall) func(context.Context) {
		return func(ctx context.Context) {
			if n, err := s.ServeWithRetry(ctx); err == nil {
				numbers = append(numbers, n)
			}
		}
	}
	early, late := serve(&Stall{w, "early"}), serve(&Stall{w, "late"})
	err := (&World{}).RunWithRetry(retry.With(retry.WithRun(t.Context(), store, "nightly"), retry.NoDelay()), attempts(
		func(ctx context.Context) { early(ctx); late(ctx) },
		func(ctx context.Context) { late(ctx); early(ctx) },
		func(ctx context.Context) { late(ctx) },
	))
	// The number that the early one was given is its own, in whatever order they come.
	if err != nil || !slices.Equal(numbers, []int{1, 1, 3}) {
		t.Errorf("gave %v, %v", numbers, err)
	}
	err = process2(t.Context(), store, func(ctx context.Context) error {
		serve(&Stall{w, "early"})(ctx)
		serve(&Stall{w, "late"})(ctx)
		return nil
	})
	if err != nil || !slices.Equal(numbers, []int{1, 1, 3, 1, 3}) || w.count("Load same") != 2 {
		t.Errorf("gave %v, %v in %d calls", numbers, err, w.count("Load same"))
	}
}

// TestRefreshedRun makes all anew, once: the attempts of a flow are refreshed together.
func TestRefreshedRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store, w := &disk{}, &World{}
		var got []int
		load := func(ctx context.Context) {
			goods, err := (&Shop{World: w}).LoadWithRetry(ctx, "a")
			if err != nil {
				t.Error(err)
			}
			got = append(got, goods.Number)
		}
		for _, ctx := range []context.Context{t.Context(), retry.With(t.Context(), retry.RefreshCheckpoints()), t.Context()} {
			if err := process2(ctx, store, twice(load)); err != nil {
				t.Error(err)
			}
		}
		if !slices.Equal(got, []int{1, 1, 2, 2, 2, 2}) {
			t.Errorf("gave %v, want one more call for the run that was refreshed", got)
		}
	})
}

// TestExact records values that JSON does not keep by itself, and compares them with what the task returned.
func TestExact(t *testing.T) {
	for _, name := range []string{"nothing", "empty", "full"} {
		store := &disk{}
		var got []Goods
		w := &World{}
		for range 3 {
			err := process(t, store, func(ctx context.Context) error {
				goods, err := (&Shop{World: w}).LoadWithRetry(ctx, name)
				got = append(got, goods)
				return err
			})
			if err != nil {
				t.Error(err)
			}
		}
		if !reflect.DeepEqual(got[0], got[1]) || !reflect.DeepEqual(got[0], got[2]) || math.Signbit(got[0].Price) != math.Signbit(got[1].Price) {
			t.Errorf("%s: gave %#v, then %#v", name, got[0], got[1])
		}
		w.counts(t, map[string]int{"Load " + name: 1})
	}
}

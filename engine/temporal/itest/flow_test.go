package itest

import (
	"slices"
	"testing"
	"time"

	"github.com/retrygen/retrygen/engine/temporal/itest/shop"
)

// TestFlow makes a flow whose second task fails at first: the flow is made again, and of its tasks only those that had
// not succeeded.
func TestFlow(t *testing.T) {
	t.Parallel()
	done, err := shop.AllWithRetry(calls(t), []shop.Job{{Name: "first"}, {Name: "second", Once: true, Err: "not yet"}, {Name: "third"}})
	if want := []string{"first", "second", "third"}; !slices.Equal(done, want) || err != nil {
		t.Errorf("%v, %v; want %v", done, err, want)
	}
	for name, want := range map[string]int{"first": 1, "second": 2, "third": 1} {
		if n := len(traced(name)); n != want {
			t.Errorf("%s was done %d times, want %d", name, n, want)
		}
	}
}

// TestTogether makes a flow that calls its tasks in goroutines, two of them with equal arguments.
func TestTogether(t *testing.T) {
	t.Parallel()
	jobs := []shop.Job{
		{Name: "red", Time: time.Second}, {Name: "green", Time: time.Second, Once: true, Err: "not yet"}, {Name: "twins"}, {Name: "twins"},
	}
	began := time.Now()
	done, err := shop.TogetherWithRetry(calls(t), jobs)
	if want := []string{"red", "green", "twins", "twins"}; !slices.Equal(done, want) || err != nil {
		t.Errorf("%v, %v; want %v", done, err, want)
	}
	for name, want := range map[string]int{"red": 1, "green": 2, "twins": 2} {
		if n := len(traced(name)); n != want {
			t.Errorf("%s was done %d times, want %d", name, n, want)
		}
	}
	if red, green := traced("red")[0], traced("green")[0]; red.Time.Sub(green.Time).Abs() > 900*time.Millisecond {
		t.Errorf("the tasks were not made at the same time, but %v apart", red.Time.Sub(green.Time))
	}
	t.Logf("the flow took %v", time.Since(began))
}

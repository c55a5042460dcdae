package retryotel

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"go.opentelemetry.io/otel/metric/noop"

	"github.com/retrygen/retrygen/runtime/retry"
)

// TestNames has a name for each decision and reason of the runtime, and one for those of a newer runtime.
func TestNames(t *testing.T) {
	seen := map[string]bool{}
	for d := retry.DecisionRetry; d.String() != fmt.Sprintf("Decision(%d)", int(d)); d++ {
		check(t, seen, d, outcomes.name(d))
	}
	clear(seen)
	for r := retry.Reason(0); r.String() != fmt.Sprintf("Reason(%d)", int(r)); r++ {
		check(t, seen, r, reasons.name(r))
	}
	if got := outcomes.name(99) + reasons.name(99); got != "_OTHER_OTHER" {
		t.Errorf("what is not known is named %s", got)
	}
}

func check(t *testing.T, seen map[string]bool, value any, name string) {
	t.Helper()
	if name == "_OTHER" || seen[name] {
		t.Errorf("%v has the name %q, want one of its own", value, name)
	}
	seen[name] = true
}

// TestKnown measures more labels than are kept, from many goroutines.
func TestKnown(t *testing.T) {
	m, err := newMetrics(noop.NewMeterProvider().Meter(scope))
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for range 4 {
		all.Add(1)
		go func() {
			defer all.Done()
			for i := range knownLimit + 100 {
				m.record(context.Background(), retry.Event{}, labels{task: fmt.Sprint(i)})
			}
		}()
	}
	all.Wait()
	if len(m.known) != knownLimit {
		t.Errorf("%d sets of attributes are kept, want %d", len(m.known), knownLimit)
	}
}

package temporal

import (
	"reflect"
	"testing"

	"github.com/retrygen/retrygen/runtime/remote"
)

// TestKinds shows the queues that a worker serves.
func TestKinds(t *testing.T) {
	plain, flow := remote.Task{Name: "task"}, remote.Task{Name: "flow", Flow: true}
	for _, test := range []struct {
		name  string
		tasks []remote.Task
		want  map[string]int
	}{
		{"tasks and flows", []remote.Task{plain, flow, plain}, map[string]int{"shop": 2, "shop-flows": 1}},
		{"tasks alone", []remote.Task{plain}, map[string]int{"shop": 1}},
		{"flows alone", []remote.Task{flow}, map[string]int{"shop-flows": 1}},
		{"neither", nil, map[string]int{"shop": 0}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := map[string]int{}
			for _, k := range kinds("shop", test.tasks) {
				got[k.queue] = len(k.tasks)
			}
			if !reflect.DeepEqual(got, test.want) {
				t.Errorf("%v, want %v", got, test.want)
			}
		})
	}
}

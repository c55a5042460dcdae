package temporal

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/retrygen/retrygen/runtime/remote"
)

// TestID shows the ids of calls, which operators see and search.
func TestID(t *testing.T) {
	key := [32]byte{0xab, 0xcd, 31: 1}
	long := strings.Repeat("long/", 60)
	for _, test := range []struct{ name, run, task, want string }{
		{"the run, the task and the key", "order 4711", "example.com/shop.Charge",
			"order 4711/example.com/shop.Charge/abcd0000000000000000000000000000"},
		{"a long run", long, "example.com/shop.Charge",
			"c2ad3b78248d252cab2f4fedb0d74c20/example.com/shop.Charge/abcd0000000000000000000000000000"},
		{"a long task", "order 4711", long,
			"order 4711/c2ad3b78248d252cab2f4fedb0d74c20/abcd0000000000000000000000000000"},
		{"no text", "\xff", "example.com/shop.Charge",
			"a8100ae6aa1940d0b663bb31cd466142/example.com/shop.Charge/abcd0000000000000000000000000000"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := id(&remote.Call{Run: test.run, Task: test.task, Key: key})
			if got != test.want || len(got) > maxID {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

// TestOptions shows the limits that a server keeps.
func TestOptions(t *testing.T) {
	type limits struct{ first, attempt, total, heartbeat time.Duration }
	for _, test := range []struct {
		name     string
		engine   *Engine
		call     remote.Call
		deadline time.Duration
		want     limits
	}{
		{"nothing is limited", &Engine{}, remote.Call{}, 0, limits{time.Second, endless, 0, 10 * time.Second}},
		{"a timeout, and time for the worker to report it", &Engine{}, remote.Call{Timeout: 5 * time.Second, Delay: time.Minute}, 0,
			limits{time.Minute, 15 * time.Second, 0, 10 * time.Second}},
		{"within, and the last attempt", &Engine{Heartbeat: 4 * time.Second}, remote.Call{Timeout: 5 * time.Second, Within: time.Hour}, 0,
			limits{time.Second, 9 * time.Second, time.Hour + 9*time.Second, 4 * time.Second}},
		{"within alone, which the worker keeps", &Engine{}, remote.Call{Within: time.Hour}, 0,
			limits{time.Second, endless, 0, 10 * time.Second}},
		{"a deadline", &Engine{}, remote.Call{Timeout: time.Second, Within: time.Hour}, time.Minute,
			limits{time.Second, 11 * time.Second, time.Minute, 10 * time.Second}},
	} {
		t.Run(test.name, func(t *testing.T) {
			ctx := context.Background()
			if test.deadline > 0 {
				var cancel func()
				ctx, cancel = context.WithTimeout(ctx, test.deadline)
				defer cancel()
			}
			o := test.engine.options(ctx, &test.call)
			got := limits{o.RetryPolicy.InitialInterval, o.StartToCloseTimeout, o.ScheduleToCloseTimeout.Round(time.Second), o.HeartbeatTimeout}
			if got != test.want {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

// TestQueues shows where calls wait for workers.
func TestQueues(t *testing.T) {
	for _, test := range []struct {
		engine *Engine
		flow   bool
		want   string
	}{
		{&Engine{Queue: "shop"}, false, "shop"},
		{&Engine{Queue: "shop"}, true, "shop-flows"},
		{&Engine{Queue: "shop", Flows: "nights"}, true, "nights"},
	} {
		o := test.engine.options(context.Background(), &remote.Call{Flow: test.flow})
		if o.TaskQueue != test.want {
			t.Errorf("%s, want %s", o.TaskQueue, test.want)
		}
	}
}

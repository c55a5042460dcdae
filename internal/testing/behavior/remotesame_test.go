package behavior

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/retrygen/retrygen/runtime/remote"
	"github.com/retrygen/retrygen/runtime/retry"
)

// machineTasks are the tasks of a Machine, with a name for each.
var machineTasks = []struct {
	name string
	call func(*Machine, context.Context, int) (int, error)
	task func(*Machine) remote.Task
}{
	{"fixed", (*Machine).FixedWithRetry, (*Machine).FixedTask},
	{"listed", (*Machine).ListedWithRetry, (*Machine).ListedTask},
	{"doubled", (*Machine).DoubledWithRetry, (*Machine).DoubledTask},
	{"straight", (*Machine).StraightWithRetry, (*Machine).StraightTask},
	{"golden", (*Machine).GoldenWithRetry, (*Machine).GoldenTask},
	{"custom", (*Machine).CustomWithRetry, (*Machine).CustomTask},
	{"wandering", (*Machine).WanderingWithRetry, (*Machine).WanderingTask},
	{"wide", (*Machine).WideWithRetry, (*Machine).WideTask},
	{"around", (*Machine).AroundWithRetry, (*Machine).AroundTask},
	{"above", (*Machine).AboveWithRetry, (*Machine).AboveTask},
	{"below", (*Machine).BelowWithRetry, (*Machine).BelowTask},
	{"endless", (*Machine).EndlessWithRetry, (*Machine).EndlessTask},
	{"never", (*Machine).NeverWithRetry, (*Machine).NeverTask},
	{"measured", (*Machine).MeasuredWithRetry, (*Machine).MeasuredTask},
	{"policed", (*Machine).PolicedWithRetry, (*Machine).PolicedTask},
	{"named", (*Machine).NamedWithRetry, (*Machine).NamedTask},
	{"judged", (*Machine).JudgedWithRetry, (*Machine).JudgedTask},
	{"lasting", (*Machine).LastingWithRetry, (*Machine).LastingTask},
	{"limited", (*Machine).LimitedWithRetry, (*Machine).LimitedTask},
	{"frank", (*Machine).FrankWithRetry, (*Machine).FrankTask},
	{"timed", (*Machine).TimedWithRetry, (*Machine).TimedTask},
	{"whole", (*Machine).WholeWithRetry, (*Machine).WholeTask},
}

// scripts say how attempts end, counted from 1.
var scripts = map[string]func(attempt int) (int, error){
	"fails":     func(int) (int, error) { return 0, errOutage },
	"succeeds":  func(int) (int, error) { return 7, nil },
	"recovers":  func(n int) (int, error) { return pick(n, 3, 7), unless(n > 3, errOutage) },
	"permanent": func(n int) (int, error) { return 0, pick(n, 2, retry.Permanent(errOutage), errOutage) },
	"asks": func(n int) (int, error) {
		return 0, retry.After(fmt.Errorf("later: %w", ErrBusy), time.Duration(n)*11*time.Second)
	},
	"asks too much": func(n int) (int, error) { return 0, retry.After(errOutage, time.Duration(n)*40*time.Minute) },
	"named": func(n int) (int, error) {
		list := []error{ErrBusy, &CodeError{503, "get", errOutage}, fmt.Errorf("a: %w", ErrBusy), &CodeError{500, "get", errBroken}}
		return 0, list[min(n, len(list))-1]
	},
	"results":   func(n int) (int, error) { return n, nil },
	"exhausted": func(int) (int, error) { return 1, nil },
	"partial":   func(n int) (int, error) { return 10 + n, errOutage },
	"stopped": func(n int) (int, error) {
		return 0, &retry.Error{Task: "x/y.Z", Attempts: n, Reason: retry.ReasonBudget, Last: ErrBusy}
	},
}

// pick returns the first value where n is at, which is the end, and otherwise the second.
func pick[T any](n, at int, values ...T) T {
	if n == at || len(values) == 1 {
		return values[0]
	}
	return values[1]
}

func unless(not bool, err error) error {
	if not {
		return nil
	}
	return err
}

// ended is all that can be seen of a call.
type ended struct {
	result int
	err    string
	named  []bool // it is an error that only some policies name
	is     []bool // it is an error that every caller finds
	made   int
	told   []string
	events []string
	took   time.Duration
}

// machine is a receiver whose attempts end as a script says.
func machine(act func(int) (int, error)) *Machine {
	return &Machine{
		Name: "m", Max: 4, First: 3 * time.Second, Policy: retry.MustParsePolicy("retries=3 delay=fibonacci(5) jitter=decorrelated cap=1m"),
		Tokens: retry.NewBudget(0, 0, 3), Gate: &gate{refused: 4}, act: act,
	}
}

// see makes a call with a source of random numbers, and collects what can be seen of it.
func see(m *Machine, ctx context.Context, call func(context.Context) (int, error)) (e ended) {
	begun := time.Now()
	defer retry.Observe(func(_ context.Context, event retry.Event) {
		event.Elapsed = 0 // An engine knows it also where the policy reads no clock.
		e.events = append(e.events, fmt.Sprintf("%+v", event))
	})()
	var err error
	e.result, err = call(ctx)
	e.err, e.made, e.told, e.took = fmt.Sprint(err), m.made, m.told, time.Since(begun)
	var code *CodeError
	var stop *retry.Error
	e.named = []bool{errors.Is(err, ErrBusy), errors.As(err, &code), errors.Is(err, errBroken)}
	e.is = []bool{
		errors.As(err, &stop), errors.Is(err, context.DeadlineExceeded),
		errors.Is(err, retry.ReasonWithin), errors.Is(err, retry.ReasonBudget), errors.Is(err, retry.ReasonGuard),
	}
	return e
}

func random(ctx context.Context) context.Context {
	return retry.With(ctx, retry.Random(rand.NewPCG(1, 2)))
}

// TestRemoteDecidesTheSame makes each call in place and by an engine. Attempts, waits, events, results and errors are the
// same for the same failures and the same random numbers.
func TestRemoteDecidesTheSame(t *testing.T) {
	overrides := map[string]map[string]retry.Policy{
		"": nil,
		"overridden ": {
			"behavior.Machine.Doubled": retry.MustParsePolicy("retries=2 delay=7 jitter=full"),
			"behavior.Machine.Policed": retry.MustParsePolicy("retries=unlimited delay=linear(9) within=1m"),
			"behavior.Machine.Timed":   retry.MustParsePolicy("timeout=30s"),
			"behavior.Machine.Lasting": retry.MustParsePolicy("reset=none retries=5"),
		},
	}
	for prefix, policies := range overrides {
		for _, test := range machineTasks {
			for name, script := range scripts {
				t.Run(prefix+test.name+"/"+name, func(t *testing.T) {
					retry.OverridePolicies(policies)
					defer retry.OverridePolicies(nil)
					synctest.Test(t, func(t *testing.T) { same(t, test.name == "named", test.call, test.task, script) })
				})
			}
		}
	}
}

// TestRemotePolicies does the same for each delay, jitter and limit of a policy that the worker reads.
func TestRemotePolicies(t *testing.T) {
	for _, delay := range []string{
		"", "delay=2", "delay=1,2,30", "delay=exponential(1)", "delay=exponential(500ms,base=1.5)", "delay=linear(3)", "delay=fibonacci(2)",
	} {
		for _, jitter := range []string{
			"", "jitter=3", "jitter=20%", "jitter=+20%", "jitter=-20%", "jitter=300ms", "jitter=+300ms", "jitter=-300ms", "jitter=full",
			"jitter=equal", "jitter=decorrelated",
		} {
			for _, limit := range []string{"retries=5", "retries=6 cap=4s", "retries=unlimited cap=10s within=45s"} {
				text := strings.Join(strings.Fields(limit+" "+delay+" "+jitter), " ")
				if delay == "" {
					text, _, _ = strings.Cut(text, " ")
				}
				for name, script := range scripts {
					if delay == "" && limit != "retries=5" {
						continue
					}
					t.Run(text+"/"+name, func(t *testing.T) {
						synctest.Test(t, func(t *testing.T) {
							policy := retry.MustParsePolicy(text)
							same(t, false, (*Machine).PolicedWithRetry, func(m *Machine) remote.Task {
								m.Policy = policy
								return m.PolicedTask()
							}, script)
						})
					})
				}
			}
		}
	}
}

func same(
	t *testing.T, named bool,
	call func(*Machine, context.Context, int) (int, error), task func(*Machine) remote.Task, script func(int) (int, error),
) {
	placed := machine(script)
	_ = task(placed) // which may change its policy
	want := see(placed, random(t.Context()), func(ctx context.Context) (int, error) { return call(placed, ctx, 2) })
	worker := machine(script)
	e := newEngine(task(worker)).below(random(t.Context()))
	got := see(worker, remote.With(t.Context(), e, "run"), func(ctx context.Context) (int, error) {
		return call(&Machine{Name: "m"}, ctx, 2)
	})
	if want.is[4] { // The guard refused a later attempt, which has the results of none.
		got.result, want.result = 0, 0
	}
	if !named {
		got.named, want.named = nil, nil
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("by an engine:\n%+v\nin place:\n%+v", got, want)
	}
	if slices.ContainsFunc(e.waits, func(d time.Duration) bool { return d < 0 }) {
		t.Errorf("waits %v", e.waits)
	}
}

package bench

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	avast "github.com/avast/retry-go/v5"
	"github.com/cenkalti/backoff/v7"
	"github.com/failsafe-go/failsafe-go"
	"github.com/failsafe-go/failsafe-go/retrypolicy"
	sethvargo "github.com/sethvargo/go-retry"

	"github.com/retrygen/retrygen/runtime/remote"
)

var ways = []struct {
	name string
	call func(context.Context, string) (Price, error)
}{
	{"by hand", fetchByHand},
	{"retrygen", FetchFixedWithRetry},
	{"cenkalti/backoff v7", func(ctx context.Context, symbol string) (Price, error) {
		return backoff.Retry(ctx, func() (Price, error) { return FetchFixed(ctx, symbol) },
			backoff.WithBackOff(backoff.NewConstantBackOff(time.Nanosecond)), backoff.WithMaxTries(5))
	}},
	{"avast/retry-go v5", func(ctx context.Context, symbol string) (Price, error) {
		return avast.NewWithData[Price](avast.Context(ctx), avast.Attempts(5), avast.Delay(time.Nanosecond), avast.DelayType(avast.FixedDelay)).
			Do(func() (Price, error) { return FetchFixed(ctx, symbol) })
	}},
	{"sethvargo/go-retry", func(ctx context.Context, symbol string) (Price, error) {
		return sethvargo.DoValue(ctx, sethvargo.WithMaxRetries(4, sethvargo.NewConstant(time.Nanosecond)), func(ctx context.Context) (Price, error) {
			price, err := FetchFixed(ctx, symbol)
			return price, sethvargo.RetryableError(err)
		})
	}},
	{"failsafe-go", func(ctx context.Context, symbol string) (Price, error) {
		return failsafe.With[Price](policy).WithContext(ctx).Get(func() (Price, error) { return FetchFixed(ctx, symbol) })
	}},
}

var policy = retrypolicy.NewBuilder[Price]().WithMaxRetries(4).WithDelay(time.Nanosecond).Build()

func BenchmarkFirstAttempt(b *testing.B) { benchmark(b, 0) }
func BenchmarkTwoFailures(b *testing.B)  { benchmark(b, 2) }

func benchmark(b *testing.B, n int) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	for _, way := range ways {
		b.Run(way.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				failures = n
				if _, err := way.call(ctx, "GOLD"); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkTimeout measures a first attempt with a timeout.
func BenchmarkTimeout(b *testing.B) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	failures = 0
	b.Run("by hand", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			func() {
				limited, cancel := context.WithTimeout(ctx, 5*time.Second)
				defer cancel()
				if _, err := FetchGuarded(limited, "GOLD"); err != nil {
					b.Fatal(err)
				}
			}()
		}
	})
	b.Run("retrygen", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := FetchGuardedWithRetry(ctx, "GOLD"); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkOutsideFlow measures what a checkpoint costs where nothing is remembered: in a program, or at a moment,
// without a flow run, and while a flow runs elsewhere.
func BenchmarkOutsideFlow(b *testing.B) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	calls := func(b *testing.B, call func(context.Context, string) (Price, error)) {
		b.ReportAllocs()
		failures = 0
		for b.Loop() {
			if _, err := call(ctx, "GOLD"); err != nil {
				b.Fatal(err)
			}
		}
	}
	both := func(b *testing.B) {
		b.Run("plain", func(b *testing.B) { calls(b, FetchFixedWithRetry) })
		b.Run("checkpoint", func(b *testing.B) { calls(b, FetchRememberedWithRetry) })
	}
	b.Run("no flow", both)
	_ = DuringWithRetry(ctx, func(context.Context) error {
		b.Run("flow elsewhere", both)
		return nil
	})
}

// BenchmarkWithoutEngine measures what the option remote costs where no engine makes the call: in a program without one, and
// in a program that has one for other calls.
func BenchmarkWithoutEngine(b *testing.B) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	calls := func(b *testing.B, call func(context.Context, string) (Price, error)) {
		b.ReportAllocs()
		failures = 0
		for b.Loop() {
			if _, err := call(ctx, "GOLD"); err != nil {
				b.Fatal(err)
			}
		}
	}
	both := func(b *testing.B) {
		b.Run("plain", func(b *testing.B) { calls(b, FetchFixedWithRetry) })
		b.Run("remote", func(b *testing.B) { calls(b, FetchRemoteWithRetry) })
	}
	b.Run("no engine", both)
	remote.With(ctx, noEngine{}, "other calls")
	b.Run("engine elsewhere", both)
}

// noEngine is an engine that makes no calls.
type noEngine struct{}

func (noEngine) Run(context.Context, *remote.Call) ([]byte, error) { return nil, errOutage }

// BenchmarkFlow measures a flow that does nothing, and a task in one that is remembered for the first time.
func BenchmarkFlow(b *testing.B) {
	ctx := b.Context()
	b.Run("empty", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			_ = DuringWithRetry(ctx, func(context.Context) error { return nil })
		}
	})
	b.Run("record", func(b *testing.B) {
		b.ReportAllocs()
		_ = DuringWithRetry(ctx, func(ctx context.Context) error {
			for b.Loop() {
				if _, err := FetchRememberedWithRetry(ctx, "GOLD"); err != nil {
					return err
				}
			}
			return nil
		})
	})
}

// TestAllocations holds the wrapper to what the loop by hand allocates: nothing at first, then its timer.
func TestAllocations(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	allocs := func(n int, call func(context.Context, string) (Price, error)) float64 {
		return testing.AllocsPerRun(1000, func() {
			failures = n
			_, _ = call(ctx, "GOLD")
		})
	}
	if got := allocs(0, FetchFixedWithRetry); got != 0 {
		t.Errorf("a first attempt that succeeds allocates %v times", got)
	}
	for range 2 {
		if got := allocs(0, FetchRemoteWithRetry); got != 0 {
			t.Errorf("a remote task without an engine allocates %v times", got)
		}
		remote.With(ctx, noEngine{}, "other calls")
	}
	if got := allocs(0, FetchRememberedWithRetry); got != 0 {
		t.Errorf("a checkpoint outside a flow allocates %v times", got)
	}
	_ = DuringWithRetry(t.Context(), func(context.Context) error {
		if got := allocs(0, FetchRememberedWithRetry); got != 0 {
			t.Errorf("a checkpoint outside a flow that runs allocates %v times", got)
		}
		return nil
	})
	if got, want := allocs(2, FetchFixedWithRetry), allocs(2, fetchByHand); got > want {
		t.Errorf("two failures allocate %v times, by hand %v", got, want)
	}
}

// TestCodeSize holds the machine code of wrappers to its limits, on the architecture that they were set for.
func TestCodeSize(t *testing.T) {
	binary := filepath.Join(t.TempDir(), "bench.test")
	build := exec.Command("go", "test", "-c", "-o", binary, ".")
	build.Env = append(os.Environ(), "GOARCH=amd64", "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	out, err := exec.Command("go", "tool", "nm", "-size", binary).Output()
	if err != nil {
		t.Fatal(err)
	}
	sizes := map[string]int{}
	for line := range strings.Lines(string(out)) {
		fields := strings.Fields(line)
		if len(fields) < 4 {
			continue
		}
		size, _ := strconv.Atoi(fields[1])
		if _, name, ok := strings.Cut(fields[3], "/internal/tools/bench."); ok {
			sizes[name] = size
		}
	}
	plain, guarded := sizes["FetchWithRetry"], sizes["FetchGuardedWithRetry"]+sizes["attemptFetchGuarded"]
	t.Logf("retries, delay, jitter and cap: %d bytes; timeout and condition too: %d bytes", plain, guarded)
	if plain == 0 || plain > 600 {
		t.Errorf("a wrapper with retries, delay, jitter and cap has %d bytes, want at most 600", plain)
	}
	if guarded == 0 || guarded > 1000 {
		t.Errorf("a wrapper with timeout and condition too has %d bytes, want at most 1000", guarded)
	}
}

// TestWrappers keeps every wrapper in the binary that TestCodeSize measures.
func TestWrappers(t *testing.T) {
	failures = 1
	for _, call := range []func(context.Context, string) (Price, error){FetchWithRetry, FetchFixedWithRetry, FetchGuardedWithRetry, FetchRememberedWithRetry} {
		if _, err := call(t.Context(), "GOLD"); err != nil {
			t.Error(err)
		}
	}
}

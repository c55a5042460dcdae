package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/retrygen/retrygen/cmd/retrygen/internal/explain"
	"github.com/retrygen/retrygen/internal/testing/testmodule"
)

// The test binary is the command where a test needs a process.
func TestMain(m *testing.M) {
	if os.Getenv("RETRYGEN_TEST_COMMAND") != "" || os.Getenv(explain.VetVariable) != "" {
		main()
	}
	os.Exit(m.Run())
}

// orders retries pricing, and names a budget and a function that only the program knows.
const orders = `
-- pricing/pricing.go --
package pricing

import (
	"context"
	"time"
)

//retry:task retries=4 delay=exponential(2) jitter=3
func Fetch(ctx context.Context) error { return nil }

func backoff(retry int) time.Duration { return time.Second }

//retry:task retries=2 delay=backoff
func Slow(ctx context.Context) error { return nil }
-- orders/orders.go --
package orders

import (
	"context"

	"example.com/case/pricing"
)

// Place places an order.
//
//retry:flow retries=2 delay=1
func Place(ctx context.Context) error { return pricing.FetchWithRetry(ctx) }
`

// shop writes the module and generates its wrappers.
func shop(t *testing.T) string {
	t.Helper()
	dir := testmodule.Write(t, txtar.Parse([]byte(orders)).Files, "")
	if status, _, errOut := retrygen(t, "-C", dir, "./..."); status != 0 {
		t.Fatal(errOut)
	}
	return dir
}

func TestExplainPackages(t *testing.T) {
	dir := shop(t)
	status, out, errOut := retrygen(t, "explain", "-C", dir, "./...")
	if status != 0 || errOut != "" {
		t.Fatalf("status %d, errors %q", status, errOut)
	}
	if place, fetch := strings.Index(out, "orders.Place"), strings.Index(out, "pricing.Fetch"); place < 0 || fetch < place {
		t.Errorf("the riskiest is not first:\n%s", out)
	}
	for _, want := range []string{"3 policies", "15", "orders/orders.go:11:1", "pricing/pricing.go:8:1", "6m2s"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not in\n%s", want, out)
		}
	}
	_, again, _ := retrygen(t, "explain", "-C", dir, "./...")
	if again != out {
		t.Error("the same packages are explained differently")
	}
}

func TestExplainLimits(t *testing.T) {
	dir := shop(t)
	for _, test := range []struct {
		flags []string
		want  string
	}{
		{[]string{"-max-attempts", "15", "-max-wait", "6m2s"}, "pricing/pricing.go:13:24: a function decides how long pricing.Slow " +
			"waits, so that 6m2s (-max-wait) cannot be checked; set cap= or within=\n"},
		{[]string{"-max-attempts", "14"}, "orders/orders.go:11:1: Place (3 attempts) → pricing.Fetch (5): 15 attempts, up to 6m2s of " +
			"waiting; more than 14 (-max-attempts)\n"},
		{[]string{"-max-attempts", "4"}, "orders/orders.go:11:1: Place (3 attempts) → pricing.Fetch (5): 15 attempts, up to 6m2s of " +
			"waiting; more than 4 (-max-attempts)\n" +
			"pricing/pricing.go:8:14: pricing.Fetch makes at most 5 attempts, more than 4 (-max-attempts)\n"},
		{[]string{"-max-attempts", "15"}, ""},
	} {
		status, out, errOut := retrygen(t, append(append([]string{"explain", "-C", dir}, test.flags...), "./...")...)
		if want := min(len(test.want), 1); status != want || errOut != test.want || out == "" {
			t.Errorf("%v: status %d, errors\n%s\nwant %d and\n%s", test.flags, status, errOut, want, test.want)
		}
	}
}

// A mistake is the same error as when generating, and the others are explained all the same.
func TestExplainMistake(t *testing.T) {
	dir := shop(t)
	path := filepath.Join(dir, "pricing/pricing.go")
	src, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, bytes.Replace(src, []byte("jitter=3"), []byte("jiter=3"), 1), 0o666); err != nil {
		t.Fatal(err)
	}
	_, _, generating := retrygen(t, "-C", dir, "./...")
	status, out, errOut := retrygen(t, "explain", "-C", dir, "./...")
	if status != 1 || errOut != generating || !strings.HasPrefix(errOut, "pricing/pricing.go:8:45: unknown option \"jiter\"") {
		t.Errorf("status %d, errors %q; generating says %q", status, errOut, generating)
	}
	if !strings.Contains(out, "orders.Place") {
		t.Errorf("nothing else is explained:\n%s", out)
	}
}

func TestExplainPolicy(t *testing.T) {
	status, out, errOut := retrygen(t, "explain", "-policy", "retries=4 delay=exponential(2) "+
		"jitter=3", "-outage", "10", "-clients", "1e6", "-capacity", "5e4")
	if status != 0 || errOut != "" {
		t.Fatalf("status %d, errors %q", status, errOut)
	}
	for _, want := range []string{"At most 5 attempts", "30.4s on average and 2m at worst", "no timeout", "1,000,000"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not in\n%s", want, out)
		}
	}
	if strings.Contains(out, "\x1b") {
		t.Error("there are colours in what goes to no terminal")
	}
}

func TestExplainBadInput(t *testing.T) {
	for _, test := range []struct {
		args []string
		want string
	}{
		{[]string{"-policy", "retires=4 delay=1 dely=2"}, "policy:1:1: unknown option \"retires\": did you mean \"retries\"?\n" +
			"policy:1:19: unknown option \"dely\": did you mean \"delay\"?\n"},
		{[]string{"-policy", "retries=3 delay=0 jitter=1"}, "policy:1:19: jitter without a delay: there is no wait to spread; give " +
			"delay= a value or drop jitter=\n"},
		{[]string{"-policy", "policy=Patient"}, "policy:1:1: policy=Patient: there is no package here to look it up in; write its options\n"},
		{[]string{"-policy", " "}, "-policy is empty"},
		{[]string{"-policy", "//retry:task retries=4"}, "-policy is a comment; want the options of a directive alone"},
		{[]string{"-policy", "retries=1", "-html", ""}, "-html is empty"},
		{[]string{"-C", "nowhere", "./..."}, "-C: stat nowhere: no such file or directory"},
		{[]string{"-C", "main.go", "./..."}, "-C: main.go is not a directory"},
		{[]string{"-policy", "retries=1", "./..."}, "-policy and packages: choose one"},
		{[]string{"-policy", "retries=1", "delay=2"}, "-policy takes all options as one argument: -policy \"retries=1 delay=2\""},
		{[]string{"-policy", "retries=1", "-clients", "-1"}, "the number of clients must not be negative"},
		{[]string{"-policy", "retries=1", "-clients", "NaN"}, "\"NaN\" is no number"},
		{[]string{"-policy", "retries=1", "-clients", "1.5"}, "want a whole number"},
		{[]string{"-policy", "retries=1", "-outage", "10", "-clients", "5"}, "-outage goes with -capacity, the number of requests " +
			"that the service answers in a second"},
		{[]string{"-policy", "retries=1", "-outage", "10", "-clients", "5", "-capacity", "0"}, "the capacity must be a number of requests " +
			"a second, more than 0 where there is an outage"},
		{[]string{"-policy", "retries=1", "-outage", "10", "-clients", "5", "-capacity", "NaN"}, "the capacity must be"},
		{[]string{"-policy", "retries=1", "-outage", "10", "-capacity", "5"}, "an outage needs clients or a rate of calls"},
		{[]string{"-policy", "retries=1", "-rate", "Inf"}, "the rate of calls must be a number"},
		{[]string{"-policy", "retries=1", "-budget", "0.1"}, "want ratio,perSecond,burst"},
		{[]string{"-policy", "retries=1", "-budget", "-0.1,0,1"}, "the numbers of a budget must be numbers, and not negative"},
		{[]string{"-policy", "retries=1", "-outage", "-3s"}, "is not a duration"},
		{[]string{"-policy", "retries=1", "-json", "-html", "x.html"}, "-json and -html: choose one"},
		{[]string{"-policy", "retries=1", "-color", "pink"}, "-color=pink: want auto, always or never"},
		{[]string{"-policy", "retries=1", "-max-attempts", "0"}, "-max-attempts 0: want 1 or more"},
		{[]string{"-policy", "retries=1", "-json", "-serve"}, "-serve, -json and -html: choose one"},
		{[]string{"-policy", "retries=1", "-addr", "127.0.0.1:0"}, "-addr goes with -serve"},
		{[]string{"-serve", "-max-attempts", "3", "./..."}, "-serve goes with none of -max-attempts"},
		{[]string{"-serve", "-addr", "0.0.0.0:0"}, "want a loopback address"},
		{[]string{"-serve", "-policy", "retries=1", "./..."}, "-policy and packages: choose one"},
		{[]string{"./...", "-json"}, "flags come before packages"},
		{[]string{"-nonsense"}, "flag provided but not defined"},
		{[]string{"./no/such/folder"}, "no/such/folder"},
	} {
		status, out, errOut := retrygen(t, append([]string{"explain"}, test.args...)...)
		if status != 2 || out != "" || !strings.Contains(errOut, test.want) {
			t.Errorf("%q: status %d, output %q, errors %q; want 2 and %q", test.args, status, out, errOut, test.want)
		}
	}
}

// Limits hold for more retries than are followed one by one, and for those that only "within" ends.
func TestExplainLimitsOfManyRetries(t *testing.T) {
	for text, want := range map[string]string{
		"retries=2000 delay=1":                      "policy:1:1: the policy waits for up to 33m20s in all, longer than 30m (-max-wait)\n",
		"retries=2000 delay=linear(1ms) within=40m": "policy:1:1: the policy waits for up to 33m21s in all, longer than 30m (-max-wait)\n",
		"retries=unlimited delay=1ms within=31m":    "policy:1:1: the policy waits for up to 31m in all, longer than 30m (-max-wait)\n",
		"retries=unlimited delay=1ms": "policy:1:1: nothing bounds how long the policy waits in all, so that it is " +
			"longer than 30m (-max-wait)\n",
		"retries=2000 delay=1 within=30m": "",
		"retries=1700 delay=1":            "",
	} {
		status, _, errOut := retrygen(t, "explain", "-policy", text, "-max-wait", "30m")
		if status != min(len(want), 1) || errOut != want {
			t.Errorf("%s: status %d, %q; want %q", text, status, errOut, want)
		}
	}
}

// A budget has the numbers in the source.
func TestExplainBudgetOfTheSource(t *testing.T) {
	dir := shop(t)
	path := filepath.Join(dir, "pricing/budget.go")
	if err := os.WriteFile(path, []byte(`package pricing

import (
	"context"

	"github.com/retrygen/retrygen/runtime/retry"
)

const share = 1.0 / 4

var budget = retry.NewBudget(share, 0, 20)

//retry:task retries=3 budget=budget
func Frugal(ctx context.Context) error { return nil }
`), 0o666); err != nil {
		t.Fatal(err)
	}
	status, out, errOut := retrygen(t, "explain", "-C", dir, "-json", "-outage", "5", "-rate", "100", "-capacity", "200", "./pricing")
	var decoded struct {
		Policies []struct {
			Task     string
			Forecast struct {
				Outage struct {
					Budget *struct{ Ratio, Burst float64 }
				}
			}
		}
	}
	if err := json.Unmarshal([]byte(out), &decoded); err != nil || status != 0 {
		t.Fatalf("status %d, %v, %s", status, err, errOut)
	}
	for _, p := range decoded.Policies {
		b := p.Forecast.Outage.Budget
		if frugal := p.Task == "pricing.Frugal"; frugal != (b != nil) || frugal && (b.Ratio != 0.25 || b.Burst != 20) {
			t.Errorf("%s has the budget %+v", p.Task, b)
		}
	}
}

// An interrupted run ends at once and shows nothing.
func TestExplainInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for _, args := range [][]string{
		{"-policy", "retries=9 delay=1 jitter=1", "-outage", "60", "-clients", "1e7", "-capacity", "10", "-simulate"},
		{"./..."},
	} {
		var out, errOut bytes.Buffer
		status := run(ctx, append([]string{"explain"}, args...), &out, &errOut)
		if status != 2 || out.Len() > 0 || errOut.String() != "retrygen: explain: interrupted\n" {
			t.Errorf("%v: status %d, output %q, errors %q", args, status, out.String(), errOut.String())
		}
	}
}

// BenchmarkExplain times the whole command, its start included.
func BenchmarkExplain(b *testing.B) {
	tool := filepath.Join(b.TempDir(), "retrygen.exe")
	if out, err := exec.Command("go", "build", "-o", tool, ".").CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	for b.Loop() {
		if out, err := exec.Command(tool, "explain", "-policy", "retries=4 delay=exponential(2) jitter=3").CombinedOutput(); err != nil {
			b.Fatalf("%v\n%s", err, out)
		}
	}
}

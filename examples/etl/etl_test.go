package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// program is the real program, built once for each test.
type program struct {
	*testing.T
	binary, dir string
}

func build(t *testing.T) *program {
	t.Helper()
	p := &program{t, filepath.Join(t.TempDir(), "etl.exe"), t.TempDir()}
	if out, err := exec.Command("go", "build", "-o", p.binary, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return p
}

// start runs the program and returns what it printed.
func (p *program) start(args ...string) (output string, err error) {
	p.Helper()
	out, err := exec.Command(p.binary, append([]string{"-dir", p.dir}, args...)...).CombinedOutput()
	p.Logf("%v\n%s", args, out)
	return string(out), err
}

// ran checks how often each task ran, a load that failed included.
func (p *program) ran(output string, extract, transform, load int) {
	p.Helper()
	for task, want := range map[string]int{"extract": extract, "transform": transform, "load": load} {
		if got := strings.Count(output, "ran: "+task); got != want {
			p.Errorf("%s ran %d times, want %d", task, got, want)
		}
	}
}

// loaded compares what is in the warehouse.
func (p *program) loaded() {
	p.Helper()
	for region, want := range map[string]string{
		"north": `{"Customer":"ada","Orders":2,"Cents":1660}` + "\n" + `{"Customer":"edsger","Orders":1,"Cents":75}` + "\n",
		"south": `{"Customer":"grace","Orders":2,"Cents":831}` + "\n" + `{"Customer":"tony","Orders":1,"Cents":2600}` + "\n",
		"west":  `{"Customer":"barbara","Orders":1,"Cents":9900}` + "\n",
	} {
		got, err := os.ReadFile(filepath.Join(p.dir, region+".jsonl"))
		if err != nil || string(got) != want {
			p.Errorf("%s has %q, error %v; want %q", region, got, err, want)
		}
	}
}

// TestRetried has loads fail: the flow is attempted again, and what had succeeded is not.
func TestRetried(t *testing.T) {
	p := build(t)
	out, err := p.start()
	if err != nil {
		t.Fatal(err)
	}
	p.ran(out, 1, 1, 5) // of the loads two fail
	if n := strings.Count(out, "remembered: etl.Extract"); n != 2 {
		t.Errorf("the extraction was remembered in %d attempts, want 2", n)
	}
	p.loaded()
}

// TestCrashLoop kills the program in each attempt that the pipeline has: it ends, until more attempts are asked for.
func TestCrashLoop(t *testing.T) {
	p := build(t)
	for range 4 {
		if out, err := p.start("-kill"); err == nil || !strings.Contains(out, "killed") {
			t.Fatalf("it was not killed: %s", out)
		}
	}
	if out, err := p.start(); err == nil || !strings.Contains(out, "the attempts of the run are used up") {
		t.Fatalf("it was attempted once more: %s", out)
	}
	out, err := p.start("-fresh")
	if err != nil {
		t.Fatal(err)
	}
	p.ran(out, 0, 0, 5)
	p.loaded()
}

// TestRecords lists what the run remembers after a kill, and does a single task again.
func TestRecords(t *testing.T) {
	p := build(t)
	if _, err := p.start("-kill"); err == nil {
		t.Fatal("it was not killed")
	}
	out, err := p.start("-list")
	if err != nil || !strings.Contains(out, "Pipeline since its last success: 1\n") ||
		!strings.Contains(out, `etl.Transform([7] "2026-11-23" "north" "ada" 1250`) {
		t.Errorf("listed %s (%v)", out, err)
	}
	if _, err := p.start(); err != nil {
		t.Fatal(err)
	}
	out, err = p.start("-list")
	if err != nil || strings.Count(out, "gave {}") != 3 || strings.Contains(out, "since its last success") {
		t.Fatalf("listed %s (%v)", out, err)
	}
	redone := 0
	for _, line := range strings.Split(out, "\n") {
		if key, call, ok := strings.Cut(line, "  "); ok && strings.Contains(call, `"south"`) && strings.Contains(call, "Load") {
			out, err := p.start("-redo", key)
			if err != nil {
				t.Fatal(err)
			}
			p.ran(out, 0, 0, 1)
			redone++
		}
	}
	if redone != 1 {
		t.Errorf("%d loads of the south were listed", redone)
	}
	if out, err := p.start("-redo", "no key"); err == nil {
		t.Errorf("not a key: %s", out)
	}
}

// TestKilled kills the program after the transformation, and starts it again until nothing is left to do.
func TestKilled(t *testing.T) {
	p := build(t)
	first, err := p.start("-kill")
	if err == nil {
		t.Fatal("it was not killed")
	}
	p.ran(first, 1, 1, 0)
	second, err := p.start()
	if err != nil {
		t.Fatal(err)
	}
	p.ran(second, 0, 0, 5)
	p.loaded()
	third, err := p.start()
	if err != nil {
		t.Fatal(err)
	}
	p.ran(third, 0, 0, 0)
	p.loaded()
	for run, args := range map[string][]string{"another name": {"-run", "other"}, "a run that was deleted": {"-new"}} {
		out, err := p.start(args...)
		if err != nil {
			t.Fatalf("%s: %v", run, err)
		}
		p.ran(out, 1, 1, 5)
	}
}

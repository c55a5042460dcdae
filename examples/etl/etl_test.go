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

// start runs the program and gives what it printed.
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
	if n := strings.Count(out, "remembered: main.Extract"); n != 2 {
		t.Errorf("the extraction was remembered in %d attempts, want 2", n)
	}
	p.loaded()
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

package store_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/retrygen/retrygen/runtime/retry"
	"github.com/retrygen/retrygen/store"
)

// The flow that kills its process, or whose process is killed in a wait. The tests start it as a process of its own.

//retry:task checkpoint=durable
func stage(ctx context.Context, day string) (string, error) {
	fmt.Println("stage runs")
	return "staged " + day, nil
}

// patient may be attempted three times in all, an hour apart.
//
//retry:flow retries=2 delay=1h
func patient(ctx context.Context, day string, a retry.Attempt) error { return crash(ctx, day, a) }

// hasty does not wait as long: long enough to be killed meanwhile, on a busy machine too.
//
//retry:flow retries=2 delay=3s
func hasty(ctx context.Context, day string, a retry.Attempt) error { return crash(ctx, day, a) }

func crash(ctx context.Context, day string, a retry.Attempt) error {
	fmt.Println("attempt", a.Number, time.Now().UnixNano())
	if _, err := stageWithRetry(ctx, day); err != nil {
		return err
	}
	if strings.Contains(os.Getenv(envCrash), "killed") {
		die()
	}
	return errors.New("downstream is down")
}

// crashChild is the program: envCrash has the flow's name and whether it kills its process.
func crashChild() error {
	s, err := store.Open(os.Getenv(envDir))
	if err != nil {
		return err
	}
	ctx := retry.WithRun(context.Background(), s, "nightly")
	ctx = retry.With(ctx, retry.For("store_test.patient", tell()), retry.For("store_test.hasty", tell()))
	flow := patientWithRetry
	if strings.Contains(os.Getenv(envCrash), "hasty") {
		flow = hastyWithRetry
	}
	err = flow(ctx, "2026-11-23")
	fmt.Println("end", errors.Is(err, retry.ReasonAttempts), err)
	return nil
}

// tell prints each retry that is decided, before its wait.
func tell() retry.Option {
	return retry.Observer(func(_ context.Context, e retry.Event) {
		if e.Decision == retry.DecisionRetry {
			fmt.Println("wait", e.Attempt, int64(e.Wait))
		}
	})
}

// process is a running program.
type process struct {
	*testing.T
	cmd   *exec.Cmd
	lines *bufio.Scanner
	said  []string
}

func startCrash(t *testing.T, dir, how string) *process {
	t.Helper()
	p := &process{T: t, cmd: exec.Command(os.Args[0])}
	p.cmd.Env = append(os.Environ(), envDir+"="+dir, envCrash+"="+how)
	p.cmd.Stderr = os.Stderr
	stdout, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	p.lines = bufio.NewScanner(stdout)
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.kill)
	return p
}

// until reads what the program says up to a line that begins with a word, and returns the rest of it.
func (p *process) until(word string) string {
	p.Helper()
	for p.lines.Scan() {
		p.said = append(p.said, p.lines.Text())
		if rest, ok := strings.CutPrefix(p.lines.Text(), word+" "); ok {
			return rest
		}
	}
	p.Fatalf("it said %q, and no %q", p.said, word)
	return ""
}

// rest reads what the program says until it ends.
func (p *process) rest() string {
	for p.lines.Scan() {
		p.said = append(p.said, p.lines.Text())
	}
	_ = p.cmd.Wait() // it may have been killed
	return strings.Join(p.said, "\n")
}

// kill kills the program by SIGKILL.
func (p *process) kill() {
	_ = p.cmd.Process.Kill() // it may have ended
	p.rest()
}

// attempts returns the numbers of the attempts that the program has begun.
func (p *process) attempts() (numbers []string) {
	for _, line := range p.said {
		if fields := strings.Fields(line); fields[0] == "attempt" {
			numbers = append(numbers, fields[1])
		}
	}
	return numbers
}

func (p *process) wantAttempts(numbers ...string) {
	p.Helper()
	if got := p.attempts(); !slices.Equal(got, numbers) {
		p.Errorf("it made attempts %v, want %v; it said %q", got, numbers, p.said)
	}
}

// wantUsedUp checks that the program ended without an attempt.
func (p *process) wantUsedUp() {
	p.Helper()
	if said := p.rest(); !strings.HasPrefix(said, "end true ") || !strings.Contains(said, "stopped after 3 attempts") {
		p.Errorf("it said %q, want that the attempts are used up", said)
	}
}

func progressOf(t *testing.T, dir string) retry.Progress {
	t.Helper()
	list, err := open(t, dir).Progress(t.Context(), "nightly")
	if err != nil || len(list) != 1 || !strings.HasPrefix(list[0].Flow, "github.com/retrygen/retrygen/store_test.") {
		t.Fatalf("progress %+v (%v)", list, err)
	}
	return list[0].Progress
}

// TestKilledInEveryAttempt starts a flow again and again that kills its process. The count goes on, and the flow ends.
func TestKilledInEveryAttempt(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for i := range 3 {
		p := startCrash(t, dir, "patient, killed")
		if said := p.rest(); strings.Contains(said, "stage runs") != (i == 0) {
			t.Errorf("process %d said %q", i+1, said)
		}
		p.wantAttempts(strconv.Itoa(i + 1))
		if got := progressOf(t, dir); got.Begun != i+1 || !got.Due.IsZero() {
			t.Errorf("after process %d the run has %+v", i+1, got)
		}
	}
	for range 2 {
		startCrash(t, dir, "patient, killed").wantUsedUp()
	}
	s := open(t, dir)
	if err := s.ResetProgress(t.Context(), "nightly"); err != nil {
		t.Fatal(err)
	}
	p := startCrash(t, dir, "patient, killed")
	if said := p.rest(); strings.Contains(said, "stage runs") {
		t.Errorf("after a reset it said %q", said)
	}
	p.wantAttempts("1")
	if err := s.Delete(t.Context(), "nightly"); err != nil {
		t.Fatal(err)
	}
	p = startCrash(t, dir, "patient, killed")
	if said := p.rest(); !strings.Contains(said, "stage runs") {
		t.Errorf("after the run was deleted it said %q", said)
	}
	p.wantAttempts("1")
}

// TestKilledInTheWait kills processes in the wait of an hour. The next one waits for the rest of the same wait.
func TestKilledInTheWait(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var before retry.Progress
	for i := range 3 {
		p := startCrash(t, dir, "patient")
		wait, err := strconv.ParseInt(strings.TrimPrefix(p.until("wait"), "1 "), 10, 64)
		p.kill()
		got := progressOf(t, dir)
		if i == 0 {
			before = got
			p.wantAttempts("1")
		} else {
			p.wantAttempts()
		}
		if got != before || got.Begun != 1 || got.Wait != time.Hour || got.Due.IsZero() {
			t.Errorf("after process %d the run has %+v, and had %+v", i+1, got, before)
		}
		if left := time.Duration(wait); err != nil || left > time.Hour || left <= 0 || i > 0 && left == time.Hour {
			t.Errorf("process %d waits for %v (%v)", i+1, left, err)
		}
	}
}

// TestRestOfAWait kills a process in a short wait, and in the next attempt. The next one begins when the attempt is due.
func TestRestOfAWait(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	p := startCrash(t, dir, "hasty")
	p.until("wait")
	p.kill()
	due := progressOf(t, dir).Due
	p = startCrash(t, dir, "hasty, killed")
	_, begun, _ := strings.Cut(p.until("attempt"), " ")
	p.rest()
	p.wantAttempts("2")
	if n, err := strconv.ParseInt(begun, 10, 64); err != nil || n < due.UnixNano() {
		t.Errorf("the second attempt began at %s (%v), and was due at %d", begun, err, due.UnixNano())
	}
	p = startCrash(t, dir, "hasty")
	if said := p.rest(); !strings.HasSuffix(said, "end false downstream is down") {
		t.Errorf("the last attempt: %q", said)
	}
	p.wantAttempts("3")
	startCrash(t, dir, "hasty").wantUsedUp()
}

// TestProgress keeps the progress of flows beside the records, and resets it.
func TestProgress(t *testing.T) {
	s := open(t, t.TempDir())
	run, closeRun := openRun(t, s, "nightly")
	keeper := run.(retry.ProgressRun)
	record(t, run, 1, "1")
	due := time.Now().Add(time.Hour)
	for flow, p := range map[string]retry.Progress{"a.B": {Begun: 3, Due: due, Wait: time.Hour}, "a.A": {Begun: 1}} {
		if err := keeper.SetProgress(t.Context(), flow, p); err != nil {
			t.Fatal(err)
		}
	}
	if p, err := keeper.Progress(t.Context(), "a.B"); err != nil || p.Begun != 3 || !p.Due.Equal(due) || p.Wait != time.Hour {
		t.Errorf("progress %+v (%v)", p, err)
	}
	if p, err := keeper.Progress(t.Context(), "a.C"); err != nil || p != (retry.Progress{}) {
		t.Errorf("progress %+v (%v)", p, err)
	}
	wantHeld(t, func() error { return s.ResetProgress(t.Context(), "nightly") }, "")
	closeRun()
	list, err := s.Progress(t.Context(), "nightly")
	if err != nil || len(list) != 2 || list[0].Flow != "a.A" || list[1].Begun != 3 {
		t.Errorf("progress %+v (%v)", list, err)
	}
	for range 2 {
		if err := s.ResetProgress(t.Context(), "nightly"); err != nil {
			t.Error(err)
		}
	}
	if list, err := s.Progress(t.Context(), "nightly"); err != nil || len(list) != 0 {
		t.Errorf("progress %+v (%v)", list, err)
	}
	if list, err := s.Records(t.Context(), "nightly"); err != nil || len(list) != 1 {
		t.Errorf("records %+v (%v)", list, err)
	}
	if err := s.DeleteRecord(t.Context(), "nightly", [32]byte{}); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	if err := s.ResetProgress(t.Context(), "weekly"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no such run: %v", err)
	}
}

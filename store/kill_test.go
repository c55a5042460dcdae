package store_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/retrygen/retrygen/store"
)

// steps are the tasks of the job.
const steps = parts + 2

// trial is one run of the job, through all its kills.
type trial struct {
	*testing.T
	dir, run string
	size     int
	kept     map[int]uint64 // what was found in the store, by step
	kills    int
}

func newTrial(t *testing.T, size int) *trial {
	return &trial{T: t, dir: t.TempDir(), run: "job", size: size, kept: map[int]uint64{}}
}

// once starts the job, which kills itself as kill says, and checks what it left. Done is whether it came to its end.
func (t *trial) once(kill string) (done bool) {
	t.Helper()
	out, killed, err := start(t.T, envDir+"="+t.dir, envRun+"="+t.run, envKill+"="+kill, fmt.Sprintf("%s=%d", envSize, t.size))
	if err != nil && !killed {
		t.Fatalf("killed at %q: %v", kill, err)
	}
	t.check()
	if killed {
		t.kills++
		return false
	}
	t.checkEnd(out)
	return true
}

// check compares what the store has with what the job has noted: an execution that was recorded is the last one.
func (t *trial) check() {
	t.Helper()
	records := t.records()
	for step, drawn := range t.kept {
		if records[step] != drawn {
			t.Fatalf("step %d was %d in the store, and now is %d", step, drawn, records[step])
		}
	}
	last := map[int]uint64{}
	for _, line := range t.notes() {
		var what string
		var step int
		var drawn uint64
		if _, err := fmt.Sscan(line, &what, &step, &drawn); err != nil {
			t.Fatalf("note %q: %v", line, err)
		}
		switch what {
		case "ran":
			if recorded, ok := records[step]; ok && last[step] == recorded {
				t.Fatalf("step %d ran again after it was recorded", step)
			}
			last[step] = drawn
		case "synced":
			if records[step] != drawn {
				t.Fatalf("step %d was synced as %d, and the store has %d", step, drawn, records[step])
			}
		}
	}
	for step, drawn := range records {
		if last[step] != drawn {
			t.Fatalf("the store has %d for step %d, which gave %d", drawn, step, last[step])
		}
	}
	t.kept = records
}

// checkEnd compares the results of the job with the store.
func (t *trial) checkEnd(out string) {
	t.Helper()
	lines := strings.Fields(out)
	if len(lines) != steps || len(t.kept) != steps {
		t.Fatalf("%d results and %d records, want %d", len(lines), len(t.kept), steps)
	}
	for step, line := range lines {
		if line != fmt.Sprint(t.kept[step]) {
			t.Fatalf("result %d is %s, and the store has %d", step, line, t.kept[step])
		}
	}
}

// records returns what the store has, by step.
func (t *trial) records() map[int]uint64 {
	t.Helper()
	s, err := store.Open(t.dir)
	if err != nil {
		t.Fatal(err)
	}
	list, err := s.Records(t.Context(), t.run)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	found := map[int]uint64{}
	for _, r := range list {
		var p part
		if err := json.Unmarshal(r.Results, &p); err != nil {
			t.Fatal(err)
		}
		if _, twice := found[p.Step]; twice {
			t.Fatalf("step %d has two records", p.Step)
		}
		found[p.Step] = p.Drawn
	}
	return found
}

func (t *trial) notes() []string {
	t.Helper()
	data, err := os.ReadFile(notesOf(t.dir, t.run))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	return strings.FieldsFunc(string(data), func(c rune) bool { return c == '\n' })
}

// TestKilledAtEveryPoint kills the job at each point of each of its tasks, and starts it again.
func TestKilledAtEveryPoint(t *testing.T) {
	t.Parallel()
	for _, point := range []string{"ran", "before", "returned", "after"} {
		for nth := 1; nth <= steps; nth++ {
			trial := newTrial(t, 100)
			if trial.once(fmt.Sprintf("%s %d 0s", point, nth)) {
				t.Fatalf("%s %d: was not killed", point, nth)
			}
			if !trial.once("") {
				t.Fatal("was killed")
			}
		}
	}
}

// TestKilledAgainAndAgain kills each process of one run: it ends nevertheless, one record at a time.
func TestKilledAgainAndAgain(t *testing.T) {
	t.Parallel()
	trial := newTrial(t, 100)
	for !trial.once("before 1 0s") && !trial.once("after 1 0s") {
		if trial.kills > 2*steps {
			t.Fatal("it does not end")
		}
	}
	if trial.kills < 2*3 { // the parts may have been recorded together
		t.Errorf("%d kills", trial.kills)
	}
}

// TestKilledInTheMiddle kills the job while it writes large records.
func TestKilledInTheMiddle(t *testing.T) {
	t.Parallel()
	for i := range 24 {
		trial := newTrial(t, 100<<10)
		trial.once(fmt.Sprintf("middle %d %v", 1+i%steps, time.Duration(1+i)*time.Millisecond/4))
		if trial.kills == 0 {
			t.Logf("%d: it came to its end before", i)
		} else if !trial.once("") {
			t.Fatal("was killed")
		}
	}
}

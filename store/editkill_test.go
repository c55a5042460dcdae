package store_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/retrygen/retrygen/store"
)

// editChild changes a run, again and again, until it is killed: record 1 has ever higher numbers, record 2 comes and goes.
func editChild() error {
	ctx := context.Background()
	s, err := store.Open(os.Getenv(envDir))
	if err != nil {
		return err
	}
	for n := 1; ; n++ {
		run, err := s.Open(ctx, "nightly")
		if err != nil {
			return err
		}
		err = errors.Join(run.Record(ctx, call(2), []byte("2")), run.Close())
		err = errors.Join(err, s.SetResults(ctx, "nightly", call(1).Key, []byte(strconv.Itoa(n))))
		if err := errors.Join(err, s.DeleteRecord(ctx, "nightly", call(2).Key)); err != nil {
			return err
		}
		fmt.Println("edited", n)
	}
}

// TestEditKilled kills a process that changes records: the run is whole, and has what was last reported or what came next.
func TestEditKilled(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir)
	run, closeRun := openRun(t, s, "nightly")
	record(t, run, 1, "0")
	closeRun()
	for i := range 12 {
		p := startCrash(t, dir, "edit")
		n, err := strconv.Atoi(p.until("edited"))
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(i) * time.Millisecond / 2) // a moment of its own for each kill
		p.kill()
		for _, line := range p.said {
			if _, err := fmt.Sscanf(line, "edited %d", &n); err != nil {
				t.Fatal(line)
			}
		}
		one, err := s.Record(t.Context(), "nightly", call(1).Key)
		if got := string(one.Results); err != nil || got != strconv.Itoa(n) && got != strconv.Itoa(n+1) {
			t.Errorf("record 1 is %s (%v), and %d was reported", got, err, n)
		}
		if _, err := s.Record(t.Context(), "nightly", call(2).Key); err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Error(err)
		}
		_, closeRun := openRun(t, s, "nightly")
		closeRun()
	}
}

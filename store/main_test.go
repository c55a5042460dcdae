package store_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/retrygen/retrygen/runtime/retry"
	"github.com/retrygen/retrygen/store"
)

// This binary is also the program that the tests start and kill: the job of a run in a directory. It takes what it is
// to do from its environment.
const (
	envDir  = "STORE_TEST_DIR"  // of the store; else this is a test
	envRun  = "STORE_TEST_RUN"  // the run's name
	envSize = "STORE_TEST_SIZE" // bytes of a part
	envKill = "STORE_TEST_KILL" // where it kills itself, see killer; "" for nowhere
	envHold = "STORE_TEST_HOLD" // "yes" to open the run, say so, and wait
	envRoom = "STORE_TEST_ROOM" // bytes that its files may have

	envCrash = "STORE_TEST_CRASH" // another job: "edit", or the flow that crashes, and how
)

func TestMain(m *testing.M) {
	if os.Getenv(envDir) == "" {
		os.Exit(m.Run())
	}
	if err := child(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func child() error {
	switch os.Getenv(envCrash) {
	case "":
	case "edit":
		return editChild()
	default:
		return crashChild()
	}
	if err := limit(os.Getenv(envRoom)); err != nil {
		return err
	}
	s, err := store.Open(os.Getenv(envDir))
	if err != nil {
		return err
	}
	name := os.Getenv(envRun)
	if os.Getenv(envHold) != "" {
		if _, err := s.Open(context.Background(), name); err != nil {
			return err
		}
		fmt.Println("held")
		select {}
	}
	if job.size, err = strconv.Atoi(os.Getenv(envSize)); err != nil {
		return err
	}
	job.kill = parseKiller(os.Getenv(envKill))
	job.notes, err = os.OpenFile(notesOf(os.Getenv(envDir), name), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	list, err := allWithRetry(retry.WithRun(context.Background(), watched{s}, name))
	if err != nil {
		return err
	}
	for step, p := range list {
		if p.Step != step || !p.whole() {
			return fmt.Errorf("result %d is wrong: step %d", step, p.Step)
		}
		fmt.Println(p.Drawn)
	}
	return nil
}

func notesOf(dir, run string) string { return dir + "/" + run + ".notes" }

// note adds a line to the notes, which outlives the process.
func note(format string, args ...any) {
	if _, err := fmt.Fprintf(job.notes, format+"\n", args...); err != nil {
		panic(err)
	}
	if err := job.notes.Sync(); err != nil {
		panic(err)
	}
}

// first reports whether this process asks for a step for the first time.
func first(step int) bool {
	_, again := asked.LoadOrStore(step, true)
	return !again
}

var asked sync.Map

// killer kills this process, by SIGKILL, when it reaches a point for the nth time. At the point "middle" it does so
// a while later.
type killer struct {
	lock  sync.Mutex
	point string
	left  int
	delay time.Duration
}

// parseKiller reads "point n delay".
func parseKiller(text string) *killer {
	k := &killer{}
	if text != "" {
		var delay string
		if _, err := fmt.Sscan(text, &k.point, &k.left, &delay); err != nil {
			panic(err)
		}
		var err error
		if k.delay, err = time.ParseDuration(delay); err != nil {
			panic(err)
		}
	}
	return k
}

func (k *killer) at(point string) {
	k.lock.Lock()
	defer k.lock.Unlock()
	if point != k.point {
		return
	}
	if k.left--; k.left != 0 {
		return
	}
	if k.delay == 0 {
		die()
	}
	time.AfterFunc(k.delay, die)
}

func die() {
	self, err := os.FindProcess(os.Getpid())
	if err == nil {
		err = self.Kill()
	}
	if err != nil {
		panic(err)
	}
	select {} // it is a moment until the signal arrives
}

// watched is a store whose process may die at the points that matter.
type watched struct{ retry.Store }

func (w watched) Open(ctx context.Context, name string) (retry.Run, error) {
	r, err := w.Store.Open(ctx, name)
	return watchedRun{r}, err
}

type watchedRun struct{ retry.Run }

func (r watchedRun) Record(ctx context.Context, call retry.Call, results []byte) error {
	job.kill.at("before")
	job.kill.at("middle")
	if err := r.Run.Record(ctx, call, results); err != nil {
		return err
	}
	job.kill.at("returned")
	var p part
	if err := json.Unmarshal(results, &p); err != nil {
		return err
	}
	note("synced %d %d", p.Step, p.Drawn)
	job.kill.at("after")
	return nil
}

// start runs the job in another process, and returns its output. Killed is whether it died by a kill.
func start(t *testing.T, env ...string) (output string, killed bool, err error) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), env...)
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err = cmd.Run()
	if _, ok := errors.AsType[*exec.ExitError](err); ok {
		if stderr.Len() > 0 {
			return "", false, errors.New(strings.TrimSpace(stderr.String()))
		}
		return "", true, err // it would have said why, and systems have different statuses for a kill
	}
	return stdout.String(), false, err
}

package itest

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"go.temporal.io/sdk/worker"

	"github.com/retrygen/retrygen/engine/temporal"
	"github.com/retrygen/retrygen/engine/temporal/itest/devserver"
	"github.com/retrygen/retrygen/engine/temporal/itest/shop"
	"github.com/retrygen/retrygen/runtime/remote"
)

// roles are what a process of this program may be. Each prints a line when it is ready.
var roles = map[string]func() error{"server": playServer, "worker": playWorker, "caller": playCaller, "by hand": playByHand}

const (
	address = "ITEST_ADDRESS"
	queue   = "ITEST_QUEUE"
	file    = "ITEST_FILE"
	runName = "ITEST_RUN"
	jobs    = "ITEST_JOBS"
)

func playServer() error {
	_, text, _ := strings.Cut(os.Getenv(address), ":")
	port, err := strconv.Atoi(text)
	if err != nil {
		return err
	}
	if _, err := devserver.Start(devserver.Config{File: os.Getenv(file), Port: port}); err != nil {
		return err
	}
	fmt.Println("ready")
	select {}
}

func playWorker() error {
	c, err := dial(os.Getenv(address))
	if err != nil {
		return err
	}
	w := temporal.NewWorker(c, os.Getenv(queue), worker.Options{}, tasks...)
	if err := w.Start(); err != nil {
		return err
	}
	fmt.Println("ready")
	<-worker.InterruptCh()
	w.Stop()
	return nil
}

// playCaller makes the flow All, and prints its results.
func playCaller() error {
	c, err := dial(os.Getenv(address))
	if err != nil {
		return err
	}
	var list []shop.Job
	if err := json.Unmarshal([]byte(os.Getenv(jobs)), &list); err != nil {
		return err
	}
	fmt.Println("ready")
	ctx := remote.With(context.Background(), engine(c, os.Getenv(queue)), os.Getenv(runName))
	done, err := shop.AllWithRetry(ctx, list)
	fmt.Println(done, err)
	return err
}

// process is another process of this program.
type process struct {
	cmd   *exec.Cmd
	lines *bufio.Scanner
}

// start starts a process and waits until it is ready. It is killed at the end of the test.
func start(t testing.TB, as string, env ...string) *process {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(append(os.Environ(), role+"="+as), env...)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := cmd.StdinPipe(); err != nil { // It ends with this process, if not before.
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p := &process{cmd, bufio.NewScanner(out)}
	t.Cleanup(p.kill)
	if line := p.line(); line != "ready" {
		t.Fatalf("the %s is not ready: %q", as, line)
	}
	return p
}

func (p *process) line() string {
	p.lines.Scan()
	return p.lines.Text()
}

// kill ends the process without a word, as kill -9 does.
func (p *process) kill() {
	_ = p.cmd.Process.Kill()
	_ = p.cmd.Wait()
}

func (p *process) id() int { return p.cmd.Process.Pid }

// Fleet shows tasks that outlive the processes that make them. It starts a Temporal server of its own, a worker and a
// caller, kills both while a task waits for its second attempt, and starts others:
//
//	go run .
package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/retrygen/retrygen/engine/temporal/itest/devserver"
)

func main() {
	if err := run(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	dir, err := os.MkdirTemp("", "fleet")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	build := exec.CommandContext(ctx, "go", "build", "-o", dir, "./worker", "./caller")
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		return err
	}
	server, err := devserver.Start(devserver.Config{File: filepath.Join(dir, "temporal.db")})
	if err != nil {
		return err
	}
	defer server.Stop()
	f := &fleet{ctx: ctx, dir: dir, address: server.Address, began: time.Now()}
	defer f.killAll()
	return f.show()
}

// show is what happens.
func (f *fleet) show() error {
	first, err := f.start("worker 1", "worker")
	if err != nil {
		return err
	}
	lost, err := f.start("caller 1", "caller")
	if err != nil {
		return err
	}
	if err := first.await("ship"); err != nil {
		return err
	}
	time.Sleep(time.Second)
	for _, p := range []*process{first, lost} {
		p.kill()
		f.say(p.name, "is killed")
	}

	if _, err := f.start("worker 2", "worker"); err != nil {
		return err
	}
	second, err := f.start("caller 2", "caller")
	if err != nil {
		return err
	}
	return second.await("has")
}

// say prints a line with the time since the beginning.
func (f *fleet) say(who, what string) {
	f.lock.Lock()
	defer f.lock.Unlock()
	fmt.Printf("%4.1fs  %-9s %s\n", time.Since(f.began).Seconds(), who, strings.TrimSpace(what))
}

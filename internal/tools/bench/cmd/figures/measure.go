package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

// cost is what a command took.
type cost struct {
	wall, cpu float64 // seconds; cpu is of all its processes
	memory    int64   // the most bytes that one process had
}

// pairs is what two commands took that ran in turn: medians, and the most memory.
type pairs struct {
	first, second cost
	count         int
}

// paired runs two commands in turn, after a first time that does not count. There are nine pairs, fewer if they take longer
// than the limit, and at least three.
func paired(limit time.Duration, first, second func() (cost, error)) (*pairs, error) {
	const usual, least = 9, 3
	var firsts, seconds []cost
	begin := time.Now()
	for i := range usual + 1 {
		if time.Since(begin) > limit && len(firsts) >= least {
			break
		}
		a, err := first()
		if err != nil {
			return nil, err
		}
		b, err := second()
		if err != nil {
			return nil, err
		}
		if i > 0 {
			firsts, seconds = append(firsts, a), append(seconds, b)
		}
	}
	return &pairs{typical(firsts), typical(seconds), len(firsts)}, nil
}

// ratio compares the times of the commands.
func (p *pairs) ratio() float64 { return p.first.wall / p.second.wall }

// cpuRatio compares their CPU times, which depend less on what else a machine does.
func (p *pairs) cpuRatio() float64 { return p.first.cpu / p.second.cpu }

// memoryRatio compares the memory of their largest processes.
func (p *pairs) memoryRatio() float64 { return float64(p.first.memory) / float64(p.second.memory) }

// report writes what a table does not show, for whoever judges whether the machine was quiet.
func (p *pairs) report(what string) {
	fmt.Fprintf(os.Stderr, "%s: %d pairs, %.2f s against %.2f s, CPU time %.2f s against %.2f s (%.2f), memory %d MB against %d MB\n",
		what, p.count, p.first.wall, p.second.wall, p.first.cpu, p.second.cpu, p.cpuRatio(),
		p.first.memory/1e6, p.second.memory/1e6)
}

// typical returns the medians of times and the most memory.
func typical(list []cost) cost {
	var walls, cpus []float64
	var most int64
	for _, c := range list {
		walls, cpus, most = append(walls, c.wall), append(cpus, c.cpu), max(most, c.memory)
	}
	return cost{median(walls), median(cpus), most}
}

// errStopped is the error of a command that took longer than it may.
var errStopped = errors.New("stopped")

// timed runs a command, and returns what it took, also if it fails.
func timed(dir, name string, args ...string) (cost, error) {
	return timedWithin(4*time.Hour, dir, nil, name, args...)
}

// timedWithin is like timed, and stops a command and its processes when it takes longer than a limit. Env is added to the
// environment.
func timedWithin(limit time.Duration, dir string, env []string, name string, args ...string) (cost, error) {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), env...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.WaitDelay = 5 * time.Second
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	start := time.Now()
	out, err := cmd.CombinedOutput()
	c := cost{wall: time.Since(start).Seconds()}
	switch {
	case ctx.Err() != nil:
		err = errStopped
	case err != nil:
		err = fmt.Errorf("%s %s: %w\n%s", filepath.Base(name), strings.Join(args, " "), err, out)
	}
	if cmd.ProcessState == nil {
		return c, err
	}
	c.cpu = (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds()
	if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		c.memory = usage.Maxrss << 10 // Linux counts kilobytes
	}
	return c, err
}

// median returns the middle of some numbers.
func median(list []float64) float64 {
	sorted := slices.Sorted(slices.Values(list))
	return sorted[len(sorted)/2]
}

package main

import (
	"errors"
	"fmt"
	"math"
	"os"
	"time"
)

// coldHead is the head of the table of first runs.
const coldHead = "| with an empty build cache | `retrygen ./...` | `go build ./...` | ratio |\n| --- | --- | --- | --- |\n"

// cold returns the row of a module in the table of first runs. A build that takes longer than the limit, and much longer than
// retrygen, is stopped.
func cold(o *options, m *module) (string, error) {
	run, err := m.cold(time.Hour, m.tool, "./...")
	if err != nil {
		return "", err
	}
	const enough = 8
	longest := max(o.limit, time.Duration(enough*run.wall*float64(time.Second)))
	build, err := m.cold(longest, "go", "build", "./...")
	stopped := errors.Is(err, errStopped)
	if err != nil && !stopped {
		return "", err
	}
	fmt.Fprintf(os.Stderr, "%s: cold, %.2f s against %.2f s, CPU time %.2f s against %.2f s, memory %d MB\n",
		m.name, run.wall, build.wall, run.cpu, build.cpu, run.memory/1e6)
	row := fmt.Sprintf("| %s | %.1f s | ", m.title(), run.wall)
	if stopped {
		return row + fmt.Sprintf("more than %.0f s | < %.2f |\n", math.Floor(build.wall), math.Ceil(100*run.wall/build.wall)/100), nil
	}
	return row + fmt.Sprintf("%.0f s | %.2f |\n", build.wall, run.wall/build.wall), nil
}

// cold runs a command with an empty build cache.
func (m *module) cold(limit time.Duration, name string, args ...string) (cost, error) {
	cache, err := os.MkdirTemp("", "retrygen-cache-")
	if err != nil {
		return cost{}, err
	}
	defer os.RemoveAll(cache)
	return timedWithin(limit, m.dir, []string{"GOCACHE=" + cache}, name, args...)
}

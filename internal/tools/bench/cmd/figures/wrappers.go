package main

import (
	"fmt"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
)

// result matches a line that go test prints for a benchmark.
var result = regexp.MustCompile(`(?m)^Benchmark(\w+)/(\S+?)(?:-\d+)?\s+\d+\s+([\d.]+) ns/op\s+\d+ B/op\s+(\d+) allocs/op$`)

// figure is what one way of retrying costs.
type figure struct {
	nanoseconds []float64
	allocations string
}

// wrappers runs the benchmarks and returns their table.
func wrappers(*options) (string, error) {
	out, err := exec.Command("go", "test", "-run", "^$", "-bench", ".", "-benchmem", "-benchtime", "200ms", "-count", "7", ".").Output()
	if err != nil {
		return "", fmt.Errorf("running the benchmarks: %w\n%s", err, out)
	}
	figures := map[string]*figure{}
	var ways []string
	for _, m := range result.FindAllStringSubmatch(string(out), -1) {
		key := m[1] + "/" + m[2]
		if figures[key] == nil {
			figures[key] = &figure{allocations: m[4]}
			if m[1] == "FirstAttempt" {
				ways = append(ways, m[2])
			}
		}
		n, err := strconv.ParseFloat(m[3], 64)
		if err != nil {
			return "", err
		}
		figures[key].nanoseconds = append(figures[key].nanoseconds, n)
	}
	var table strings.Builder
	table.WriteString("| | first attempt succeeds | ratio | allocations | two failures, then success | ratio | allocations |\n" +
		"| --- | --- | --- | --- | --- | --- | --- |\n")
	for _, way := range ways {
		first, second := figures["FirstAttempt/"+way], figures["TwoFailures/"+way]
		if second == nil {
			return "", fmt.Errorf("no figure of two failures for %s", way)
		}
		fmt.Fprintf(&table, "| %s | %.1f ns | %.2f | %s | %.0f ns | %.2f | %s |\n", strings.ReplaceAll(way, "_", " "),
			median(first.nanoseconds), median(first.nanoseconds)/median(figures["FirstAttempt/by_hand"].nanoseconds), first.allocations,
			median(second.nanoseconds), median(second.nanoseconds)/median(figures["TwoFailures/by_hand"].nanoseconds), second.allocations)
	}
	return table.String(), nil
}

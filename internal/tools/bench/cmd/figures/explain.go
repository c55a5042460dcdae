package main

import (
	"fmt"
	"os"
	"path/filepath"
)

// explainHead is the head of the table of explain.
const explainHead = "| `retrygen explain ./...` | time | ratio to `go vet ./...` | of CPU time | memory | ratio |\n" +
	"| --- | --- | --- | --- | --- | --- |\n"

// explain returns the row of a module in the table of explain.
func explain(o *options, m *module) (string, error) {
	p, err := explainAgainstVet(o, m)
	if err != nil {
		return "", err
	}
	p.report(m.name + ": explain against go vet")
	return fmt.Sprintf("| %s | %.2f s | %.2f | %.2f | %d MB | %.2f |\n",
		m.title(), p.first.wall, p.ratio(), p.cpuRatio(), p.first.memory/1e6, p.memoryRatio()), nil
}

// explainAgainstVet measures explain beside a go vet that has to look at every package of the module again: a file of its tests
// has changed. What has to be compiled for that is compiled before.
func explainAgainstVet(o *options, m *module) (*pairs, error) {
	packages, err := m.packages()
	if err != nil {
		return nil, err
	}
	const edit = "retrygen_edit_test.go"
	defer func() {
		for dir := range packages {
			os.Remove(filepath.Join(dir, edit))
		}
	}()
	runs := 0
	vet := func() (cost, error) {
		runs++
		for dir, name := range packages {
			text := fmt.Appendf(nil, "package %s\n\n// %d %d\n", name, os.Getpid(), runs)
			if err := os.WriteFile(filepath.Join(dir, edit), text, 0o666); err != nil {
				return cost{}, err
			}
		}
		_, _ = timed(m.dir, "go", "list", "-e", "-test", "-deps", "-export", "./...") // some tests may not build
		c, _ := timed(m.dir, "go", "vet", "./...")                                    // it may report something of the module
		return c, nil
	}
	return paired(o.limit, func() (cost, error) { return timed(m.dir, m.tool, "explain", "./...") }, vet)
}

package main

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/retrygen/retrygen/internal/tools/modcache"
)

// largeHead is the head of the table of large packages.
const largeHead = "| `go vet -vettool=retrylint ./...` | CPU time | ratio to `go vet ./...` | memory | ratio |\n" +
	"| --- | --- | --- | --- | --- |\n"

// large measures go vet with retrylint against go vet with its own checks on packages that nobody would write by hand, and
// returns their table.
func large(o *options) (string, error) {
	t, err := buildTools()
	if err != nil {
		return "", err
	}
	defer t.remove()
	var table strings.Builder
	table.WriteString(largeHead)
	for i, load := range []struct{ name, text string }{
		{"20,000 loops that wait equally long, in a file", manyLoops(20_000, "time.Second")},
		{"20,000 loops with waits that grow, in a file", manyLoops(20_000, "time.Second<<attempt")},
		{"20,000 loops in one function", loopsTogether(20_000)},
		{"a chain of 300 wrappers", wrapperChain(300)},
	} {
		module := filepath.Join(t.dir, fmt.Sprintf("module%d", i))
		if err := os.Mkdir(module, 0o777); err != nil {
			return "", err
		}
		if err := writeGoMod(module); err != nil {
			return "", err
		}
		if err := os.WriteFile(filepath.Join(module, "main.go"), []byte(load.text), 0o666); err != nil {
			return "", err
		}
		if _, err := timed(module, t.retrygen, "./..."); err != nil {
			return "", err
		}
		if err := largeRow(o, &table, load.name, module, t.retrylint); err != nil {
			return "", err
		}
	}
	return table.String(), nil
}

// clientGo does the same on kubernetes' client-go, which is compiled first.
func clientGo(o *options) (string, error) {
	t, err := buildTools()
	if err != nil {
		return "", err
	}
	defer t.remove()
	const name = "k8s.io/client-go@v0.35.4"
	copied := filepath.Join(cmp.Or(o.copies, t.dir), "client-go")
	if _, err := os.Stat(copied); err != nil {
		if err := modcache.Copy(name, copied); err != nil {
			return "", err
		}
	}
	var table strings.Builder
	table.WriteString(largeHead)
	err = largeRow(o, &table, name, copied, t.retrylint)
	return table.String(), err
}

// largeRow adds the row of a module. Packages are compiled before. A flag that changes each time lets go vet look at all of them
// again.
func largeRow(o *options, table *strings.Builder, name, module, lint string) error {
	if _, err := timed(module, "go", "build", "./..."); err != nil {
		return err
	}
	runs := 0
	vet := func(flags ...string) func() (cost, error) {
		return func() (cost, error) {
			runs++
			last := len(flags) - 1
			args := slices.Concat([]string{"vet"}, flags[:last], []string{fmt.Sprintf(flags[last], os.Getpid()%1000*1000+runs), "./..."})
			c, err := timed(module, "go", args...)
			if _, found := errors.AsType[*exec.ExitError](err); found {
				err = nil // there are findings
			}
			return c, err
		}
	}
	p, err := paired(o.limit, vet("-vettool="+lint, "-retrydirective.max-wait=3600.%09ds"), vet("-printf.funcs=again%d"))
	if err == nil {
		p.report("retrylint, " + name)
		fmt.Fprintf(table, "| %s | %.1f s | %.2f | %d MB | %.2f |\n", name, p.first.cpu, p.cpuRatio(), p.first.memory/1e6,
			float64(p.first.memory)/float64(p.second.memory))
	}
	return err
}

// Corpus tries the generator on real code: it takes public modules from the module proxy, puts a directive on every
// function and method that returns an error and on every interface that has something to retry, generates, and builds
// and vets the result for several platforms.
//
//	go run ./internal/tools/corpus github.com/gorilla/mux@v1.8.1 golang.org/x/sys@latest
//
// Modules are copied to a temporary folder; nothing is changed in place. For each it prints how many functions were
// wrapped, and whatever the generator, the compiler or go vet say about generated code. It exits with 1 if anything
// is said. The flag -keep leaves the copies for a look.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/retrygen/retrygen/internal/tools/annotate"
	"github.com/retrygen/retrygen/internal/tools/modcache"
)

func main() {
	platforms := flag.String("platforms", "linux,windows,darwin", "operating systems to build for")
	values := flag.Bool("values", false, "have variables and parameters instead of numbers")
	checkpoint := flag.String("checkpoint", "", "have checkpoint, or durable for checkpoint=durable, inherited by all that can")
	keep := flag.Bool("keep", false, "leave the annotated copies")
	flag.Parse()
	failed := 0
	total := tally{}
	for _, module := range flag.Args() {
		t, err := try(module, strings.Split(*platforms, ","), shared{*checkpoint, *values}, *keep)
		total.add(t)
		status := "ok"
		if err != nil {
			status = err.Error()
			failed++
		}
		fmt.Printf("%-45s %5d functions  %4d interfaces  %5d wrappers  "+
			"%5.1fs  %s\n", module, t.functions, t.interfaces, t.wrappers, t.took.Seconds(), status)
	}
	fmt.Printf("%d modules, %d functions, %d interfaces, %d wrappers: %d passed, %d failed\n",
		flag.NArg(), total.functions, total.interfaces, total.wrappers, flag.NArg()-failed, failed)
	if failed > 0 {
		os.Exit(1)
	}
}

// tally counts what was annotated and generated.
type tally struct {
	functions, interfaces, wrappers int
	took                            time.Duration // of the generator
}

func (t *tally) add(u tally) {
	t.functions += u.functions
	t.interfaces += u.interfaces
	t.wrappers += u.wrappers
	t.took += u.took
}

// try annotates, generates, builds and vets one module.
func try(module string, platforms []string, options shared, keep bool) (tally, error) {
	var t tally
	dir, err := os.MkdirTemp("", "retrygen-corpus-")
	if err != nil {
		return t, err
	}
	if keep {
		fmt.Println("copying", module, "to", dir)
	} else {
		defer os.RemoveAll(dir)
	}
	if err := modcache.Copy(module, dir); err != nil {
		return t, err
	}
	policy, err := options.policy(dir)
	if err != nil {
		return t, err
	}
	count, err := annotate.Tree(dir, annotate.Directive(policy, options.values), options.values)
	t.functions, t.interfaces = count.Functions, count.Interfaces
	if err != nil {
		return t, err
	}
	if err := annotate.Require(dir); err != nil {
		return t, err
	}
	start := time.Now()
	plan, err := annotate.Plan(dir)
	t.took = time.Since(start)
	if err != nil {
		return t, err
	}
	t.wrappers = plan.Wrappers
	if t.wrappers < t.functions {
		return t, fmt.Errorf("%d functions were annotated, but %d wrappers generated", t.functions, t.wrappers)
	}
	if err := plan.Write(); err != nil {
		return t, err
	}
	var errs []error
	for _, goos := range platforms {
		// go vet type-checks tests too, and reports what does not build.
		if out := complaints(dir, goos); out != "" {
			errs = append(errs, fmt.Errorf("%s:\n%s", goos, out))
		}
	}
	return t, errors.Join(errs...)
}

// shared is what all functions of a copy have in common.
type shared struct {
	checkpoint string // "", or what -checkpoint says
	values     bool   // numbers are variables and parameters
}

// variables is the source of the variables that stand for numbers.
const variables = `
// What only the running program knows.
var (
	Retries int64 = 3
	First, Limit, Timeout, Within, Reset time.Duration
	Base    float32
	Percent uint8
)
`

// policy adds a package with a policy to the copy, and returns its name, "" if none is needed.
func (s shared) policy(dir string) (string, error) {
	if s == (shared{}) {
		return "", nil
	}
	var options []string
	switch s.checkpoint {
	case "":
	case "durable":
		options = append(options, "checkpoint=durable")
	default:
		options = append(options, "checkpoint")
	}
	source := "package retrypolicy\n"
	if s.values {
		options = append(options, "retries=Retries delay=exponential(First,base=Base) jitter=Percent% cap=Limit",
			"timeout=Timeout within=Within reset=Reset")
		source += "\nimport \"time\"\n" + variables
	}
	cmd := exec.Command("go", "list", "-m")
	cmd.Dir, cmd.Env = dir, annotate.Environment("linux")
	module, err := cmd.Output()
	if err != nil {
		return "", err
	}
	if err := os.Mkdir(filepath.Join(dir, "retrypolicy"), 0o777); err != nil {
		return "", err
	}
	source += fmt.Sprintf("\nconst Shared = %q\n", strings.Join(options, " "))
	err = os.WriteFile(filepath.Join(dir, "retrypolicy", "policy.go"), []byte(source), 0o666)
	return strings.TrimSpace(string(module)) + "/retrypolicy.Shared", err
}

// complaints returns what go build and go vet say about generated files.
func complaints(dir, goos string) string {
	var lines []string
	for _, args := range [][]string{{"build", "./..."}, {"vet", "./..."}} {
		cmd := exec.Command("go", args...)
		cmd.Dir, cmd.Env = dir, annotate.Environment(goos)
		out, err := cmd.CombinedOutput()
		if err == nil {
			continue
		}
		found := false
		for line := range strings.Lines(string(out)) {
			if strings.Contains(line, "_retry") && strings.Contains(line, ".go:") {
				lines = append(lines, line)
				found = true
			}
		}
		if !found && args[0] == "build" {
			lines = append(lines, "go build failed elsewhere: "+string(out))
		}
	}
	if len(lines) > 30 {
		lines = append(lines[:30], fmt.Sprintf("and %d more lines\n", len(lines)-30))
	}
	return strings.Join(lines, "")
}

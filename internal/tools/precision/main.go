// Precision runs retrylint on public modules, which have no directives, and compares what it finds with lists that have
// been read and judged. It says how often the linter is right, and how much it misses.
//
//	go run ./internal/tools/precision -judged analyzer/testdata/precision.txt
//
// compares what the defaults find with a list of findings. The list has lines of "module path@version lines", one for each
// module to run on, and below each its findings: "right" or "wrong", the place, the message, and an indented line that says
// why. Findings that are not in the list are printed in its form, with a question mark for the judgement; it exits with 1 if
// there are any. With modules as arguments it runs on those.
//
//	go run ./internal/tools/precision -places analyzer/testdata/places.csv
//
// switches on all checks, and compares what they find with a list of places that somebody has read: real mistakes, and code
// that looks like a mistake and is fine. It prints for each check how many of the real places it finds (recall) and how many
// of its findings at judged places are right (precision), and each place where check and reader disagree. A finding is at
// a place if it is in the same innermost loop or, outside of loops, in the same function; a finding is counted at one place.
//
// With -source it builds nothing: it type-checks the modules from source and runs the analyzers in this process, which takes
// seconds. It sees the functions of one module at a time, whereas go vet sees those of all.
//
// With -modules it looks only at the modules whose path matches a regular expression, which divides a long run into several.
// With -copies the modules are copied below a directory and stay there, which makes the next run faster.
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/retrygen/retrygen/analyzer"
	linter "github.com/retrygen/retrygen/internal/lint"
	"github.com/retrygen/retrygen/internal/module"
	"github.com/retrygen/retrygen/internal/tools/modcache"
)

func main() {
	judged := flag.String("judged", "", "the list of judged findings")
	places := flag.String("places", "", "the list of judged places")
	copies := flag.String("copies", "", "a directory that keeps the copies of the modules")
	source := flag.Bool("source", false, "type-check from source, in this process, instead of running go vet")
	only := regexp.MustCompile("")
	flag.TextVar(only, "modules", only, "a regular expression for the paths of the modules to look at")
	flag.Parse()
	if err := run(*judged, *places, *copies, *source, only, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "precision:", err)
		os.Exit(1)
	}
}

func run(judged, places, copies string, source bool, only *regexp.Regexp, modules []string) error {
	temp, err := os.MkdirTemp("", "retrylint-precision-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(temp)
	r := &runner{tool: filepath.Join(temp, "retrylint.exe"), dir: copies, keep: copies != "", only: only}
	if !r.keep {
		r.dir = temp
	}
	if err := r.build(source); err != nil {
		return err
	}
	if places != "" {
		agree, err := measurePlaces(r, places)
		if err == nil && !agree {
			err = errors.New("checks and readers disagree")
		}
		return err
	}
	return compareFindings(r, judged, modules)
}

// compareFindings compares the findings of the defaults with a list of judged ones.
func compareFindings(r *runner, judged string, modules []string) error {
	known, listed, err := readJudged(judged)
	if err != nil {
		return err
	}
	if len(modules) == 0 {
		modules = listed
	}
	modules = slices.DeleteFunc(modules, func(module string) bool { return !r.only.MatchString(module) })
	lines := 0
	judgements := map[string]int{}
	for _, module := range modules {
		found, n, err := r.defaults(module)
		if err != nil {
			return fmt.Errorf("%s: %w", module, err)
		}
		lines += n
		fmt.Printf("module %s %d lines\n", module, n)
		for _, f := range found {
			judgement := known[module+" "+f]
			if judgement == "" {
				judgement = "?"
				fmt.Printf("? %s\n", f)
			}
			judgements[judgement]++
		}
	}
	fmt.Printf("%d modules, %d lines: %d right, %d wrong, %d not "+
		"judged\n", len(modules), lines, judgements["right"], judgements["wrong"], judgements["?"])
	if n := judgements["?"]; n > 0 {
		return fmt.Errorf("%d findings have not been judged", n)
	}
	return nil
}

// readJudged reads the list: judgements by "module finding", and the modules in it.
func readJudged(name string) (known map[string]string, modules []string, err error) {
	known = map[string]string{}
	if name == "" {
		return known, nil, nil
	}
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, nil, err
	}
	for line := range strings.Lines(string(text)) {
		word, rest, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		switch word {
		case "module":
			modules = append(modules, strings.Fields(rest)[0])
		case "right", "wrong":
			known[modules[len(modules)-1]+" "+rest] = word
		}
	}
	return known, modules, nil
}

// runner runs the linter on copies of modules.
type runner struct {
	tool string         // the vet tool
	dir  string         // where the copies are
	keep bool           // they stay there
	only *regexp.Regexp // the modules to look at

	lint func(module, dir string, flags []string) []linter.Finding // vet, except in tests
}

// build builds the vet tool, or takes the analyzers of this process.
func (r *runner) build(source bool) error {
	if source {
		r.lint = r.source
		return nil
	}
	r.lint = r.vet
	if out, err := exec.Command("go", "build", "-o", r.tool, module.Path+"/cmd/retrylint").CombinedOutput(); err != nil {
		return fmt.Errorf("%w\n%s", err, out)
	}
	return nil
}

// copy copies a module. Done removes the copy, unless copies are kept.
func (r *runner) copy(module string) (dir string, done func(), err error) {
	dir = filepath.Join(r.dir, strings.ReplaceAll(module, "/", "_"))
	done = func() {
		if !r.keep {
			os.RemoveAll(dir)
		}
	}
	if _, err := os.Stat(dir); !r.keep || err != nil {
		if err := modcache.Copy(module, dir); err != nil {
			return dir, done, err
		}
	}
	return dir, done, rooted(module, dir)
}

// vet returns the findings in a copy of a module. A package that does not build is not analyzed; the others are.
func (r *runner) vet(module, dir string, flags []string) []linter.Finding {
	env := append(os.Environ(), "GOFLAGS="+updating(dir), "GOWORK=off")
	patterns, err := whole(dir, env)
	if err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", module, err)
		return nil
	}
	found, err := linter.Run(context.Background(), linter.Options{Tool: r.tool, Dir: dir, Env: env, Flags: flags, Patterns: patterns})
	if err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", module, err)
	}
	return found
}

// whole lists the packages of a module whose files are all there, and those of what they import. With others the go command
// vets none at all: a module lacks files to embed that are built or ignored by Git.
func whole(dir string, env []string) ([]string, error) {
	cmd := exec.Command("go", "list", "-e", "-f", "{{if not (or .Error .DepsErrors)}}{{.ImportPath}}{{end}}", "./...")
	cmd.Dir, cmd.Env = dir, env
	out, err := cmd.Output()
	return strings.Fields(string(out)), err
}

// allChecks returns the flags that switch on the checks that are off by default.
func allChecks() []string {
	var flags []string
	for _, c := range analyzer.Checks() {
		if c.Optional {
			flags = append(flags, fmt.Sprintf("-%s.%s", c.Analyzer, c.ID))
		}
	}
	return flags
}

// defaults returns what the default checks find in a module, and how many lines of Go it has.
func (r *runner) defaults(module string) (found []string, lines int, err error) {
	dir, done, err := r.copy(module)
	if err != nil {
		return nil, 0, err
	}
	defer done()
	if lines, err = count(dir); err != nil {
		return nil, 0, err
	}
	for _, f := range r.lint(module, dir, nil) {
		found = append(found, fmt.Sprintf("%s: %s: %s", f.Place, f.Check, f.Message))
	}
	slices.Sort(found)
	return slices.Compact(found), lines, nil
}

// count returns the lines of Go below a directory.
func count(dir string) (lines int, err error) {
	err = filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(path) != ".go" {
			return err
		}
		text, err := os.ReadFile(path)
		lines += bytes.Count(text, []byte("\n"))
		return err
	})
	return lines, err
}

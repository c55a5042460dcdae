// Precision runs retrylint with its defaults on public modules, which have no directives, and compares what it finds
// with a list of findings that have been read and judged.
//
//	go run ./internal/tools/precision -judged analyzer/testdata/precision.txt
//
// The list has lines of "module path@version lines", one for each module to run on, and below each its findings: "right"
// or "wrong", the place, the message, and an indented line that says why. Findings that are not in the list are printed
// in its form, with a question mark for the judgement; it exits with 1 if there are any. With modules as arguments it
// runs on those.
package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	linter "github.com/retrygen/retrygen/internal/lint"
	"github.com/retrygen/retrygen/internal/module"
	"github.com/retrygen/retrygen/internal/tools/modcache"
)

func main() {
	judged := flag.String("judged", "", "the list of judged findings")
	flag.Parse()
	if err := run(*judged, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "precision:", err)
		os.Exit(1)
	}
}

func run(judged string, modules []string) error {
	known, listed, err := readJudged(judged)
	if err != nil {
		return err
	}
	if len(modules) == 0 {
		modules = listed
	}
	temp, err := os.MkdirTemp("", "retrylint-precision-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(temp)
	tool := filepath.Join(temp, "retrylint.exe")
	if out, err := exec.Command("go", "build", "-o", tool, module.Path+"/cmd/retrylint").CombinedOutput(); err != nil {
		return fmt.Errorf("%w\n%s", err, out)
	}
	lines, unknown := 0, 0
	judgements := map[string]int{}
	for _, module := range modules {
		dir := filepath.Join(temp, strings.ReplaceAll(module, "/", "_"))
		found, n, err := lint(tool, module, dir)
		if err != nil {
			return fmt.Errorf("%s: %w", module, err)
		}
		lines += n
		fmt.Printf("module %s %d lines\n", module, n)
		for _, f := range found {
			judgement := known[module+" "+f]
			if judgement == "" {
				judgement = "?"
				unknown++
				fmt.Printf("? %s\n", f)
			}
			judgements[judgement]++
		}
		if err := os.RemoveAll(dir); err != nil {
			return err
		}
	}
	fmt.Printf("%d modules, %d lines: %d right, %d wrong, %d not "+
		"judged\n", len(modules), lines, judgements["right"], judgements["wrong"], unknown)
	if unknown > 0 {
		return fmt.Errorf("%d findings have not been judged", unknown)
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

// lint copies a module, and returns what retrylint finds in it and how many lines of Go it has.
func lint(tool, module, dir string) (found []string, lines int, err error) {
	if err := modcache.Copy(module, dir); err != nil {
		return nil, 0, err
	}
	if lines, err = count(dir); err != nil {
		return nil, 0, err
	}
	list, err := linter.Run(context.Background(), linter.Options{
		Tool: tool, Dir: dir, Env: append(os.Environ(), "GOFLAGS=-mod=mod", "GOWORK=off"), Patterns: []string{"./..."},
	})
	if err != nil {
		// A package that does not build is not analyzed; the others are.
		fmt.Fprintf(os.Stderr, "%s: %v\n", module, err)
	}
	for _, f := range list {
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

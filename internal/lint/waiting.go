package lint

import (
	"context"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/retrygen/retrygen/internal/directive"
	"github.com/retrygen/retrygen/internal/load"
)

// Code that calls wrappers before they are generated does not build, so that go vet does not look at it. The directives
// are there all the same, and say what is missing.

var (
	errorPattern     = regexp.MustCompile(`^(?:vet: )?(.+\.go):(\d+):(\d+): (.*)$`)
	undefinedPattern = regexp.MustCompile(`undefined: (?:\w+\.)?(\w+)$|has no field or method (\w+)`)
)

// undefined is an error of the compiler about a name that nothing declares.
type undefined struct {
	file         string // absolute
	line, column int
	name         string
}

// undefinedIn returns the errors in the output of go vet that are about names, and reports whether there are others.
func undefinedIn(output, dir string) (list []undefined, others bool) {
	for line := range strings.Lines(output) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") || strings.Contains(line, "too many errors") || strings.Contains(line, ": RL207: ") {
			continue
		}
		match := errorPattern.FindStringSubmatch(line)
		var name []string
		if match != nil {
			name = undefinedPattern.FindStringSubmatch(match[4])
		}
		if name == nil {
			others = true
			continue
		}
		u := undefined{file: match[1], name: name[1] + name[2]}
		if !filepath.IsAbs(u.file) {
			u.file = filepath.Join(dir, u.file)
		}
		u.line, _ = strconv.Atoi(match[2])
		u.column, _ = strconv.Atoi(match[3])
		list = append(list, u)
	}
	return list, others
}

// waiting explains a failure by wrappers that have not been generated: with a finding for each use of one, and for each
// mistake in a directive, since nothing is generated from those. It reports whether that explains the whole failure.
func waiting(ctx context.Context, o Options, output, dir string) (found []Finding, whole bool) {
	names, others := undefinedIn(output, dir)
	if len(names) == 0 {
		return nil, false
	}
	run, err := load.Packages(ctx, load.Options{
		Dir: o.Dir, Patterns: append(slices.Clone(o.Patterns), "./..."), Tags: o.tags(), Env: o.Env,
	})
	if err != nil {
		return nil, false
	}
	real, err := load.RealDir(dir)
	if err != nil {
		return nil, false
	}
	wrappers := wrappersOf(run, real)
	mistaken := len(run.Problems())+len(run.Warnings()) > 0
	whole = !others
	for _, u := range names {
		asked, ok := wrappers[u.name]
		if !ok {
			whole = whole && mistaken && strings.HasSuffix(u.name, "WithRetry")
			continue
		}
		found = append(found, o.finding(dir, "RL207", u.file, u.line, u.column,
			notGenerated(u.name, asked)))
	}
	for _, p := range run.Problems() {
		found = append(found, o.finding(real, "RL103", p.Pos.Filename, p.Pos.Line, p.Pos.Column, p.Message))
	}
	for _, w := range run.Warnings() {
		found = append(found, o.finding(real, "RL101", w.Pos.Filename, w.Pos.Line, w.Pos.Column, w.Message))
	}
	found = slices.DeleteFunc(found, func(f Finding) bool { return f.Check == "" })
	return found, whole && len(found) > 0
}

// wrappersOf returns the places of the directives that ask for wrappers, by the names of the wrappers.
func wrappersOf(run *load.Run, dir string) map[string]string {
	wrappers := map[string]string{}
	for _, f := range run.Folders {
		for _, u := range f.Units {
			run.Find(u)
			add := func(name string, fn *directive.Func) {
				p := run.Position(fn.Pos)
				wrappers[name] = fmt.Sprintf("%s:%d:%d", Relative(dir, p.Filename), p.Line, p.Column)
			}
			for _, fn := range u.Found.Funcs {
				for _, made := range fn.Makes() {
					add(made, fn)
				}
			}
			for _, d := range u.Found.Decorators {
				for _, fn := range d.Methods {
					add(d.Wrapper, fn)
				}
			}
		}
	}
	return wrappers
}

// finding returns a finding of a check, or an empty one if the check is switched off.
func (o Options) finding(dir, check, file string, line, column int, message string) Finding {
	for _, flag := range o.Flags {
		if strings.HasSuffix(flag, "."+check+"=false") {
			return Finding{}
		}
	}
	at := Place{File: Relative(dir, file), Line: line, Column: column, EndLine: line, EndColumn: column}
	return Finding{Check: check, Place: at, Message: message}
}

// tags returns the build tags among the flags.
func (o Options) tags() string {
	for _, flag := range o.Flags {
		if list, ok := strings.CutPrefix(flag, "-tags="); ok {
			return list
		}
	}
	return ""
}

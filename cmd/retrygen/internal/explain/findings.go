package explain

import (
	"cmp"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/retrygen/retrygen/analyzer"
	"github.com/retrygen/retrygen/cmd/retrygen/internal/report"
	"github.com/retrygen/retrygen/internal/lint"
	"github.com/retrygen/retrygen/internal/load"
	"github.com/retrygen/retrygen/internal/retries/inventory"
)

// VetVariable is the environment variable that tells this program that the go command runs it as a vet tool.
const VetVariable = "RETRYGEN_VET"

// linted is what the linter says of packages.
type linted struct {
	looked bool
	found  []lint.Finding
	rest   []report.Finding // of found, those that are about no policy
	notes  []string
	link   func(finding lint.Finding) string
}

// lint runs the linter, if it is asked for, while other work goes on. The function that it returns waits for the result.
func (x *explainer) lint(ctx context.Context) func() *linted {
	result := &linted{}
	if !x.Lint {
		return func() *linted { return result }
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		x.vet(ctx, result)
	}()
	return func() *linted {
		<-done
		return result
	}
}

// vet runs the checks by go vet, with this program as its tool. What cannot be looked at has a note.
func (x *explainer) vet(ctx context.Context, l *linted) {
	l.looked = true
	tool, err := os.Executable()
	if err == nil {
		o := lint.Options{Tool: tool, Dir: x.Dir, Patterns: x.Patterns, Env: append(x.environment(), VetVariable+"=1")}
		if x.Tags != "" {
			o.Flags = []string{"-tags=" + x.Tags}
		}
		l.found, err = lint.Run(ctx, o)
	}
	if err != nil {
		_, part := errors.AsType[*lint.Failure](err)
		l.looked = part && len(l.found) > 0
		l.notes = append(l.notes, "findings of the linter may be missing: "+firstError(err))
	}
	dir, err := load.RealDir(x.Dir)
	l.link = func(f lint.Finding) string {
		if x.Link == nil || err != nil {
			return ""
		}
		return x.Link(filepath.Join(dir, filepath.FromSlash(f.File)), f.File, f.Line)
	}
}

// environment is that of the go command.
func (x *explainer) environment() []string {
	if x.Env != nil {
		return slices.Clone(x.Env)
	}
	return os.Environ()
}

// firstError returns the first line of an error that says something: after "go vet: exit status 1" the lines of the compiler.
func firstError(err error) string {
	failure, ok := errors.AsType[*lint.Failure](err)
	if !ok {
		return err.Error()
	}
	for line := range strings.Lines(failure.Output) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			return strings.TrimPrefix(line, "vet: ")
		}
	}
	return failure.Err.Error()
}

// attach puts findings to the policies that they are about: those in whose declarations they are.
func (l *linted) attach(entries []inventory.Entry, policies []report.Policy) {
	for _, f := range l.found {
		shown, about := l.shown(f), false
		for i := range entries {
			e := &entries[i]
			if f.File == e.File && (e.First <= f.Line && f.Line <= e.Last || f.Line == e.Pos.Line) {
				policies[i].Findings, about = append(policies[i].Findings, shown), true
			}
		}
		if !about {
			l.rest = append(l.rest, shown)
		}
	}
}

func (l *linted) shown(f lint.Finding) report.Finding {
	check, _ := analyzer.LookUp(f.Check)
	return report.Finding{
		Check: f.Check, Level: cmp.Or(check.Level, "warning"), Title: check.Title, Message: f.Message, Position: f.Place.String(),
		Link: l.link(f),
	}
}

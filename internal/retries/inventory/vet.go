package inventory

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/retrygen/retrygen/internal/lint"
	"github.com/retrygen/retrygen/internal/retries"
)

// key tells records apart: a file has a task once, whichever variant of its package is looked at.
type key struct{ file, task string }

// vetted is what the tool says.
type vetted struct {
	records    map[key]*retries.Record
	failure    error             // why some packages have none, nil for none
	unloadable map[string]string // packages that go vet does not begin with, and why
}

// vet runs the tool.
func (o Options) vet(ctx context.Context, dir string, paths []string) (*vetted, error) {
	if slices.Contains(paths, "command-line-arguments") {
		paths = o.Patterns // files, which have no import path
	}
	run := lint.Options{Tool: o.Tool, Dir: o.Dir, Env: o.Env, Patterns: paths}
	if o.Tags != "" {
		run.Flags = []string{"-tags=" + o.Tags}
	}
	v := &vetted{records: map[key]*retries.Record{}}
	var findings []lint.Finding
	findings, v.failure = lint.Run(ctx, run)
	if v.failure != nil && len(findings) == 0 {
		// Go vet begins only when all files parse and all imports are found: leave out what keeps it from the others.
		v.unloadable = o.unloadable(ctx, paths)
		run.Patterns = slices.DeleteFunc(slices.Clone(paths), func(path string) bool { return v.unloadable[path] != "" })
		if 0 < len(run.Patterns) && len(run.Patterns) < len(paths) {
			findings, v.failure = lint.Run(ctx, run)
		}
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	for _, f := range findings {
		var r retries.Record
		if err := json.Unmarshal([]byte(f.Message), &r); err != nil {
			return nil, fmt.Errorf("%s: reading what the vet tool says: %w", f.Place, err)
		}
		file := filepath.FromSlash(f.File)
		if !filepath.IsAbs(file) {
			file = filepath.Join(dir, file)
		}
		v.records[key{file, r.Task}] = &r
	}
	return v, nil
}

// unloadable gives the packages that do not parse or whose imports are not found, those of their tests included, with
// the first error.
func (o Options) unloadable(ctx context.Context, paths []string) map[string]string {
	const format = `{{if or .Error .DepsErrors}}{{or .ForTest .ImportPath}} {{with .Error}}{{printf "%q" .Err}}{{else}}{{printf "%q" (index .DepsErrors 0).Err}}{{end}}{{"\n"}}{{end}}`
	args := []string{"list", "-e", "-test", "-f", format}
	if o.Tags != "" {
		args = append(args, "-tags="+o.Tags)
	}
	cmd := exec.CommandContext(ctx, "go", append(args, paths...)...)
	cmd.Dir, cmd.Env = o.Dir, o.Env
	out, err := cmd.Output()
	if err != nil {
		return nil // what go vet said is what there is to say
	}
	found := map[string]string{}
	for line := range strings.Lines(string(out)) {
		path, quoted, _ := strings.Cut(strings.TrimSpace(line), " ")
		text, err := strconv.Unquote(quoted)
		if path = strings.TrimSuffix(path, ".test"); err == nil && found[path] == "" {
			found[path], _, _ = strings.Cut(strings.TrimSpace(text), "\n")
		}
	}
	return found
}

// why says why an entry has no record.
func (v *vetted) why(e *Entry) string {
	if e.Foreign {
		return "this platform leaves the file out"
	}
	if reason := v.unloadable[tested(e)]; reason != "" {
		return "it does not build: " + reason
	}
	failed, ok := errors.AsType[*lint.Failure](v.failure)
	switch {
	case ok:
		if line := complaint(failed.Output, tested(e)); line != "" {
			return "it does not build: " + line
		}
		if first, _, _ := strings.Cut(failed.Output, "\n"); !strings.HasPrefix(first, "# ") {
			return failed.Err.Error() + ": " + first // no package's fault
		}
		return "it does not build, or a package that it imports does not"
	case v.failure != nil:
		return v.failure.Error()
	}
	return "go vet passed over the file"
}

// complaint finds the first error about a package in what go vet prints.
func complaint(output, path string) string {
	inside := false
	for line := range strings.Lines(output) {
		line = strings.TrimSpace(line)
		if header, ok := strings.CutPrefix(line, "# "); ok {
			name, _, _ := strings.Cut(strings.Trim(header, "[]"), " ")
			inside = strings.TrimSuffix(name, "_test") == path || name == path
			continue
		}
		if inside && line != "" {
			return strings.TrimPrefix(line, "vet: ")
		}
	}
	return ""
}

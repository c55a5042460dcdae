package inventory

import (
	"context"
	"encoding/json"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/retrygen/retrygen/analyzer"
	"github.com/retrygen/retrygen/internal/lint"
)

// key tells records apart: a file has a task once, whichever variant of its package is looked at.
type key struct{ file, task string }

// records runs the tool. An error says why some packages have none.
func (o Options) records(ctx context.Context, dir string, paths []string) (map[key]*analyzer.Record, error) {
	run := lint.Options{Tool: o.Tool, Dir: o.Dir, Env: o.Env, Patterns: paths}
	if o.Tags != "" {
		run.Flags = []string{"-tags=" + o.Tags}
	}
	findings, failure := lint.Run(ctx, run)
	if good := o.loadable(ctx, paths, failure); len(good) > 0 && len(findings) == 0 {
		run.Patterns = good
		findings, _ = lint.Run(ctx, run) // what was wrong with the others stays to be said
	}
	records := map[key]*analyzer.Record{}
	for _, f := range findings {
		var r analyzer.Record
		if err := json.Unmarshal([]byte(f.Message), &r); err != nil {
			return nil, fmt.Errorf("%s: reading what the vet tool says: %w", f.Place, err)
		}
		file := filepath.FromSlash(f.File)
		if !filepath.IsAbs(file) {
			file = filepath.Join(dir, file)
		}
		records[key{file, r.Task}] = &r
	}
	return records, failure
}

// loadable gives the packages that go vet can look at where others keep it from looking at any: it begins only when all
// imports are found and all files parse.
func (o Options) loadable(ctx context.Context, paths []string, failure error) []string {
	if failure == nil || len(paths) == 1 {
		return nil
	}
	const bad = "{{if or .Error .DepsErrors}}{{or .ForTest .ImportPath}}\n{{end}}"
	cmd := exec.CommandContext(ctx, "go", slices.Concat([]string{"list", "-e", "-test", "-tags=" + o.Tags, "-f", bad}, paths)...)
	cmd.Dir, cmd.Env = o.Dir, o.Env
	out, err := cmd.Output()
	if err != nil {
		return nil // what go vet said is what there is to say
	}
	broken := strings.Fields(string(out))
	return slices.DeleteFunc(slices.Clone(paths), func(path string) bool {
		return slices.Contains(broken, path) || slices.Contains(broken, path+".test")
	})
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

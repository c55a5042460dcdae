package explain

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"golang.org/x/mod/modfile"

	"github.com/retrygen/retrygen/cmd/retrygen/internal/report"
	"github.com/retrygen/retrygen/internal/load"
)

// source says where the packages come from, if the report is to say so. Its date is the commit's, so that the same sources
// make the same report.
func (x *explainer) source(ctx context.Context) *report.Source {
	if x.Command == "" {
		return nil
	}
	s := &report.Source{Command: x.Command}
	dir, err := load.RealDir(x.Dir)
	if err != nil {
		return s
	}
	root, module := moduleOf(dir)
	s.Module = module
	commit, err := git(ctx, dir, "log", "-1", "--format=%H %cs")
	if err != nil {
		return s // no repository, or no git
	}
	s.Commit, s.Date, _ = strings.Cut(commit, " ")
	changed, err := git(ctx, root, "status", "--porcelain", "--untracked-files=all", "--", "*.go", "go.mod", "go.sum")
	s.Modified = err != nil || changed != ""
	return s
}

// moduleOf finds the go.mod of a directory; without one the root is the directory itself.
func moduleOf(dir string) (root, path string) {
	for at := dir; ; at = filepath.Dir(at) {
		if text, err := os.ReadFile(filepath.Join(at, "go.mod")); err == nil {
			return at, modfile.ModulePath(text)
		}
		if at == filepath.Dir(at) {
			return dir, ""
		}
	}
}

// git runs a command that only reads. The settings of a repository cannot make it run another program.
func git(ctx context.Context, dir string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "git", append([]string{"-c", "core.fsmonitor=false", "-c", "log.showSignature=false"}, args...)...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GIT_OPTIONAL_LOCKS=0")
	out, err := cmd.Output()
	return strings.TrimSpace(string(out)), err
}

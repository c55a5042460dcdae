package annotate

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"

	"github.com/retrygen/retrygen/generator"
	"github.com/retrygen/retrygen/internal/module"
)

// Require has the module in a directory use this checkout of the runtime, and tidies its requirements.
func Require(dir string) error {
	if err := Replace(dir); err != nil {
		return err
	}
	cmd := exec.Command("go", "mod", "tidy")
	cmd.Dir, cmd.Env = dir, Environment("linux")
	_ = cmd.Run() // a module that cannot be tidied may build all the same
	return nil
}

// Replace has the module in a directory use this checkout of the runtime.
func Replace(dir string) error {
	return edit(dir, "-go=1.26", "-toolchain=none", "-require="+runtime+"@v0.0.0")
}

// Redirect has a module that uses the runtime of some checkout use that of this one, and leaves all else in its go.mod alone.
func Redirect(dir string) error { return edit(dir) }

// runtime is the path of the runtime's module.
const runtime = module.Path + "/runtime"

// edit replaces the runtime's module in a go.mod by the one of this checkout, and makes other edits.
func edit(dir string, edits ...string) error {
	checkout, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", runtime).Output()
	if err != nil {
		return err
	}
	edits = append(edits, "-replace="+runtime+"="+strings.TrimSpace(string(checkout)))
	cmd := exec.Command("go", append([]string{"mod", "edit"}, edits...)...)
	cmd.Dir, cmd.Env = dir, Environment("linux")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("go mod edit: %w\n%s", err, out)
	}
	return nil
}

// Environment is that of a go command for a copy: it adds requirements, and ignores a workspace around the checkout.
func Environment(goos string) []string {
	env := append(os.Environ(), "GOFLAGS=-mod=mod", "GOWORK=off", "GOOS="+goos)
	if goos != "linux" {
		env = append(env, "CGO_ENABLED=0")
	}
	return env
}

// Plan generates for all packages of the copy in a directory. Wrappers whose names are taken are renamed, as the diagnostics
// advise.
func Plan(dir string) (*generator.Result, error) {
	options := generator.Options{Dir: dir, Patterns: []string{"./..."}, Env: Environment("linux")}
	plan, err := generator.Plan(context.Background(), options)
	if err != nil {
		return nil, err
	}
	if renamed(plan.Diagnostics) {
		if plan, err = generator.Plan(context.Background(), options); err != nil {
			return nil, err
		}
	}
	if n := len(plan.Diagnostics); n > 0 {
		text := fmt.Sprintf("%d diagnostics:", n)
		for _, d := range plan.Diagnostics[:min(n, 20)] {
			text += "\n" + d.String()
		}
		return nil, errors.New(text)
	}
	return plan, nil
}

// renamed renames wrappers whose names are taken, and reports whether there were any.
func renamed(diagnostics []generator.Diagnostic) bool {
	any := false
	for i, d := range diagnostics {
		if !strings.Contains(d.Message, "choose another name with as=") {
			continue
		}
		src, err := os.ReadFile(d.File)
		if err != nil {
			continue
		}
		lines := strings.SplitAfter(string(src), "\n")
		lines[d.Line-1] = fmt.Sprintf("%s as=Retried%d\n", strings.TrimSuffix(lines[d.Line-1], "\n"), i)
		any = os.WriteFile(d.File, []byte(strings.Join(lines, "")), 0o666) == nil || any
	}
	return any
}

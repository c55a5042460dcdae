//go:build unix

// Package action tests the step for GitHub workflows in action.yml.
package action

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/retrygen/retrygen/internal/testing/testmodule"
)

const root = "../../.."

const good = `-- a.go --
package a

import "context"

//retry:task retries=2 delay=1 jitter=1
func Fetch(ctx context.Context) error { return nil }
`

const bad = `-- a.go --
package a

import "context"

//retry:task retries=2
func Fetch(ctx context.Context) error { return nil }
`

const wrong = `-- a.go --
package a

import "context"

//retry:task retires=2,5
func Fetch(ctx context.Context) error { return nil }
`

// TestStep runs the step as a workflow does, in a module that is a folder of a repository.
func TestStep(t *testing.T) {
	for _, test := range []struct {
		name, module string
		stale        bool // the generated file is missing
		env          []string
		status       int
		want         []string // workflow commands
	}{
		{name: "nothing to say", module: good},
		{
			name: "a stale file", module: good, stale: true, status: 1,
			want: []string{
				"::error file=mod/a_retry.go,title=retrygen -check::the generated file is out of date; run go generate and commit it",
				"::warning file=mod/a.go,line=5,col=1,title=RL207::",
			},
		},
		{name: "a finding", module: bad, status: 1, want: []string{"::warning file=mod/a.go,line=5,col=14,title=RL105::"}},
		{name: "a check that is off", module: bad, env: []string{"RETRYGEN_LINT_FLAGS=-disable RL105"}},
		{name: "no linter", module: bad, env: []string{"RETRYGEN_LINT=false"}},
		{
			name: "a mistake", module: wrong, stale: true, status: 1, env: []string{"RETRYGEN_LINT=false"},
			want: []string{`::error file=mod/a.go,line=5,col=14,title=retrygen::`},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			repository := t.TempDir()
			dir := testmodule.Write(t, txtar.Parse([]byte(test.module)).Files, "")
			if err := os.CopyFS(filepath.Join(repository, "mod"), os.DirFS(dir)); err != nil {
				t.Fatal(err)
			}
			run(t, repository, nil, "git", "init", "-q")
			if !test.stale {
				run(t, filepath.Join(repository, "mod"), nil, tool(t, "retrygen"), "./...")
			}
			out, status := run(t, repository, append(test.env, "RETRYGEN_DIRECTORY=mod", "RETRYGEN_MODFILE=tools.mod"),
				"bash", filepath.Join(absolute(t, root), ".github/check.sh"))
			if status != test.status {
				t.Errorf("exit status %d, want %d", status, test.status)
			}
			var commands []string
			for line := range strings.Lines(out) {
				if strings.HasPrefix(line, "::") {
					commands = append(commands, line)
				}
			}
			if len(commands) != len(test.want) {
				t.Errorf("it annotates %q, want %d annotations", commands, len(test.want))
			}
			for _, want := range test.want {
				if !strings.Contains(out, "\n"+want) {
					t.Errorf("it prints\n%s\nwithout %s", out, want)
				}
			}
			if t.Failed() {
				t.Log(out)
			}
		})
	}
}

// TestInputs compares the inputs that action.yml declares with those that it passes on, and with those that the script reads.
func TestInputs(t *testing.T) {
	action, script := read(t, "action.yml"), read(t, ".github/check.sh")
	inputs := regexp.MustCompile(`(?m)^  ([a-z-]+):\n    description:`).FindAllStringSubmatch(action, -1)
	if len(inputs) < 5 {
		t.Fatalf("action.yml has %d inputs", len(inputs))
	}
	for _, input := range inputs {
		passed := regexp.MustCompile(`(RETRYGEN_[A-Z_]+): \$\{\{ inputs\.` + input[1] + ` \}\}`).FindStringSubmatch(action)
		if passed == nil {
			t.Errorf("action.yml does not pass %s on", input[1])
		} else if !strings.Contains(script, passed[1]) {
			t.Errorf("check.sh does not read %s", passed[1])
		}
	}
}

// tool builds a command of this repository.
func tool(t *testing.T, name string) string {
	path := filepath.Join(t.TempDir(), name)
	if _, status := run(t, root, nil, "go", "build", "-o", path, "./cmd/"+name); status != 0 {
		t.Fatal("the tool does not build")
	}
	return path
}

func run(t *testing.T, dir string, env []string, name string, args ...string) (out string, status int) {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GITHUB_ACTION_PATH="+absolute(t, root))
	cmd.Env = append(cmd.Env, env...)
	text, err := cmd.CombinedOutput()
	if cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return "\n" + string(text), cmd.ProcessState.ExitCode()
}

func read(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(root, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func absolute(t *testing.T, path string) string {
	t.Helper()
	full, err := filepath.Abs(path)
	if err != nil {
		t.Fatal(err)
	}
	return full
}

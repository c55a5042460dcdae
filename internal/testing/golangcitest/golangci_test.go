// Package golangcitest runs golangci-lint with the plugin.
package golangcitest

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/retrygen/retrygen/internal/testing/testmodule"
)

const module = `-- .golangci.yml --
version: "2"
linters:
  default: none
  enable: [retrylint]
  settings:
    custom:
      retrylint:
        type: module
        settings:
          enable: [RL305]
          disable: [RL207]
-- a.go --
package a

import (
	"context"
	"time"
)

//retry:task retries=unlimited
func Fetch(ctx context.Context) error { return nil }

//retry:task retries=2 delay=1 jitter=1
func Outer(ctx context.Context) error { return FetchWithRetry(ctx) }

func direct(ctx context.Context) error { return Fetch(ctx) }

func sleepy(ctx context.Context) (err error) {
	for range 5 {
		if err = Fetch(ctx); err == nil { //nolint:retrylint // it is what is tested
			return nil
		}
		time.Sleep(time.Minute)
	}
	return err
}
`

// TestRun runs golangci-lint with the plugin in a module, and reads its report.
func TestRun(t *testing.T) {
	bin := t.TempDir()
	run(t, ".", "go", "build", "-o", filepath.Join(bin, "golangci-lint"), "./golangci-lint")
	run(t, "../../..", "go", "build", "-o", filepath.Join(bin, "retrygen"), "./cmd/retrygen")
	dir := testmodule.Write(t, txtar.Parse([]byte(module)).Files, "")
	run(t, dir, filepath.Join(bin, "retrygen"), "./...")

	out := run(t, dir, filepath.Join(bin, "golangci-lint"), "run", "--issues-exit-code=0", "--output.json.path=stdout", "--show-stats=false", "./...")
	var report struct {
		Issues []struct {
			FromLinter, Text string
			Pos              struct {
				Filename string
				Line     int
			}
		}
	}
	if err := json.NewDecoder(strings.NewReader(out)).Decode(&report); err != nil {
		t.Fatalf("%v in\n%s", err, out)
	}
	var got []string
	for _, issue := range report.Issues {
		got = append(got, fmt.Sprintf("%s %d %s", issue.FromLinter, issue.Pos.Line, strings.Join(ids(issue.Text), " ")))
	}
	slices.Sort(got)
	want := []string{"retrylint 11 RL301", "retrylint 14 RL305", "retrylint 21 RL402 RL405", "retrylint 8 RL104 RL105"}
	if !slices.Equal(got, want) {
		t.Errorf("it reports\n%s\nwant\n%s\nin\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"), out)
	}
}

// ids lists the checks that a text names as findings.
func ids(text string) []string {
	var list []string
	for part := range strings.SplitSeq(text, "; ") {
		if id, _, found := strings.Cut(part, ": "); found && strings.HasPrefix(id, "RL") {
			list = append(list, id)
		}
	}
	return list
}

func run(t *testing.T, dir, name string, args ...string) string {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", name, err, out)
	}
	return string(out)
}

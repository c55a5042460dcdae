package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// tool is the program that the tests run, built as users build it: go vet then knows what it has checked before.
var tool string

func TestMain(m *testing.M) { os.Exit(testMain(m)) }

func testMain(m *testing.M) int {
	dir, err := os.MkdirTemp("", "retrylint-test-")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	tool = filepath.Join(dir, "retrylint.exe")
	if out, err := exec.Command("go", "build", "-o", tool, ".").CombinedOutput(); err != nil {
		panic(string(out))
	}
	return m.Run()
}

const bad = `package a

import "context"

//retry:task retries=3
func Ping(ctx context.Context) error { return nil }
`

// module writes a module with one package, and generates what it asks for.
func module(t *testing.T, text string) string {
	t.Helper()
	dir := t.TempDir()
	runtime, err := filepath.Abs("../../runtime")
	if err != nil {
		t.Fatal(err)
	}
	mod := "module example.com/a\n\ngo 1.26.0\n\nrequire github.com/retrygen/retrygen/runtime v0.0.0\n\nreplace " +
		"github.com/retrygen/retrygen/runtime => " + runtime + "\n"
	for name, text := range map[string]string{"go.mod": mod, "a.go": text} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("GOFLAGS", "-mod=mod")
	t.Setenv("GOWORK", "off")
	generate(t, dir)
	return dir
}

func generate(t *testing.T, dir string) {
	t.Helper()
	cmd := exec.Command("go", "run", "../retrygen", "-C", dir)
	cmd.Env = append(os.Environ(), "GOFLAGS=")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Log(string(out)) // mistakes are for retrylint to find
	}
}

// runTool runs the command in a directory.
func runTool(t *testing.T, dir string, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	cmd := exec.Command(tool, args...)
	cmd.Dir = dir
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	_ = cmd.Run() // the status says it
	return cmd.ProcessState.ExitCode(), out.String(), errs.String()
}

func TestStatus(t *testing.T) {
	tests := []struct {
		name, text string
		status     int
		stdout     string
	}{
		{"clean", strings.Replace(bad, "retries=3", "retries=3 delay=1", 1), fine, ""},
		{"findings", bad, findings, "a.go:5:14: RL105: Ping is retried at once"},
		{"a mistake", strings.Replace(bad, "retries", "retires", 1), findings, "a.go:5:14: RL103: unknown option \"retires\": did you " +
			"mean \"retries\"?"},
		{"ignored", strings.Replace(bad, "//retry:task", "//retry:ignore RL105 it is cheap\n//retry:task", 1), fine, ""},
		{"does not build", bad + "var x int = y\n", trouble, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			dir := module(t, test.text)
			status, stdout, stderr := runTool(t, dir)
			if status != test.status || !strings.HasPrefix(stdout, test.stdout) || test.stdout == "" && stdout != "" {
				t.Errorf("status %d, printed %q and %q; want %d and %q", status, stdout, stderr, test.status, test.stdout)
			}
			// The real go vet exits likewise.
			cmd := exec.Command("go", "vet", "-vettool="+tool, ".")
			cmd.Dir = dir
			if out, err := cmd.CombinedOutput(); (err == nil) != (test.status == fine) {
				t.Errorf("go vet: %v\n%s", err, out)
			}
		})
	}
}

// TestWaiting checks code that calls wrappers before they are generated, which does not build.
func TestWaiting(t *testing.T) {
	const calls = bad + "\nfunc call(ctx context.Context) error { return PingWithRetry(ctx) }\n"
	for _, test := range []struct {
		name, text string
		status     int
		want       string
	}{
		{"not generated", calls, findings, "a.go:8:47: RL207: PingWithRetry has not been generated: the directive at a.go:5:1 asks " +
			"for it; run go generate\n"},
		{"a mistake", strings.Replace(calls, "retries", "retires", 1), findings, "a.go:5:14: RL103: unknown option \"retires\": did " +
			"you mean \"retries\"?\n"},
		{"no directive", strings.Replace(calls, "//retry", "// retry", 1), findings,
			"a.go:5:1: RL101: this is not a directive of retrygen, and nothing is generated from it; write //retry:task retries=3\n"},
		{"more is wrong", calls + "\nvar x int = y\n", trouble, "undefined: y"},
		{"something else", strings.Replace(calls, "PingWithRetry", "Other", 1), trouble, "undefined: Other"},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := module(t, test.text)
			if err := os.Remove(filepath.Join(dir, "a_retry.go")); err != nil && !os.IsNotExist(err) {
				t.Fatal(err)
			}
			status, stdout, stderr := runTool(t, dir)
			if status != test.status || !strings.Contains(stdout+stderr, test.want) || status == findings && stdout != test.want {
				t.Errorf("status %d, printed\n%s%swant %d and\n%s", status, stdout, stderr, test.status, test.want)
			}
			if test.name == "not generated" {
				cmd := exec.Command("go", "vet", "-vettool="+tool, ".")
				cmd.Dir = dir
				const want = "./a.go:8:47: RL207: PingWithRetry has not been generated: the directive at ./a.go:5:1 asks for it; run go generate\n"
				if out, err := cmd.CombinedOutput(); err == nil || !strings.Contains(string(out), want) {
					t.Errorf("go vet: %v\n%swant\n%s", err, out, want)
				}
			}
		})
	}
}

// TestWaitingElsewhere calls a wrapper of another package of the module before it is generated, by the real go vet.
func TestWaitingElsewhere(t *testing.T) {
	dir := module(t, bad)
	if err := os.Remove(filepath.Join(dir, "a_retry.go")); err != nil {
		t.Fatal(err)
	}
	const user = `package b

import (
	"context"

	other "example.com/a"
)

func call(ctx context.Context) error { return other.PingWithRetry(ctx) }
`
	if err := os.Mkdir(filepath.Join(dir, "b"), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "b", "b.go"), []byte(user), 0o666); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("go", "vet", "-vettool="+tool, "./b")
	cmd.Dir = dir
	const want = "b/b.go:9:53: RL207: PingWithRetry has not been generated: the directive at ./a.go:5:1 asks for it; run go generate\n"
	if out, err := cmd.CombinedOutput(); err == nil || !strings.Contains(string(out), want) {
		t.Errorf("go vet: %v\n%swant\n%s", err, out, want)
	}
}

func TestFormats(t *testing.T) {
	dir := module(t, bad)
	status, stdout, _ := runTool(t, dir, "-json")
	var list []struct {
		Check, File string
		Line        int
		Fixes       []struct{ Message string }
	}
	if err := json.Unmarshal([]byte(stdout), &list); err != nil || status != findings || len(list) != 1 || list[0].Check != "RL105" || list[0].File != "a.go" || len(list[0].Fixes) != 1 {
		t.Errorf("-json: status %d, %v: %s", status, err, stdout)
	}
	if status, stdout, _ := runTool(t, dir, "-sarif"); status != findings || !strings.Contains(stdout, `"ruleId": "RL105"`) {
		t.Errorf("-sarif: status %d: %s", status, stdout)
	}
	if status, stdout, _ := runTool(t, dir, "-color", "always"); status != findings || !strings.Contains(stdout, "\x1b[") {
		t.Errorf("-color always: status %d: %s", status, stdout)
	}
	if status, stdout, _ := runTool(t, dir, "-disable", "RL105"); status != fine || stdout != "" {
		t.Errorf("-disable: status %d: %s", status, stdout)
	}
	if status, stdout, _ := runTool(t, dir, "-enable", "RL109", "-max-retries", "2"); status != findings || !strings.Contains(stdout, "RL109: 3 retries are more than 2") {
		t.Errorf("-enable: status %d: %s", status, stdout)
	}
}

// TestFix mends the code: as a diff, and in place; by this command, by go vet and by go fix.
func TestFix(t *testing.T) {
	const mended = "//retry:task retries=3 delay=exponential(1) jitter=1\n"
	dir := module(t, bad)
	_, stdout, stderr := runTool(t, dir, "-fix", "-diff")
	if !strings.Contains(stdout+stderr, "+"+mended) {
		t.Errorf("-fix -diff printed %q and %q", stdout, stderr)
	}
	ways := map[string]func(dir string) *exec.Cmd{
		"retrylint -fix":  func(string) *exec.Cmd { return exec.Command(tool, "-fix") },
		"go vet -fix":     func(string) *exec.Cmd { return exec.Command("go", "vet", "-vettool="+tool, "-fix") },
		"go fix -fixtool": func(string) *exec.Cmd { return exec.Command("go", "fix", "-fixtool="+tool) },
	}
	for name, way := range ways {
		t.Run(name, func(t *testing.T) {
			dir := module(t, bad)
			cmd := way(dir)
			cmd.Dir = dir
			out, err := cmd.CombinedOutput()
			text, readErr := os.ReadFile(filepath.Join(dir, "a.go"))
			if readErr != nil || !strings.Contains(string(text), mended) {
				t.Fatalf("%v\n%s\nleft:\n%s", err, out, text)
			}
			generate(t, dir)
			if status, stdout, stderr := runTool(t, dir); status != fine {
				t.Errorf("after the fix: %s%s", stdout, stderr)
			}
		})
	}
}

func TestUsage(t *testing.T) {
	for _, test := range []struct {
		args   []string
		status int
		want   string
	}{
		{[]string{"help"}, fine, "RL301   retries inside retries"},
		{[]string{"help", "rl301"}, fine, "RL301: retries inside retries"},
		{[]string{"help", "RL999"}, trouble, "no check is called \"RL999\""},
		{[]string{"help", "RL3O1"}, trouble, "no check is called \"RL3O1\": did you mean RL301?"},
		{[]string{"help", "301"}, trouble, "did you mean RL301?"},
		{[]string{"RL3O1"}, trouble, "did you mean RL301?"},
		{[]string{"RL301"}, trouble, "RL301 is a check: retrylint help RL301 documents it"},
		{[]string{"hlep"}, trouble, "did you mean retrylint help?"},
		{[]string{"fix", "./..."}, trouble, "write retrylint -fix [packages]"},
		{[]string{".", "-json"}, trouble, "flags stand before packages: retrylint -json ."},
		{[]string{"nonsense"}, trouble, "package nonsense is not in std\n"},
		{[]string{"version"}, fine, "retrylint "},
		{[]string{"-enable", "RL3O5"}, trouble, "did you mean RL305?"},
		{[]string{"-nonsense"}, trouble, "usage: retrylint"},
		{[]string{"-enabel", "RL305"}, trouble, "did you mean -enable?"},
		{[]string{"-h"}, fine, "usage: retrylint"},
		{[]string{"-json", "-sarif"}, trouble, "choose one"},
		{[]string{"-diff"}, trouble, "-diff goes with -fix"},
		{[]string{"-enable", "RL1"}, trouble, "no check is called \"RL1\""},
		{[]string{"-color", "red"}, trouble, "want auto, always or never"},
	} {
		if status, stdout, stderr := runTool(t, ".", test.args...); status != test.status || !strings.Contains(stdout+stderr, test.want) {
			t.Errorf("%v: status %d, printed %q and %q; want %d and %q", test.args, status, stdout, stderr, test.status, test.want)
		}
	}
}

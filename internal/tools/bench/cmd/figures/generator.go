package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// paired runs two commands in turn, after a first time that does not count, and returns the medians and the memory of
// the first one.
func paired(a, b func() (float64, int64, error)) (medianA, medianB float64, memory int64, err error) {
	const counted = 7
	var as, bs []float64
	for i := range counted + 1 {
		x, m, err := a()
		if err != nil {
			return 0, 0, 0, err
		}
		y, _, err := b()
		if err != nil {
			return 0, 0, 0, err
		}
		if i > 0 {
			as, bs, memory = append(as, x), append(bs, y), max(memory, m)
		}
	}
	return median(as), median(bs), memory, nil
}

// timed runs a command and returns its seconds and the most bytes of memory that one process of it had, also if it fails.
func timed(dir, name string, args ...string) (float64, int64, error) {
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	start := time.Now()
	out, err := cmd.CombinedOutput()
	took := time.Since(start).Seconds()
	if err != nil {
		err = fmt.Errorf("%s %s: %w\n%s", filepath.Base(name), strings.Join(args, " "), err, out)
	}
	if cmd.ProcessState == nil {
		return 0, 0, err
	}
	usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	if !ok {
		return took, 0, err
	}
	return took, usage.Maxrss << 10, err // Linux counts kilobytes
}

// writeModule writes a module of packages with so many directives each. Every package imports the first and two others,
// and its signatures mention their types.
func writeModule(dir string, packages, each int) error {
	runtime, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/retrygen/retrygen/runtime").Output()
	if err != nil {
		return err
	}
	for i := range packages {
		name := fmt.Sprintf("p%03d", i)
		if err := os.MkdirAll(filepath.Join(dir, name), 0o777); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, name, name+".go"), packageText(i, each), 0o666); err != nil {
			return err
		}
	}
	mod := fmt.Sprintf("module example.com/m\n\ngo 1.26.0\n\nrequire github.com/retrygen/retrygen/runtime v0.0.0\n\nreplace github.com/retrygen/retrygen/runtime => %s\n", strings.TrimSpace(string(runtime)))
	if err := os.WriteFile(filepath.Join(dir, "go.mod"), []byte(mod), 0o666); err != nil {
		return err
	}
	// The generated files import the runtime, so that its requirements belong into go.mod and go.sum.
	if err := os.WriteFile(filepath.Join(dir, "main.go"), []byte("package m\n\nimport _ \"github.com/retrygen/retrygen/runtime/retry\"\n"), 0o666); err != nil {
		return err
	}
	_, _, err = timed(dir, "go", "mod", "tidy")
	return err
}

// packageText writes a package that uses net/http and the types of packages before it.
func packageText(i, each int) []byte {
	seen := map[int]bool{}
	var imports, functions strings.Builder
	var used []int
	for _, j := range []int{0, i / 2, i - 1} {
		if j >= 0 && j < i && !seen[j] {
			seen[j] = true
			used = append(used, j)
			fmt.Fprintf(&imports, "\t\"example.com/m/p%03d\"\n", j)
		}
	}
	for k := range each {
		result := "T"
		if len(used) > 0 {
			result = fmt.Sprintf("p%03d.T", used[k%len(used)])
		}
		fmt.Fprintf(&functions, "\n// Fetch%d fetches.\n//\n//retry:task retries=4 delay=exponential(2) jitter=3\nfunc Fetch%d(ctx context.Context, name string) (*%s, error) {\n\tresp, err := http.Get(name)\n\tif err != nil {\n\t\treturn nil, err\n\t}\n\treturn nil, resp.Body.Close()\n}\n", k, k, result)
	}
	for _, j := range used {
		fmt.Fprintf(&functions, "\nvar _ p%03d.T\n", j)
	}
	return fmt.Appendf(nil, "package p%03d\n\nimport (\n\t\"context\"\n\t\"net/http\"\n\n%s)\n\n// T is a result.\ntype T struct {\n\tA int\n\tB string\n}\n%s", i, imports.String(), functions.String())
}

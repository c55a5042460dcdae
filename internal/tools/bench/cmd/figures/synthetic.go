package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// writeModule writes a module of packages with so many directives each. Every package imports the first and two others,
// and its signatures mention their types.
func writeModule(dir string, packages, each int) error {
	for i := range packages {
		name := fmt.Sprintf("p%03d", i)
		if err := os.MkdirAll(filepath.Join(dir, name), 0o777); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, name, name+".go"), packageText(i, each), 0o666); err != nil {
			return err
		}
	}
	return writeGoMod(dir)
}

// writeGoMod writes what makes packages in a directory a module.
func writeGoMod(dir string) error {
	runtime, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/retrygen/retrygen/runtime").Output()
	if err != nil {
		return err
	}
	const require = "module example.com/m\n\ngo 1.26.0\n\nrequire github.com/retrygen/retrygen/runtime v0.0.0\n\n" +
		"replace github.com/retrygen/retrygen/runtime => %s\n"
	mod := fmt.Appendf(nil, require, strings.TrimSpace(string(runtime)))
	if err := os.WriteFile(filepath.Join(dir, "go.mod"), mod, 0o666); err != nil {
		return err
	}
	// The generated files import the runtime, so that its requirements belong into go.mod and go.sum.
	main := []byte("package m\n\nimport _ \"github.com/retrygen/retrygen/runtime/retry\"\n")
	if err := os.WriteFile(filepath.Join(dir, "main.go"), main, 0o666); err != nil {
		return err
	}
	_, err = timed(dir, "go", "mod", "tidy")
	return err
}

// writeFiles writes a module of one package with so many files, each with a directive.
func writeFiles(dir string, n int) error {
	pkg := filepath.Join(dir, "p")
	if err := os.MkdirAll(pkg, 0o777); err != nil {
		return err
	}
	const text = "package p\n\nimport (\n\t\"context\"\n\t\"net/http\"\n)\n\n" +
		"// T%d is a result.\ntype T%[1]d struct {\n\tA int\n\tB string\n}\n"
	for i := range n {
		source := fmt.Appendf(fmt.Appendf(nil, text, i), functionText, i, fmt.Sprint("T", i))
		if err := os.WriteFile(filepath.Join(pkg, fmt.Sprintf("f%04d.go", i)), source, 0o666); err != nil {
			return err
		}
	}
	return writeGoMod(dir)
}

// functionText is a function with a directive.
const functionText = `
// Fetch%[1]d fetches.
//
//retry:task retries=4 delay=exponential(2) jitter=3
func Fetch%[1]d(ctx context.Context, name string) (*%[2]s, error) {
	resp, err := http.Get(name)
	if err != nil {
		return nil, err
	}
	return nil, resp.Body.Close()
}
`

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
		fmt.Fprintf(&functions, functionText, k, result)
	}
	for _, j := range used {
		fmt.Fprintf(&functions, "\nvar _ p%03d.T\n", j)
	}
	const text = "package p%03d\n\nimport (\n\t\"context\"\n\t\"net/http\"\n\n%s)\n\n" +
		"// T is a result.\ntype T struct {\n\tA int\n\tB string\n}\n%s"
	return fmt.Appendf(nil, text, i, imports.String(), functions.String())
}

// Migrations tries "retrygen migrate" on real code: it takes public modules from the module proxy, turns what retries in them
// into directives, generates, and builds, vets and tests the packages that have changed. What passed before has to pass after.
//
//	go run ./internal/tools/migrations github.com/go-acme/lego/v4@v4.23.1 github.com/sigstore/rekor@v1.4.3
//	go run ./internal/tools/migrations -write docs/migrating.md -list internal/tools/migrations/modules.txt
//
// Modules are copied to a temporary folder; nothing is changed in place. For each it prints how many places were found and
// what became of them, and each place that stays as it is with the reason. Of the loops that judged.csv lists it says how many of
// those that a directive can say are turned, and which are not. It exits with 1 if something passed before and does
// not after. The flag -keep leaves the copies for a look. With -results the result of each module is kept in a folder, and a module
// whose result is there already is not tried again.
package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/retrygen/retrygen/internal/tools/annotate"
	"github.com/retrygen/retrygen/internal/tools/modcache"
)

func main() {
	list := flag.String("list", "", "take the modules from this `file` too, one a line")
	write := flag.String("write", "", "put the table into this `page`")
	results := flag.String("results", "", "keep results in this `folder`, and take those that are there")
	keep := flag.Bool("keep", false, "leave the migrated copies")
	flag.Parse()
	modules, err := names(*list, flag.Args())
	if err == nil {
		err = run(modules, *write, *results, *keep)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "migrations:", err)
		os.Exit(1)
	}
}

// names returns the modules of a file and of the arguments.
func names(file string, args []string) ([]string, error) {
	if file == "" {
		return args, nil
	}
	text, err := os.ReadFile(file)
	return append(strings.Fields(string(text)), args...), err
}

func run(modules []string, page, results string, keep bool) error {
	dir, err := os.MkdirTemp("", "retrygen-migrations-")
	if err != nil {
		return err
	}
	defer func() {
		if !keep {
			os.RemoveAll(dir)
		}
	}()
	tool := filepath.Join(dir, "retrygen.exe")
	if out, err := exec.Command("go", "build", "-o", tool, "./cmd/retrygen").CombinedOutput(); err != nil {
		return fmt.Errorf("building retrygen: %w\n%s", err, out)
	}
	var rows []*row
	var errs []error
	for i, module := range modules {
		r, err := remembered(results, module, func() (*row, error) {
			return try(tool, module, filepath.Join(dir, fmt.Sprint(i)))
		})
		if !keep {
			os.RemoveAll(filepath.Join(dir, fmt.Sprint(i)))
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", module, err))
			fmt.Printf("%s: %v\n", module, err)
			continue
		}
		r.print(os.Stdout)
		rows = append(rows, r)
	}
	list, err := judgements(judgedText)
	if err != nil {
		return err
	}
	judged := judge(list, rows)
	judged.print(os.Stdout)
	fmt.Print(table(rows, judged))
	if page != "" && len(errs) == 0 {
		errs = append(errs, writeTable(page, rows, judged))
	}
	return errors.Join(errs...)
}

// row is what became of a module.
type row struct {
	Module string
	Found
	Before, After int      // tests of the packages that have changed, which pass; after: of those that did before
	Failing       []string // tests that do not pass any more
}

// remembered returns the result that a folder has for a module, or a new one, which it keeps there.
func remembered(folder, module string, try func() (*row, error)) (*row, error) {
	name := filepath.Join(folder, strings.ReplaceAll(module, "/", "_")+".json")
	if text, err := os.ReadFile(name); folder != "" && err == nil {
		r := &row{}
		return r, json.Unmarshal(text, r)
	}
	r, err := try()
	if err != nil || folder == "" {
		return r, err
	}
	text, err := json.Marshal(r)
	if err == nil {
		err = os.WriteFile(name, text, 0o666)
	}
	return r, err
}

// Found is what the command prints as JSON.
type Found struct {
	Sites    []place
	Problems []string
}

// place is a place that retries.
type place struct {
	File, Kind, Status, Form, Reason, Policy string
	Line                                     int
}

// try migrates a copy of a module.
func try(tool, module, dir string) (*row, error) {
	if err := modcache.Copy(module, dir); err != nil {
		return nil, err
	}
	if err := annotate.Replace(dir); err != nil {
		return nil, err
	}
	r := &row{Module: module}
	out, err := command(dir, tool, "migrate", "-n", "-json", "./...")
	if len(out) == 0 {
		return nil, err
	}
	if err := json.Unmarshal(out, &r.Found); err != nil {
		return nil, fmt.Errorf("%w\n%s", err, out)
	}
	changed := r.changed()
	if len(changed) == 0 {
		return r, nil
	}
	before := passes(dir, changed)
	if out, err := command(dir, tool, "migrate", "./..."); err != nil && exitCode(err) > 1 && len(r.Problems) == 0 {
		return nil, fmt.Errorf("%w\n%s", err, out)
	}
	if out, err := command(dir, tool, changed...); err != nil {
		return nil, fmt.Errorf("generating: %w\n%s", err, out)
	}
	after := passes(dir, changed)
	if len(worse(before, after)) > 0 {
		after = passes(dir, changed) // some tests fail now and then
	}
	r.Before = count(before)
	var errs []error
	for _, step := range worse(before, after) {
		complaint := fmt.Sprintf("%s does not pass any more:\n%s", step, after[step])
		if !isTest(step) {
			errs = append(errs, errors.New(complaint))
			continue
		}
		fmt.Println(complaint)
		r.Failing = append(r.Failing, step)
	}
	r.After = r.Before - len(r.Failing)
	return r, errors.Join(errs...)
}

// changed lists the folders of what has been turned.
func (r *row) changed() []string {
	var list []string
	for _, s := range r.Sites {
		if folder := "./" + filepath.ToSlash(filepath.Dir(s.File)); s.Status != "stays" && !slices.Contains(list, folder) {
			list = append(list, folder)
		}
	}
	return list
}

// passes returns what passes in some folders: building and vetting them, and each of their tests. What does not pass has what is
// wrong with it.
func passes(dir string, folders []string) map[string]string {
	result := map[string]string{}
	for _, folder := range folders {
		for _, step := range []string{"build", "vet"} {
			out, err := command(dir, "go", step, folder)
			if err != nil {
				result[folder+" "+step] = cmp.Or(string(out), err.Error())
				continue
			}
			result[folder+" "+step] = ""
		}
		// What vet finds is found above. What fails is read from the output.
		out, _ := command(dir, "go", "test", "-json", "-vet=off", "-short", "-count=1", "-timeout=2m", folder)
		tests(out, folder, result)
	}
	return result
}

// tests reads the output of go test -json.
func tests(out []byte, folder string, result map[string]string) {
	said := map[string]string{}
	for line := range bytes.Lines(out) {
		var event struct{ Action, Test, Output string }
		if json.Unmarshal(line, &event) != nil || event.Test == "" {
			continue
		}
		name := folder + " test " + event.Test
		switch event.Action {
		case "output":
			said[name] += event.Output
		case "pass":
			result[name] = ""
		case "fail":
			result[name] = cmp.Or(said[name], "it failed")
		}
	}
}

// count counts the tests that pass.
func count(result map[string]string) int {
	n := 0
	for step, complaint := range result {
		if isTest(step) && complaint == "" {
			n++
		}
	}
	return n
}

// isTest reports whether a step is a test, rather than to build or to vet.
func isTest(step string) bool { return strings.Contains(step, " test ") }

// worse returns the steps that passed before and do not after.
func worse(before, after map[string]string) []string {
	var list []string
	for _, step := range slices.Sorted(maps.Keys(before)) {
		now, ran := after[step]
		if before[step] == "" && (!ran || now != "") {
			list = append(list, step)
		}
	}
	return list
}

// command runs a command in a copy.
func command(dir, name string, args ...string) ([]byte, error) {
	cmd := exec.Command(name, args...)
	cmd.Dir, cmd.Env = dir, annotate.Environment("linux")
	out, err := cmd.Output()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		if len(args) == 0 || args[len(args)-1] != "./..." || len(out) == 0 {
			out = append(out, exit.Stderr...)
		}
	}
	return out, err
}

func exitCode(err error) int {
	exit, ok := errors.AsType[*exec.ExitError](err)
	if !ok {
		return 2
	}
	return exit.ExitCode()
}

// Manual renews what the README and the pages under docs show of retrygen's output:
//
//	go run ./internal/tools/manual
//
// It draws the README's picture. It also runs each command in a comment such as the one below, and puts the output into
// the block after the comment:
//
//	<!-- retrygen explain -policy "retries=4 delay=1" : Verdict, Herd -->
//	```
//	…
//	```
//
// The names after the colon choose sections of the output; without a colon the block has all of it. A comment "policies"
// makes a table of policies instead, under the scenario of its flags, a comment "source" quotes a function of a file, and a
// comment "migrated" shows what "retrygen migrate" makes of a case of its tests, or of a package:
//
//	<!-- policies -outage 10 -clients 1e6 -capacity 5e4 : retries=4 delay=1; retries=4 delay=exponential(1) jitter=full -->
//	<!-- source examples/quickstart/price_retry.go : FetchPriceWithRetry -->
//	<!-- migrated internal/testing/migratetest/testdata/backoff4_context.txtar -->
//	<!-- migrated internal/testing/shapes/leader -->
//
// With -check it changes nothing, and exits with 1 if a page is out of date.
package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

func main() {
	check := flag.Bool("check", false, "change nothing; exit with 1 if a page is out of date")
	flag.Parse()
	stale, err := run(".", !*check)
	if err != nil {
		fmt.Fprintln(os.Stderr, "manual:", err)
		os.Exit(2)
	}
	for _, name := range stale {
		fmt.Fprintln(os.Stderr, name+": out of date; go run ./internal/tools/manual renews it")
	}
	if *check && len(stale) > 0 {
		os.Exit(1)
	}
}

// run renews the pages below a root, or only compares them, and returns the names of the pages that were out of date.
func run(root string, write bool) (stale []string, err error) {
	tool, remove, err := build(root)
	if err != nil {
		return nil, err
	}
	defer remove()
	pages, err := filepath.Glob(filepath.Join(root, "docs", "*.md"))
	if err != nil {
		return nil, err
	}
	m := &manual{tool: tool, root: root}
	renew := map[string]func([]byte) ([]byte, error){filepath.Join(root, "docs", "explain.svg"): m.picture}
	for _, name := range append(pages, filepath.Join(root, "README.md")) {
		renew[name] = m.page
	}
	for _, name := range slices.Sorted(maps.Keys(renew)) {
		text, err := os.ReadFile(name)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		fresh, err := renew[name](text)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		if bytes.Equal(fresh, text) {
			continue
		}
		stale = append(stale, name)
		if write {
			if err := os.WriteFile(name, fresh, 0o666); err != nil {
				return nil, err
			}
		}
	}
	return stale, nil
}

// build builds the command into a folder of its own.
func build(root string) (tool string, remove func(), err error) {
	dir, err := os.MkdirTemp("", "manual")
	if err != nil {
		return "", nil, err
	}
	remove = func() { os.RemoveAll(dir) }
	tool = filepath.Join(dir, "retrygen.exe")
	cmd := exec.Command("go", "build", "-o", tool, "./cmd/retrygen")
	cmd.Dir = root
	if out, err := cmd.CombinedOutput(); err != nil {
		remove()
		return "", nil, fmt.Errorf("building retrygen: %w\n%s", err, out)
	}
	return tool, remove, nil
}

// manual renews pages.
type manual struct{ tool, root string }

// block is a comment with a command, and the fenced block or table below it.
var block = regexp.MustCompile("(?m)^<!-- (retrygen explain|policies|source|migrated) (.*) -->\n" +
	"((?:```(?:go|diff)?\n(?s:.*?)^```\n)|(?:\\|.*\n)*)")

// page renews the blocks of a page.
func (m *manual) page(text []byte) ([]byte, error) {
	var failed error
	fresh := block.ReplaceAllFunc(text, func(old []byte) []byte {
		parts := block.FindSubmatch(old)
		kind, rest := string(parts[1]), string(parts[2])
		command, selected, _ := cut(rest)
		args, err := words(command)
		var body string
		if err == nil {
			body, err = m.body(kind, args, selected)
		}
		if err != nil && failed == nil {
			failed = fmt.Errorf("%s %s: %w", kind, rest, err)
		}
		return fmt.Appendf(nil, "<!-- %s %s -->\n%s", kind, rest, body)
	})
	return fresh, failed
}

// body returns the new text of a block.
func (m *manual) body(kind string, args []string, selected string) (string, error) {
	switch kind {
	case "policies":
		return m.table(args, selected)
	case "source":
		return m.source(args, selected)
	case "migrated":
		return m.migrated(args)
	}
	return m.output(args, selected)
}

// cut splits a command from what follows its colon.
func cut(text string) (command, rest string, found bool) {
	if at := strings.LastIndex(" "+text, " : "); at >= 0 {
		return text[:max(at-1, 0)], strings.TrimSpace(text[at+2:]), true
	}
	return text, "", false
}

// words splits a command at spaces outside double quotes.
func words(command string) ([]string, error) {
	parts := strings.Split(command, `"`)
	if len(parts)%2 == 0 {
		return nil, fmt.Errorf("a quote is not closed")
	}
	var list []string
	for i, part := range parts {
		if i%2 == 1 {
			list = append(list, part)
			continue
		}
		list = append(list, strings.Fields(part)...)
	}
	return list, nil
}

// picture draws the README's picture.
func (m *manual) picture([]byte) ([]byte, error) {
	cmd := exec.Command("go", "run", "./cmd/retrygen/internal/report/picture", "-rate", "0", "-budget", "0")
	cmd.Dir = m.root
	return cmd.Output()
}

// explain runs the command.
func (m *manual) explain(args ...string) ([]byte, error) {
	cmd := exec.Command(m.tool, append([]string{"explain"}, args...)...)
	cmd.Dir = m.root
	var errOut bytes.Buffer
	cmd.Stderr = &errOut
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("%w\n%s", err, errOut.Bytes())
	}
	return out, nil
}

// output returns what the command prints, or some sections of it, as a fenced block.
func (m *manual) output(args []string, selected string) (string, error) {
	out, err := m.explain(args...)
	if err != nil {
		return "", err
	}
	text := strings.TrimSpace(string(out))
	if selected != "" {
		if text, err = sections(text, strings.Split(selected, ", ")); err != nil {
			return "", err
		}
	}
	return "```\n" + text + "\n```\n", nil
}

// sections picks sections of a text by their titles. A title follows an empty line and is not indented.
func sections(text string, titles []string) (string, error) {
	all := map[string]string{}
	for part := range strings.SplitSeq("\n"+text, "\n\n") {
		title, _, _ := strings.Cut(strings.TrimPrefix(part, "\n"), "\n")
		if strings.HasPrefix(title, " ") {
			title = latest(all)
			part = all[title] + "\n\n" + part
		}
		all[title] = part
		all[""] = title
	}
	var picked []string
	for _, title := range titles {
		part, ok := all[title]
		if !ok {
			return "", fmt.Errorf("there is no section %q", title)
		}
		picked = append(picked, strings.TrimPrefix(part, "\n"))
	}
	return strings.Join(picked, "\n\n"), nil
}

// latest returns the title of the section that was read last.
func latest(all map[string]string) string { return all[""] }

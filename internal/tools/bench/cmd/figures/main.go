// Figures measures generated wrappers, the generator and the linter, and prints tables of what it finds:
//
//	cd internal/tools/bench && go run ./cmd/figures
//
// With -write it puts them into the README and docs/measured.md, between the lines <!-- wrappers --> and <!-- /wrappers -->,
// and so on. -only wrappers,linter leaves out the generator and explain. They are measured on four public modules, of which -modules
// chooses some by parts of their names: -modules pgx,grpc. Each is compiled first, which takes half an hour for telegraf; with
// -copies DIR that is done once.
// The rest takes a few minutes. Times are medians of one run; machines differ and are noisy, so the ratios are what counts.
package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

func main() {
	write := flag.Bool("write", false, "put the tables into the README and docs/measured.md")
	root := flag.String("root", "../../..", "the root of the repository")
	only := flag.String("only", "wrappers,generator,explain,linter", "what to measure")
	names := flag.String("modules", "pgx,grpc,rclone,telegraf", "public modules to measure the generator on")
	copies := flag.String("copies", "", "a directory where copies of public modules stay, so that they are compiled once")
	flag.Parse()
	if err := run(*write, *root, strings.Split(*only, ","), *names, *copies); err != nil {
		fmt.Fprintln(os.Stderr, "figures:", err)
		os.Exit(1)
	}
}

// table is one of the tables, and where it stands.
type table struct {
	name, file string
	measure    func() (string, error)
}

func run(write bool, root string, only []string, modules, copies string) error {
	tables := []table{
		{"wrappers", "README.md", wrappers},
		{"generator", "docs/measured.md", func() (string, error) { return measureModules(modules, copies, generatorHead, generator) }},
		{"explain", "docs/measured.md", func() (string, error) { return measureModules(modules, copies, explainHead, explain) }},
		{"linter", "docs/measured.md", linter},
	}
	for _, name := range only {
		if !slices.ContainsFunc(tables, func(t table) bool { return t.name == name }) {
			return fmt.Errorf("nothing called %q is measured; want wrappers, generator, explain or linter", name)
		}
	}
	for _, t := range tables {
		if !slices.Contains(only, t.name) {
			continue
		}
		text, err := t.measure()
		if err != nil {
			return err
		}
		if !write {
			fmt.Println(text)
		} else if err := put(filepath.Join(root, t.file), t.name, text); err != nil {
			return err
		}
	}
	return nil
}

// put writes a table into a file.
func put(path, name, table string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if text, err = replace(text, name, table); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return os.WriteFile(path, text, 0o666)
}

// replace puts a table between the marks of its name in a text.
func replace(text []byte, name, table string) ([]byte, error) {
	begin, end := "<!-- "+name+" -->\n", "<!-- /"+name+" -->"
	before, rest, ok := bytes.Cut(text, []byte(begin))
	if !ok {
		return nil, fmt.Errorf("no line %q", begin)
	}
	_, after, ok := bytes.Cut(rest, []byte(end))
	if !ok {
		return nil, fmt.Errorf("no line %q", end)
	}
	return fmt.Appendf(nil, "%s%s%s%s%s", before, begin, table, end, after), nil
}

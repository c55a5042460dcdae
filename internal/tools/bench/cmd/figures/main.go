// Figures measures generated wrappers, the generator and the linter, and prints tables of what it finds:
//
//	cd internal/tools/bench && go run ./cmd/figures
//
// With -write it puts them into the README and docs/measured.md, between the lines <!-- wrappers --> and <!-- /wrappers -->,
// and so on. -only wrappers,linter leaves out other tables.
//
// The tables generator, explain and cold are of four public modules, of which -modules chooses some by parts of their names.
// The rows of the others stay as they are. Each row is written as soon as it is known, and a module that cannot be measured
// leaves the others to be. Each module is compiled first, which takes half an hour for telegraf; with -copies DIR that is done
// once. On a warm machine these take 15 minutes at most, and a few for each table of the second:
//
//	go run ./cmd/figures -write -copies DIR -limit 90s -only generator,explain,cold,files -modules pgx,grpc
//	go run ./cmd/figures -write -copies DIR -limit 90s -only generator,cold -modules rclone
//
// Times are medians of one run; machines differ and are noisy, so the ratios are what counts. Standard error has CPU times.
package main

import (
	"bytes"
	"cmp"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// options are what the flags say.
type options struct {
	write           bool
	root            string
	only            []string
	modules, copies string
	limit           time.Duration
}

func main() {
	var o options
	flag.BoolVar(&o.write, "write", false, "put the tables into the README and docs/measured.md")
	flag.StringVar(&o.root, "root", "../../..", "the root of the repository")
	only := flag.String("only", "wrappers,generator,files,cold,explain,linter,large,client-go", "what to measure")
	flag.StringVar(&o.modules, "modules", "pgx,grpc,rclone,telegraf", "public modules to measure on")
	flag.StringVar(&o.copies, "copies", "", "a directory where copies of public modules stay, so that they are compiled once")
	flag.DurationVar(&o.limit, "limit", 3*time.Minute, "run two commands in turn for this time, three times at least and nine at most")
	flag.Parse()
	o.only = strings.Split(*only, ",")
	if err := run(&o); err != nil {
		fmt.Fprintln(os.Stderr, "figures:", err)
		os.Exit(1)
	}
}

// table is one of the tables, and where it stands.
type table struct {
	name, file string
	measure    func(o *options) (string, error) // of a table of modules, its head
	row        func(o *options, m *module) (string, error)
}

var tables = []table{
	{"wrappers", "README.md", wrappers, nil},
	{"generator", "docs/measured.md", head(generatorHead), generator},
	{"files", "docs/measured.md", files, nil},
	{"cold", "docs/measured.md", head(coldHead), cold},
	{"explain", "docs/measured.md", head(explainHead), explain},
	{"linter", "docs/measured.md", linter, nil},
	{"large", "docs/measured.md", large, nil},
	{"client-go", "docs/measured.md", clientGo, nil},
}

// head returns the head of a table of modules.
func head(text string) func(*options) (string, error) {
	return func(*options) (string, error) { return text, nil }
}

func run(o *options) error {
	for _, name := range o.only {
		if !slices.ContainsFunc(tables, func(t table) bool { return t.name == name }) {
			return fmt.Errorf("nothing called %q is measured; want wrappers, generator, files, cold, explain, linter, large or client-go", name)
		}
	}
	var errs []error
	for _, t := range tables {
		if slices.Contains(o.only, t.name) {
			errs = append(errs, t.fill(o))
		}
	}
	return errors.Join(errs...)
}

// fill measures a table, and prints or writes it.
func (t *table) fill(o *options) error {
	text, err := t.measure(o)
	if err != nil {
		return err
	}
	if t.row == nil {
		return t.show(o, text, "")
	}
	if !o.write {
		fmt.Print(text)
	}
	return t.eachModule(o, func(row string) error { return t.show(o, text, row) })
}

// show prints or writes a table, or one row of a table of modules.
func (t *table) show(o *options, text, row string) error {
	if !o.write {
		fmt.Print(cmp.Or(row, text))
		return nil
	}
	path := filepath.Join(o.root, t.file)
	file, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if row != "" {
		if text, err = withRow(file, t.name, text, row); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
	}
	if file, err = replace(file, t.name, text); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return os.WriteFile(path, file, 0o666)
}

// withRow returns a table with a row added, or put in the place of the row with the same first column.
func withRow(file []byte, name, head, row string) (string, error) {
	_, old, _, err := around(file, name)
	if err != nil {
		return "", err
	}
	rest, ok := strings.CutPrefix(string(old), head)
	if !ok {
		return head + row, nil
	}
	subject, _, _ := strings.Cut(strings.TrimPrefix(row, "| "), " |")
	lines := slices.Collect(strings.Lines(rest))
	at := slices.IndexFunc(lines, func(line string) bool { return strings.HasPrefix(line, "| "+subject+" |") })
	if at < 0 {
		return head + rest + row, nil
	}
	lines[at] = row
	return head + strings.Join(lines, ""), nil
}

// replace puts a table between the marks of its name in a text.
func replace(text []byte, name, table string) ([]byte, error) {
	before, _, after, err := around(text, name)
	return slices.Concat(before, []byte(table), after), err
}

// around cuts a text into what stands between the marks of a name, and what is before and after it, marks included.
func around(text []byte, name string) (before, between, after []byte, err error) {
	begin, end := "<!-- "+name+" -->\n", "<!-- /"+name+" -->"
	from := bytes.Index(text, []byte(begin))
	if from < 0 {
		return nil, nil, nil, fmt.Errorf("no line %q", begin)
	}
	from += len(begin)
	length := bytes.Index(text[from:], []byte(end))
	if length < 0 {
		return nil, nil, nil, fmt.Errorf("no line %q", end)
	}
	return text[:from], text[from : from+length], text[from+length:], nil
}

// Figures measures generated wrappers, the generator and the linter, and prints the tables of the README:
//
//	cd internal/tools/bench && go run ./cmd/figures
//
// The generator is measured on four public modules, of which -modules chooses some by parts of their names: -modules
// pgx,grpc. Each is compiled first, which takes half an hour for telegraf. With -write it puts them into the README, between the lines <!-- figures --> and <!-- /figures -->. The rest
// takes a few minutes. Times are medians of one run; machines differ and are noisy, so the ratios are what counts.
package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"
)

func main() {
	write := flag.Bool("write", false, "put the tables into the README")
	readme := flag.String("readme", "../../../README.md", "the README")
	names := flag.String("modules", "pgx,grpc,rclone,telegraf", "public modules to measure the generator on")
	flag.Parse()
	if err := run(*write, *readme, *names); err != nil {
		fmt.Fprintln(os.Stderr, "figures:", err)
		os.Exit(1)
	}
}

func run(write bool, readme, names string) error {
	calls, err := wrappers()
	if err != nil {
		return err
	}
	runs, err := measureModules(names)
	if err != nil {
		return err
	}
	lints, err := linter()
	if err != nil {
		return err
	}
	tables := calls + "\n" + runs + "\n" + lints
	if !write {
		fmt.Print(tables)
		return nil
	}
	text, err := os.ReadFile(readme)
	if err != nil {
		return err
	}
	if text, err = replace(text, tables); err != nil {
		return fmt.Errorf("%s: %w", readme, err)
	}
	return os.WriteFile(readme, text, 0o666)
}

const begin, end = "<!-- figures -->\n", "<!-- /figures -->"

// replace puts tables between the marks in a text.
func replace(text []byte, tables string) ([]byte, error) {
	before, rest, ok := bytes.Cut(text, []byte(begin))
	if !ok {
		return nil, fmt.Errorf("no line %q", begin)
	}
	_, after, ok := bytes.Cut(rest, []byte(end))
	if !ok {
		return nil, fmt.Errorf("no line %q", end)
	}
	return fmt.Appendf(nil, "%s%s%s%s%s", before, begin, tables, end, after), nil
}

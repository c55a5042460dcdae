package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/retrygen/retrygen/internal/cli"
	"github.com/retrygen/retrygen/internal/load"
	"github.com/retrygen/retrygen/internal/output"
	"github.com/retrygen/retrygen/internal/terminal"
)

// parse reads the arguments. It prints what is wrong with them.
func (c *command) parse(args []string) error {
	flags := flag.NewFlagSet("retrygen", flag.ContinueOnError)
	out := terminal.Lines(c.err)
	flags.SetOutput(out)
	flags.BoolVar(&c.check, "check", false, "write nothing; print a diff and exit with 1 if a file is stale")
	flags.BoolVar(&c.dry, "n", false, "write nothing; print the files that would be written")
	flags.BoolVar(&c.verbose, "v", false, "print the name of each file that is written or removed")
	flags.StringVar(&c.header, "header", "", "put the text of `file`, such as a licence, at the top of each generated file")
	flags.StringVar(&c.options.Dir, "C", "", "change to `dir` before running")
	flags.StringVar(&c.options.Tags, "tags", "", "build tags, a comma-separated `list`")
	flags.Usage = func() {
		fmt.Fprintln(out, "usage: retrygen [flags] [packages]")
		fmt.Fprintln(out, "       retrygen explain [flags] [packages]")
		fmt.Fprintln(out, "       retrygen migrate [flags] [packages]")
		fmt.Fprintln(out, "       retrygen help [topic]")
		fmt.Fprintln(out, "       retrygen version")
		flags.PrintDefaults()
	}
	if err := cli.Parse(flags, args); err != nil {
		return err
	}
	c.options.Patterns = flags.Args()
	if c.check && c.dry {
		err := errors.New("-check and -n exclude each other")
		c.fail(err)
		return err
	}
	return nil
}

// prepare looks at the directory and reads the header.
func (c *command) prepare() error {
	if err := checkDir(c.options.Dir); err != nil {
		return err
	}
	dir, err := load.RealDir(c.options.Dir)
	if err != nil {
		return err
	}
	c.dir, c.options.Dir = dir, dir
	if c.header == "" {
		return nil
	}
	name := c.header
	if !filepath.IsAbs(name) {
		name = filepath.Join(dir, name)
	}
	text, err := readHeader(name)
	if err != nil {
		return fmt.Errorf("-header: %w", err)
	}
	c.options.Header = text
	return nil
}

// readHeader reads a file of reasonable size.
func readHeader(name string) (string, error) {
	file, err := os.Open(name)
	if err != nil {
		return "", err
	}
	defer file.Close()
	const most = 1 << 20
	text, err := io.ReadAll(io.LimitReader(file, most+1))
	switch {
	case err != nil:
		return "", err
	case len(text) > most:
		return "", fmt.Errorf("%s is larger than 1 MiB", name)
	}
	if _, err := output.Licence(text); err != nil {
		return "", fmt.Errorf("%s: %w", name, err)
	}
	return string(text), nil
}

// checkDir finds a -C that cannot be changed to.
func checkDir(dir string) error {
	if dir == "" {
		return nil
	}
	info, err := os.Stat(dir)
	if err == nil && !info.IsDir() {
		err = fmt.Errorf("%s is not a directory", dir)
	}
	if err != nil {
		return fmt.Errorf("-C: %w", err)
	}
	return nil
}

// Retrygen writes retry wrappers for functions with a //retry: directive, explains what their policies do, and turns retries of
// other kinds into directives.
//
// Usage:
//
//	retrygen [flags] [packages]
//	retrygen explain [flags] [packages]
//	retrygen explain [flags] -policy "retries=4 delay=exponential(2) jitter=3"
//	retrygen explain [flags] -config app.yaml
//	retrygen explain [flags] -serve
//	retrygen migrate [flags] [packages]
//	retrygen help [topic]
//	retrygen version
//
// For every annotated function, method and interface of the named packages (the one in the current directory if none
// is named) it writes a wrapper into a file beside the source, price_retry.go beside price.go, and removes its own
// files that nothing asks for any more. It is meant to be run by go generate, once for a module:
//
//	//go:generate go tool -modfile=tools.mod retrygen ./...
//	//go:generate go tool -modfile=tools.mod retrygen -header licence.txt ./...
//
// The flags are:
//
//	-check
//		write nothing; print a unified diff and exit with 1 if a file is missing, stale or left over
//	-n
//		write nothing; print the files that would be written
//	-C dir
//		change to dir before running
//	-header file
//		put the text of file, such as a licence, at the top of each generated file; a text that is not a comment
//		becomes one. Without it, the lines above the header of an existing file stay as they are, so that other tools
//		can write them
//	-tags list
//		build tags, separated by commas, as for the go command
//	-v
//		print the name of each file that is written or removed
//
// Mistakes in directives are printed as file:line:col: message, all of them; a package with a mistake is left as it
// is. Comments that were meant as directives, such as one with a space behind //, are warnings, and so is a pattern with
// "..." that matches no package. The exit status is 0 if all is well, 1 if there were mistakes or, with -check, stale
// files, and 2 if the arguments or the packages cannot be read, a file cannot be written, or, with -check, a pattern
// matches nothing. A run that is interrupted says which files it has written, and exits with 2.
//
// A new file has the line ends of its source, and one that exists keeps its own. With -check, line ends do not count.
//
// # Explain
//
// "retrygen explain" shows what policies do in an outage: all policies of the packages, the riskiest
// first, with the retries inside retries, those of a configuration file, or one policy that is given as text. It writes no
// wrapper, and needs none: a call of a wrapper that is not generated yet is followed as if it were. Where code does not build for another
// reason, retries may be missing: explain says so, and exits with 2. Its flags, besides -C and -tags:
//
//	-policy options
//		explain the options of a directive, rather than packages
//	-set name=value
//		assume a value of a name in the policies of packages; can be repeated
//	-config file
//		check and explain the policies in a configuration file (YAML, TOML or JSON), rather than packages; can be
//		repeated. Mistakes, and what retrylint would say of such a directive, are printed as file:line:col: message;
//		exit with 1 if there are any, and with 2 if a file cannot be read
//	-keys list
//		with -config, look at these keys, separated by commas, such as http.retry,db.*.policy; without it, at texts whose
//		key is retry or ends in _retry or Retry
//	-attempt-time duration
//		assume that every attempt takes this long (0)
//	-outage duration, -capacity number, -clients number, -rate number
//		assume an outage of a service that otherwise answers so many requests a second, with a number of calls
//		that begin with it and by new calls at a rate
//	-budget ratio,perSecond,burst
//		assume a budget that all callers share, by the arguments of retry.NewBudget; where the package of a policy
//		declares its budget with numbers, these are taken
//	-simulate
//		simulate every client of an outage, up to some millions of attempts
//	-seed number
//		of the simulation; the same seed makes the same output (1)
//	-json
//		print JSON
//	-html file, -source template
//		write a page, and print nothing; it also has what retrylint finds, and the commit that the sources are of. A
//		template such as https://example.com/blob/main/{file}#L{line} says where it links to, else it links to the files
//	-serve, -addr address
//		serve a page on which policies and numbers can be changed, and print its address. It begins with what the
//		other flags say. Of packages that are named it has the page of -html too. The server listens on a loopback
//		address alone, answers its own page only, and stops when it is interrupted
//	-max-attempts number, -max-wait duration
//		for CI: exit with 1 if a call can make more attempts, or wait longer in all, and print
//		file:line:col: message for each policy that does. Everything that one attempt calls counts; where it
//		cannot be bounded, as behind a function value, the message says where
//	-color when
//		auto (on a terminal), always or never
//
// # Migrate
//
// "retrygen migrate" turns what a module has already into directives: loops that retry by hand, and functions that are passed to
// a library (cenkalti/backoff, avast/retry-go, sethvargo/go-retry, client-go/util/retry, apimachinery/wait). It changes one
// place after the other, tests included, and keeps no change after which the package would not build. Each place is listed with
// what became of it: the directive, what it does otherwise than the code before, or the reason why the place stays as it is.
// Generated files, other modules and files that this platform leaves out are left alone. Its flags, besides -C and -tags:
//
//	-n
//		write nothing; print a unified diff, with the differences as comments above the diff of each file
//	-json
//		print the list as JSON
//
// Afterwards the wrappers have to be generated; migrate prints the commands, and runs none. The exit status is 1 if a place stays,
// and 2 if a package does not build or a file cannot be written.
//
// # Output
//
// On a terminal, the text is as wide as that, and ASCII where the locale is not UTF-8; elsewhere it has 80 columns.
// Durations are as in directives: a number alone is seconds. A scenario that cannot be, and a policy on the command line
// that does not parse, exit with 2.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"golang.org/x/tools/go/analysis/unitchecker"

	"github.com/retrygen/retrygen/analyzer"
	"github.com/retrygen/retrygen/cmd/retrygen/internal/explain"
	"github.com/retrygen/retrygen/generator"
	"github.com/retrygen/retrygen/internal/cli"
	"github.com/retrygen/retrygen/internal/lint"
	"github.com/retrygen/retrygen/internal/terminal"
)

func main() {
	if os.Getenv(explain.VetVariable) != "" && lint.Vetting(os.Args[1:]) {
		lint.Waiting(os.Args[1:], os.Stderr)
		unitchecker.Main(analyzer.Analyzers()...) // it does not return
	}
	collectSeldom()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // the second signal ends the process at once
	status := run(ctx, os.Args[1:], terminal.Writer(os.Stdout), terminal.Writer(os.Stderr))
	os.Exit(status)
}

// The exit statuses.
const (
	fine     = 0
	findings = 1
	trouble  = 2
)

// command is what the flags ask for.
type command struct {
	check, dry, verbose bool
	header              string // name of a file
	options             generator.Options
	dir                 string // that paths are printed relative to
	out, err            io.Writer
}

func run(ctx context.Context, args []string, out, errOut io.Writer) int {
	if len(args) > 0 {
		switch args[0] {
		case "explain":
			return explainCommand(ctx, args[1:], out, errOut)
		case "migrate":
			return migrateCommand(ctx, args[1:], out, errOut)
		case "help":
			return help(args[1:], out, errOut)
		case "version", "-version", "--version":
			fmt.Fprintln(out, cli.Version("retrygen"))
			return fine
		}
	}
	c := command{out: out, err: errOut}
	switch err := c.parse(args); {
	case err == flag.ErrHelp:
		return fine
	case err != nil:
		return trouble
	}
	if err := c.prepare(); err != nil {
		return c.fail(err)
	}
	plan, err := generator.Plan(ctx, c.options)
	if err != nil {
		if message := misspelt(c.options.Patterns, err); message != "" {
			return complain(errOut, message)
		}
		return c.fail(err)
	}
	return c.act(ctx, plan)
}

// fail prints an error, or each of several.
func (c *command) fail(err error) int {
	if several, ok := err.(interface{ Unwrap() []error }); ok {
		for _, err := range several.Unwrap() {
			c.fail(err)
		}
		return trouble
	}
	fmt.Fprintln(c.err, "retrygen:", terminal.Printable(err.Error()))
	return trouble
}

// act reports on a plan and carries it out, as far as the flags say.
func (c *command) act(ctx context.Context, plan *generator.Result) int {
	status := fine
	for _, d := range plan.Diagnostics {
		d.File = c.relative(d.File)
		fmt.Fprintln(c.err, d)
		status = findings
	}
	for _, w := range plan.Warnings {
		w.File, w.Message = c.relative(w.File), "warning: "+w.Message
		fmt.Fprintln(c.err, w)
	}
	for _, pattern := range plan.Unmatched {
		warnUnmatched(c.err, pattern)
		if c.check {
			status = trouble
		}
	}
	if len(plan.Passed) > 0 {
		list := terminal.Printable(strings.Join(plan.Passed, ", "))
		fmt.Fprintf(c.err, "retrygen: warning: nothing is generated in modules that are dependencies: %s\n", list)
	}
	switch {
	case c.check:
		return max(status, c.diff(plan.Changes))
	case c.dry:
		c.show(plan.Changes)
		return status
	}
	if err := plan.WriteContext(ctx); err != nil {
		return c.fail(err)
	}
	if c.verbose {
		for _, change := range plan.Changes {
			fmt.Fprintln(c.err, terminal.Printable(c.relative(change.Path)))
		}
	}
	return status
}

// warnUnmatched warns as the go command does.
func warnUnmatched(w io.Writer, pattern string) {
	if !strings.Contains(pattern, "...") {
		fmt.Fprintf(w, "retrygen: warning: %q has no Go files; \"./...\" matches the packages below a directory\n", pattern)
		return
	}
	fmt.Fprintf(w, "retrygen: warning: %q matched no packages\n", pattern)
}

// diff prints what is stale.
func (c *command) diff(changes []generator.Change) int {
	status := fine
	for _, change := range changes {
		c.out.Write(change.Diff(c.dir))
		status = findings
	}
	return status
}

// show prints what would be written.
func (c *command) show(changes []generator.Change) {
	for _, change := range changes {
		if change.New == nil {
			fmt.Fprintf(c.out, "-- %s (removed) --\n", terminal.Printable(c.relative(change.Path)))
			continue
		}
		fmt.Fprintf(c.out, "-- %s --\n%s", terminal.Printable(c.relative(change.Path)), change.New)
	}
}

// relative shortens a path below the working directory.
func (c *command) relative(path string) string {
	rel, err := filepath.Rel(c.dir, path)
	if err != nil || strings.HasPrefix(rel, "..") {
		return path
	}
	return rel
}

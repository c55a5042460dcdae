// Retrygen writes retry wrappers for functions with a //retry: directive, and explains what their policies do.
//
// Usage:
//
//	retrygen [flags] [packages]
//	retrygen explain [flags] [packages]
//	retrygen explain [flags] -policy "retries=4 delay=exponential(2) jitter=3"
//
// For every annotated function, method and interface of the named packages (the one in the current directory if none
// is named) it writes a wrapper into a file beside the source, price_retry.go beside price.go, and removes its own
// files that nothing asks for any more. It is meant to be run by go generate, once for a module:
//
//	//go:generate go tool retrygen ./...
//
// The flags are:
//
//	-check
//		write nothing; print a unified diff and exit with 1 if a file is missing, stale or left over
//	-n
//		write nothing; print the files that would be written
//	-C dir
//		change to dir before running
//	-tags list
//		build tags, separated by commas, as for the go command
//	-v
//		print the name of each file that is written or removed
//
// Mistakes in directives are printed as file:line:col: message, all of them; a package with a mistake is left as it
// is. The exit status is 0 if all is well, 1 if there were mistakes or, with -check, stale files, and 2 if the
// arguments or the packages cannot be read or a file cannot be written.
//
// # Explain
//
// "retrygen explain" shows what policies do before they meet an outage: of all that the packages retry, the riskiest
// first, with the retries inside retries, or of one policy that need not stand anywhere. It writes no wrapper, and needs
// none, though it follows calls only in packages that build. Its flags, besides -C and -tags:
//
//	-policy options
//		explain the options of a directive, rather than packages
//	-attempt-time duration
//		assume that every attempt takes this long (0)
//	-outage duration, -capacity number, -clients number, -rate number
//		assume an outage of a service that otherwise answers so many requests a second, met by a number of calls
//		that begin with it and by new calls at a rate
//	-budget ratio,perSecond,burst
//		assume a budget that all callers share, by the arguments of retry.NewBudget; where the package of a policy
//		declares its budget with numbers, these are taken
//	-simulate
//		draw every client of an outage, however many
//	-seed number
//		of what is drawn; the same seed gives the same output (1)
//	-json
//		print JSON
//	-html file, -source template
//		write a page, and print nothing; a template such as https://example.com/blob/main/{file}#L{line} says where
//		it links to, else it links to the files
//	-max-attempts number, -max-wait duration
//		for CI: exit with 1 if a call can come to more attempts, or wait for longer in all, nested retries
//		included, and print file:line:col: message for each policy that does
//	-color when
//		auto (on a terminal), always or never
//
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
	"runtime/debug"
	"strings"

	"golang.org/x/tools/go/analysis/unitchecker"

	"github.com/retrygen/retrygen/generator"
	"github.com/retrygen/retrygen/internal/lint"
	"github.com/retrygen/retrygen/internal/retries"
)

func main() {
	if lint.Vetting(os.Args[1:]) {
		unitchecker.Main(retries.Inventory) // it does not return
	}
	// A run lives for less than a second and allocates little more than it keeps: to collect less often saves a tenth
	// of its time, and costs some ten megabytes.
	debug.SetGCPercent(200)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	status := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
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
	options             generator.Options
	dir                 string // that paths are printed relative to
	out, err            io.Writer
}

func run(ctx context.Context, args []string, out, errOut io.Writer) int {
	if len(args) > 0 && args[0] == "explain" {
		return explainCommand(ctx, args[1:], out, errOut)
	}
	c := command{out: out, err: errOut}
	flags := flag.NewFlagSet("retrygen", flag.ContinueOnError)
	flags.SetOutput(errOut)
	flags.BoolVar(&c.check, "check", false, "write nothing; print a diff and exit with 1 if a file is stale")
	flags.BoolVar(&c.dry, "n", false, "write nothing; print the files that would be written")
	flags.BoolVar(&c.verbose, "v", false, "print the name of each file that is written or removed")
	flags.StringVar(&c.options.Dir, "C", "", "change to `dir` before running")
	flags.StringVar(&c.options.Tags, "tags", "", "build tags, a comma-separated `list`")
	flags.Usage = func() {
		fmt.Fprintln(errOut, "usage: retrygen [flags] [packages]")
		fmt.Fprintln(errOut, "       retrygen explain [flags] [packages]")
		flags.PrintDefaults()
	}
	switch err := flags.Parse(args); {
	case err == flag.ErrHelp:
		return fine
	case err != nil:
		return trouble
	}
	c.options.Patterns = flags.Args()
	if c.check && c.dry {
		fmt.Fprintln(errOut, "retrygen: -check and -n exclude each other")
		return trouble
	}
	dir, err := filepath.Abs(c.options.Dir)
	if err != nil {
		return c.fail(err)
	}
	c.dir = dir
	if err := checkDir(c.options.Dir); err != nil {
		return c.fail(err)
	}
	plan, err := generator.Plan(ctx, c.options)
	if err != nil {
		return c.fail(err)
	}
	return c.act(plan)
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

func (c *command) fail(err error) int {
	fmt.Fprintln(c.err, "retrygen:", err)
	return trouble
}

// act reports on a plan and carries it out, as far as the flags say.
func (c *command) act(plan *generator.Result) int {
	status := fine
	for _, d := range plan.Diagnostics {
		d.File = c.relative(d.File)
		fmt.Fprintln(c.err, d)
		status = findings
	}
	switch {
	case c.check:
		for _, change := range plan.Changes {
			c.out.Write(change.Diff(c.dir))
			status = findings
		}
		return status
	case c.dry:
		c.show(plan.Changes)
		return status
	}
	if err := plan.Write(); err != nil {
		return c.fail(err)
	}
	if c.verbose {
		for _, change := range plan.Changes {
			fmt.Fprintln(c.err, c.relative(change.Path))
		}
	}
	return status
}

// show prints what would be written.
func (c *command) show(changes []generator.Change) {
	for _, change := range changes {
		if change.New == nil {
			fmt.Fprintf(c.out, "-- %s (removed) --\n", c.relative(change.Path))
			continue
		}
		fmt.Fprintf(c.out, "-- %s --\n%s", c.relative(change.Path), change.New)
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

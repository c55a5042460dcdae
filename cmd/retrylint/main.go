// Retrylint checks retries: the directives of retrygen, the functions that bear them, calls of what is generated, loops
// that retry by hand, and the use of retry libraries.
//
// Usage:
//
//	retrylint [flags] [packages]
//	retrylint help [check]
//	retrylint version
//
// It prints a line for each finding, file:line:column: identifier: message, for the named packages (the one in the
// current directory if none is named) and their tests. "retrylint help" lists the checks, "retrylint help RL301" says
// why a check is there, with code that is bad and code that is good. A finding is silenced on its line, or from the line
// above, by a comment with a reason:
//
//	//retry:ignore RL301 the reason why this is right
//
// The flags are:
//
//	-json
//		print one array of findings, with related places and fixes
//	-sarif
//		print a report in the Static Analysis Results Interchange Format, version 2.1.0
//	-fix
//		apply the fixes; print what has none
//	-diff
//		with -fix, print the fixes as a diff and write nothing
//	-enable list
//		switch on checks that are off by default: identifiers separated by commas, or all
//	-disable list
//		switch checks off
//	-max-wait duration
//		the longest wait that RL106 accepts (1h)
//	-max-retries number
//		the most retries that RL109 accepts (5)
//	-any-change
//		let RL206 report any change that an attempt makes before a call that may fail, not only those that add up
//	-color when
//		auto (on a terminal), always or never
//	-C dir
//		change to dir before running
//	-tags list
//		build tags, separated by commas, as for the go command
//
// The exit status is 0 if nothing was found, 1 if something was, and 2 if the arguments cannot be read or the packages
// do not build. Packages that do not build because wrappers have not been generated have findings that say so.
//
// The same program is a vet tool, and a fix tool:
//
//	go vet -vettool=$(which retrylint) ./...
//	go vet -vettool=$(which retrylint) -retrycall.RL305 ./...
//	go fix -fixtool=$(which retrylint) ./...
//
// There each check is a flag of its analyzer. On its own it runs go vet too, so that both share what has been checked.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"

	"golang.org/x/tools/go/analysis/unitchecker"

	"github.com/retrygen/retrygen/analyzer"
	"github.com/retrygen/retrygen/internal/cli"
	"github.com/retrygen/retrygen/internal/lint"
	"github.com/retrygen/retrygen/internal/terminal"
)

// The exit statuses.
const (
	fine     = 0
	findings = 1
	trouble  = 2
)

func main() {
	if lint.Vetting(os.Args[1:]) {
		delayCollection()
		lint.Waiting(os.Args[1:], os.Stderr)
		unitchecker.Main(analyzer.Analyzers()...) // it does not return
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	status := run(ctx, os.Args[1:], terminal.Writer(os.Stdout), terminal.Writer(os.Stderr))
	stop()
	os.Exit(status)
}

// options are what the flags say.
type options struct {
	json, sarif, fix, diff bool
	enable, disable        string
	color                  string
	lint.Options
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	if len(args) > 0 {
		switch args[0] {
		case "help":
			return help(args[1:], stdout, stderr)
		case "version", "-version", "--version":
			fmt.Fprintln(stdout, cli.Version("retrylint"))
			return fine
		}
	}
	o, status := parse(args, stderr)
	if o == nil {
		return status
	}
	tool, err := os.Executable()
	if err != nil {
		return complain(stderr, err)
	}
	o.Tool = tool
	if o.fix {
		return fix(ctx, o, stdout, stderr)
	}
	found, err := lint.Run(ctx, o.Options)
	if err != nil && len(found) == 0 {
		if better := misspelt(o.Patterns, err); better != nil {
			return complain(stderr, better)
		}
	}
	if shown := show(o, found, stdout); shown != nil {
		return complain(stderr, shown)
	}
	switch {
	case err != nil:
		return complain(stderr, err)
	case len(found) > 0:
		return findings
	}
	return fine
}

// parse reads the arguments; without options the status is that to exit with.
func parse(args []string, stderr io.Writer) (*options, int) {
	o := &options{}
	flags := flag.NewFlagSet("retrylint", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() {
		fmt.Fprint(stderr, "usage: retrylint [flags] [packages]\n       retrylint help [check]\n       retrylint version\n\n")
		flags.PrintDefaults()
	}
	flags.BoolVar(&o.json, "json", false, "print the findings as a JSON array")
	flags.BoolVar(&o.sarif, "sarif", false, "print a SARIF 2.1.0 report")
	flags.BoolVar(&o.fix, "fix", false, "apply the fixes")
	flags.BoolVar(&o.diff, "diff", false, "with -fix, print the fixes as a diff and write nothing")
	flags.StringVar(&o.enable, "enable", "", "switch on these checks, a `list` of identifiers or all")
	flags.StringVar(&o.disable, "disable", "", "switch off these checks, a `list` of identifiers")
	flags.StringVar(&o.color, "color", "auto", "`when` to colour: auto, always or never")
	flags.StringVar(&o.Dir, "C", "", "change to `dir` before running")
	tags := flags.String("tags", "", "build tags, a `list` separated by commas")
	wait := flags.Duration("max-wait", 0, "the longest wait that RL106 accepts (1h)")
	retries := flags.Int("max-retries", 0, "the most retries that RL109 accepts (5)")
	anyChange := flags.Bool("any-change", false, "let RL206 report any change before a call that may fail")
	if err := cli.Parse(flags, args); errors.Is(err, flag.ErrHelp) {
		return nil, fine
	} else if err != nil {
		return nil, trouble
	}
	o.Patterns = flags.Args()
	if *tags != "" {
		o.Flags = append(o.Flags, "-tags="+*tags)
	}
	flags.Visit(func(f *flag.Flag) {
		switch f.Name {
		case "max-wait":
			o.Flags = append(o.Flags, fmt.Sprintf("-retrydirective.max-wait=%s", *wait))
		case "max-retries":
			o.Flags = append(o.Flags, fmt.Sprintf("-retrydirective.max-retries=%d", *retries))
		case "any-change":
			o.Flags = append(o.Flags, fmt.Sprintf("-retryfunc.any-change=%t", *anyChange))
		}
	})
	if err := o.check(); err != nil {
		return nil, complain(stderr, err)
	}
	return o, fine
}

// check finds arguments that contradict each other, and turns lists of checks into flags.
func (o *options) check() error {
	switch {
	case o.json && o.sarif:
		return errors.New("-json and -sarif: choose one")
	case o.fix && (o.json || o.sarif):
		return errors.New("-fix prints text; leave out -json and -sarif")
	case o.diff && !o.fix:
		return errors.New("-diff goes with -fix")
	}
	if _, err := terminal.Color(nil, o.color); err != nil {
		return err
	}
	on, err := switches(o.enable, "true")
	if err != nil {
		return err
	}
	off, err := switches(o.disable, "false")
	o.Flags = append(append(o.Flags, on...), off...) // what is named twice is off
	return err
}

// switches returns the flags that switch a list of checks on or off.
func switches(list, value string) ([]string, error) {
	var flags []string
	for id := range strings.SplitSeq(list, ",") {
		id = strings.TrimSpace(id)
		check, ok := analyzer.LookUp(id)
		switch {
		case id == "":
		case ok:
			flags = append(flags, fmt.Sprintf("-%s.%s=%s", check.Analyzer, check.ID, value))
		case id == "all":
			for _, check := range analyzer.Checks() {
				flags = append(flags, fmt.Sprintf("-%s.%s=%s", check.Analyzer, check.ID, value))
			}
		default:
			return nil, unknownCheck(id)
		}
	}
	return flags, nil
}

func show(o *options, found []lint.Finding, stdout io.Writer) error {
	switch {
	case o.json:
		return lint.JSON(stdout, found)
	case o.sarif:
		dir, err := filepath.Abs(o.Dir)
		if err != nil {
			return err
		}
		return lint.SARIF(stdout, found, dir)
	}
	color, err := terminal.Color(stdout, o.color)
	if err != nil {
		return err
	}
	return lint.Text(stdout, found, color)
}

// fix applies the fixes by go vet.
func fix(ctx context.Context, o *options, stdout, stderr io.Writer) int {
	flags := []string{"-fix"}
	if o.diff {
		flags = append(flags, "-diff")
	}
	cmd := lint.Command(ctx, o.Options, flags...)
	cmd.Stdout, cmd.Stderr = stdout, stderr
	err := cmd.Run()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok && exit.ExitCode() == 1 {
		return findings
	}
	if err != nil {
		return complain(stderr, err)
	}
	return fine
}

func complain(stderr io.Writer, err error) int {
	fmt.Fprintln(stderr, "retrylint:", err)
	return trouble
}

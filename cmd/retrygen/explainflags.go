package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/retrygen/retrygen/cmd/retrygen/internal/quantity"
	"github.com/retrygen/retrygen/internal/cli"
	"github.com/retrygen/retrygen/internal/terminal"
)

// parseExplain reads the arguments; without an explanation the status is that to exit with.
func parseExplain(args []string, out, errOut io.Writer) (*explanation, int) {
	x := &explanation{out: out, err: errOut}
	s := &x.Scenario
	flags := flag.NewFlagSet("retrygen explain", flag.ContinueOnError)
	flags.SetOutput(terminal.Lines(errOut))
	flags.Usage = func() {
		fmt.Fprint(errOut, "usage: retrygen explain [flags] [packages]\n       retrygen explain [flags] -policy \"retries=4 …\"\n"+
			"       retrygen explain [flags] -config app.yaml\n       retrygen explain [flags] -serve [packages]\n\n")
		flags.PrintDefaults()
	}
	flags.StringVar(&x.Policy, "policy", "", "explain these `options` of a directive, rather than packages")
	flags.Var((*assumptions)(&x.Assume), "set", "assume `name=value` of a name in policies: -set cfg.MaxRetries=5; can be repeated")
	flags.Var((*texts)(&x.Configs), "config", "check and explain the policies in a configuration `file` (YAML, TOML or JSON),"+
		" rather than packages; can be repeated")
	flags.Var((*keys)(&x.Keys), "keys", "with -config, look at these keys, a comma-separated `list` such as http.retry,db.*.policy,"+
		" rather than at those that are called retry or end in _retry or Retry")
	flags.BoolVar(&x.json, "json", false, "print JSON")
	flags.StringVar(&x.html, "html", "", "write a page to `file`, and print nothing; it has what retrylint finds too")
	flags.StringVar(&x.source, "source", "", "with -html or -serve, a `template` for links to sources,"+
		" such as https://example.com/blob/main/{file}#L{line}")
	flags.BoolVar(&x.serve, "serve", false, "serve a page on this machine alone, on which policies and numbers can be changed;"+
		" it begins with those of the other flags, and lists the policies of packages that are named")
	flags.StringVar(&x.addr, "addr", "", "with -serve, listen on this loopback `address`, such as 127.0.0.1:8080")
	flags.StringVar(&x.color, "color", "auto", "`when` to colour: auto, always or never")
	flags.StringVar(&x.Dir, "C", "", "change to `dir` before running")
	flags.StringVar(&x.Tags, "tags", "", "build tags, a comma-separated `list`")
	flags.Var(quantity.Duration{Value: &s.AttemptTime}, "attempt-time", "assume that every attempt takes this `duration`")
	flags.Var(quantity.Whole{Value: &s.Clients}, "clients", "assume this `number` of calls that all fail at one instant, such as 1e6")
	flags.Var(quantity.Decimal{Value: &s.Rate}, "rate", "assume this `number` of new calls a second")
	flags.Var(quantity.Decimal{Value: &s.Capacity}, "capacity", "assume a service that answers this `number` of requests a second")
	flags.Var(quantity.Duration{Value: &s.Outage}, "outage", "assume an outage of this `duration`, with -capacity and -clients or -rate")
	flags.Var(quantity.Budget{Value: &s.Budget}, "budget",
		"assume a budget for all callers, as retry.NewBudget has it: `ratio,perSecond,burst`")
	flags.BoolVar(&s.Simulate, "simulate", false, "draw every client of an outage, up to some millions of attempts")
	flags.Uint64Var(&s.Seed, "seed", 1, "of what is drawn, a `number`")
	flags.IntVar(&x.MaxAttempts, "max-attempts", 0, "exit with 1 if a call can make more attempts than this `number`,"+
		" with the retries inside it")
	flags.Var(quantity.Duration{Value: &x.MaxWait}, "max-wait", "exit with 1 if a call can wait for longer than this `duration` in all")
	if err := cli.Parse(flags, args); errors.Is(err, flag.ErrHelp) {
		return nil, fine
	} else if err != nil {
		return nil, trouble
	}
	x.Patterns = flags.Args()
	if err := x.check(flags); err != nil {
		fmt.Fprintln(errOut, "retrygen: explain:", terminal.Printable(err.Error()))
		return nil, trouble
	}
	return x, fine
}

// check finds arguments that contradict each other.
func (x *explanation) check(flags *flag.FlagSet) error {
	given := map[string]bool{}
	flags.Visit(func(f *flag.Flag) { given[f.Name] = true })
	_, err := terminal.Color(nil, x.color)
	if err == nil {
		err = x.checkSubject(given)
	}
	switch {
	case err != nil:
		return err
	case strings.HasPrefix(strings.TrimSpace(x.Policy), "//"):
		return errors.New(`-policy is a comment; want the options of a directive alone, such as "retries=4 delay=exponential(2) jitter=3"`)
	case given["policy"] && strings.TrimSpace(x.Policy) == "":
		return errors.New(`-policy is empty; want options such as "retries=4 delay=exponential(2) jitter=3"`)
	case slices.ContainsFunc(x.Patterns, func(p string) bool { return strings.HasPrefix(p, "-") }):
		return fmt.Errorf("flags come before packages: retrygen explain [flags] %s", x.Patterns[0])
	case x.json && x.html != "":
		return errors.New("-json and -html: choose one")
	case given["html"] && x.html == "":
		return errors.New("-html is empty; want the name of a file to write")
	case x.serve && (x.json || x.html != ""):
		return errors.New("-serve, -json and -html: choose one")
	case x.serve && (given["max-attempts"] || given["max-wait"] || given["simulate"] || given["seed"]):
		return errors.New("-serve goes with none of -max-attempts, -max-wait, -simulate and -seed")
	case x.addr != "" && !x.serve:
		return errors.New("-addr goes with -serve")
	case x.source != "" && x.html == "" && !x.serve:
		return errors.New("-source goes with -html or -serve")
	case given["max-attempts"] && x.MaxAttempts < 1:
		return fmt.Errorf("-max-attempts %d: want 1 or more", x.MaxAttempts)
	case given["max-wait"] && x.MaxWait == 0:
		return errors.New("-max-wait 0: want more than 0")
	case x.Scenario.Outage > 0 && !given["capacity"] && !x.serve:
		return errors.New("-outage goes with -capacity, the number of requests that the service answers in a second")
	case given["simulate"] && x.Scenario.Outage == 0:
		return errors.New("-simulate goes with -outage")
	}
	if err := checkDir(x.Dir); err != nil {
		return err
	}
	x.Lint = x.html != "" || x.serve
	if x.html != "" || x.json || x.serve {
		x.Command = canonical(flags)
	}
	if x.serve {
		x.values = formOf(flags)
	}
	if x.html != "" || x.source != "" {
		return x.linkSources()
	}
	return nil
}

// checkSubject finds arguments about what is to be explained that contradict each other.
func (x *explanation) checkSubject(given map[string]bool) error {
	packages := len(x.Patterns) > 0
	switch {
	case given["policy"] && given["config"]:
		return errors.New("-policy and -config: choose one")
	case given["policy"] && given["set"]:
		return errors.New("-set goes with packages; in -policy write the value")
	case given["config"] && given["set"]:
		return errors.New("-set goes with packages; a configuration has values, and no names for them")
	case given["policy"] && packages && strings.Contains(x.Patterns[0], "="):
		return fmt.Errorf("-policy takes all options as one argument: -policy %q", x.Policy+" "+strings.Join(x.Patterns, " "))
	case given["policy"] && packages:
		return errors.New("-policy and packages: choose one")
	case given["config"] && packages:
		return errors.New("-config and packages: choose one; another file wants another -config")
	case given["config"] && given["tags"]:
		return errors.New("-tags goes with packages")
	case given["config"] && x.serve:
		return errors.New("-config and -serve: choose one; -html writes a page")
	case given["keys"] && !given["config"]:
		return errors.New("-keys goes with -config")
	}
	return nil
}

// canonical writes the command without what differs between the machines of those who run it.
func canonical(flags *flag.FlagSet) string {
	command := "retrygen explain"
	flags.Visit(func(f *flag.Flag) {
		switch f.Name {
		case "C", "html", "json", "color", "source", "serve", "addr":
		default:
			for _, value := range valuesOf(f.Value) {
				command += fmt.Sprintf(" -%s=%s", f.Name, cli.Quote(value))
			}
		}
	})
	for _, pattern := range flags.Args() {
		command += " " + cli.Quote(pattern)
	}
	return command
}

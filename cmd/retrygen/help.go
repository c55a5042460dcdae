package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/retrygen/retrygen/internal/cli"
	"github.com/retrygen/retrygen/internal/policy"
	"github.com/retrygen/retrygen/internal/terminal"
)

const overview = `Retrygen writes retry wrappers for functions with a //retry: directive, and explains what their policies do.

	retrygen [flags] [packages]          write the wrappers of packages; default: the one in the current directory
	retrygen explain [flags] [packages]  show what policies do in an outage; -serve shows it on a page, live;
	                                     -config app.yaml checks the policies of a configuration file
	retrygen migrate [flags] [packages]  turn loops by hand and calls of retry libraries into directives; -n shows the diff
	retrygen help [topic]                print this, or more about explain, migrate, flags, options or directives
	retrygen version                     print the version

A directive stands in the doc comment of a function:

	//retry:task retries=4 delay=exponential(2) jitter=3
	func FetchPrice(ctx context.Context, symbol string) (Price, error) { … }

The linter is a command of its own: retrylint ./...
`

const directives = `A directive stands in a doc comment, without a space after //.

	//retry:task …          above a function, a method, a function type, an interface or a method in an interface
	//retry:flow …          above a function or a method with a context: a task that opens a flow run
	//retry:policy          above a string constant of options, which policy= can name
	//retry:default task …  at top level: the defaults of the package; also //retry:default flow …
	//retry:ignore RL301 …  on a line or above it: a check, and the reason why it is not followed there

The options are separated by spaces: "retrygen help options" lists them.
`

// topics are what help documents.
var topics = map[string]func(out io.Writer){
	"":           func(out io.Writer) { io.WriteString(out, overview) },
	"directives": func(out io.Writer) { io.WriteString(out, directives) },
	"options":    options,
	"explain":    func(out io.Writer) { explainCommand(context.Background(), []string{"-h"}, out, out) },
	"migrate":    func(out io.Writer) { migrateCommand(context.Background(), []string{"-h"}, out, out) },
	"flags": func(out io.Writer) {
		c := command{out: out, err: out}
		_ = c.parse([]string{"-h"}) // it prints the flags
	},
	"version": func(out io.Writer) {
		fmt.Fprintln(out, "retrygen version prints the version of retrygen, of Go and of the platform.")
	},
}

// help prints a topic.
func help(args []string, out, errOut io.Writer) int {
	topic := strings.Join(args, " ")
	if strings.HasPrefix(strings.ToUpper(topic), "RL") {
		return complain(errOut, fmt.Sprintf("checks are documented by retrylint: retrylint help %s", topic))
	}
	if find := topics[topic]; find != nil {
		find(out)
		return fine
	}
	for _, o := range policy.Options() {
		if o.Name == topic || o.Word() == topic {
			describe(out, []policy.Option{o})
			return fine
		}
	}
	words := slices.Sorted(maps.Keys(topics))[1:]
	message := fmt.Sprintf("no topic is called %q; topics are %s, and every option", topic, strings.Join(words, ", "))
	if near, ok := policy.Nearest(topic, words); ok {
		message = fmt.Sprintf("no topic is called %q; did you mean %s?", topic, near)
	}
	return complain(errOut, message)
}

// options lists the language.
func options(out io.Writer) {
	fmt.Fprintf(out, "Options are name=value, separated by spaces. A bare number is seconds, 250ms and 1m30s are durations.\n"+
		"Wherever a number or a duration stands, a Go name may stand: retries=.cfg.MaxRetries.\n\n")
	describe(out, policy.Options())
}

func describe(out io.Writer, list []policy.Option) {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, o := range list {
		fmt.Fprintf(table, "%s\t%s\n\t%s\n\tdefault: %s\n", o.Word(), o.Meaning, o.Values, o.Default)
	}
	table.Flush()
}

func complain(errOut io.Writer, message string) int {
	fmt.Fprintln(errOut, "retrygen:", terminal.Printable(message))
	return trouble
}

// instead says what to write instead of words that people take for commands.
var instead = map[string]string{
	"generate": "retrygen [packages]", "gen": "retrygen [packages]", "run": "retrygen [packages]", "write": "retrygen [packages]",
	"build": "retrygen [packages]", "check": "retrygen -check [packages]", "diff": "retrygen -check [packages]",
	"verify": "retrygen -check [packages]", "dry-run": "retrygen -n [packages]", "lint": "retrylint [packages]",
	"vet": "retrylint [packages]", "list": "retrygen explain [packages]", "show": "retrygen explain [packages]",
	"serve":   "retrygen explain -serve [packages]",
	"convert": "retrygen migrate [packages]", "import": "retrygen migrate [packages]",
	"report": "retrygen explain -html file [packages]", "simulate": "retrygen explain -simulate [packages]",
}

var wordPattern = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9-]*$`)

// misspelt says what is meant by arguments that begin with a word which is neither a command nor a package, "" if they do
// not, or if the error says it as well.
func misspelt(packages []string, err error) string {
	if len(packages) == 0 {
		return ""
	}
	word, rest := packages[0], packages[1:]
	if wordPattern.MatchString(word) && (strings.Contains(err.Error(), "package "+word+" is not in std") || cli.FlagBehind(rest) != "") {
		right, ok := policy.Nearest(word, []string{"explain", "migrate", "help", "version"})
		switch {
		case instead[word] != "":
			return fmt.Sprintf("no command is called %q: write %s", word, instead[word])
		case ok:
			return fmt.Sprintf("no command is called %q: did you mean retrygen %s?", word, right)
		case cli.FlagBehind(rest) == "":
			return fmt.Sprintf("no command and no package is called %q; retrygen help lists the commands, and ./%s is a directory", word, word)
		}
	}
	if late := cli.FlagBehind(packages); late != "" {
		return fmt.Sprintf("flags stand before packages: retrygen %s %s", late, word)
	}
	return ""
}

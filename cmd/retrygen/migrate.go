package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"

	"github.com/retrygen/retrygen/cmd/retrygen/internal/migrate"
	"github.com/retrygen/retrygen/internal/cli"
	"github.com/retrygen/retrygen/internal/load"
	"github.com/retrygen/retrygen/internal/terminal"
)

// migration is what the flags of migrate ask for.
type migration struct {
	migrate.Options
	dry, json bool
	out, err  io.Writer
}

// migrateCommand turns retries of libraries and loops by hand into directives.
func migrateCommand(ctx context.Context, args []string, out, errOut io.Writer) int {
	m, status := parseMigrate(args, out, errOut)
	if m == nil {
		return status
	}
	result, err := migrate.Run(ctx, m.Options)
	if err == nil && !m.dry {
		err = result.Write(ctx)
	}
	if err != nil {
		fmt.Fprintln(errOut, "retrygen: migrate:", terminal.Printable(err.Error()))
		return trouble
	}
	if err := m.show(result); err != nil {
		fmt.Fprintln(errOut, "retrygen: migrate:", terminal.Printable(err.Error()))
		return trouble
	}
	for _, pattern := range result.Unmatched {
		warnUnmatched(errOut, pattern)
	}
	for _, text := range result.Problems {
		fmt.Fprintln(errOut, "retrygen: migrate:", terminal.Printable(text))
	}
	switch {
	case len(result.Problems) > 0:
		return trouble
	case result.Count(migrate.Stays) > 0:
		return findings
	}
	return fine
}

// parseMigrate reads the arguments; without a migration the status is that to exit with.
func parseMigrate(args []string, out, errOut io.Writer) (*migration, int) {
	m := &migration{out: out, err: errOut}
	flags := flag.NewFlagSet("retrygen migrate", flag.ContinueOnError)
	flags.SetOutput(terminal.Lines(errOut))
	flags.Usage = func() {
		fmt.Fprint(errOut, "usage: retrygen migrate [flags] [packages]\n\n")
		flags.PrintDefaults()
	}
	flags.BoolVar(&m.dry, "n", false, "write nothing; print a diff, with what changes as comments")
	flags.BoolVar(&m.json, "json", false, "print what was found as JSON")
	flags.StringVar(&m.Dir, "C", "", "change to `dir` before running")
	flags.StringVar(&m.Tags, "tags", "", "build tags, a comma-separated `list`")
	if err := cli.Parse(flags, args); errors.Is(err, flag.ErrHelp) {
		return nil, fine
	} else if err != nil {
		return nil, trouble
	}
	m.Patterns = flags.Args()
	err := checkDir(m.Dir)
	for _, p := range m.Patterns {
		if err == nil && strings.HasPrefix(p, "-") {
			err = fmt.Errorf("flags come before packages: retrygen migrate [flags] %s", m.Patterns[0])
		}
	}
	if err == nil {
		m.Dir, err = load.RealDir(m.Dir)
	}
	if err != nil {
		fmt.Fprintln(errOut, "retrygen: migrate:", terminal.Printable(err.Error()))
		return nil, trouble
	}
	return m, fine
}

// show prints what was found.
func (m *migration) show(r *migrate.Result) error {
	if m.json {
		return m.printJSON(r)
	}
	for _, s := range r.Sites {
		switch {
		case s.Status == migrate.Stays:
			fmt.Fprintln(m.err, s)
		case !m.dry:
			fmt.Fprintln(m.out, s)
		}
	}
	if m.dry {
		for _, c := range r.Changes {
			if _, err := m.out.Write(c.Diff()); err != nil {
				return err
			}
		}
	}
	fmt.Fprintln(m.err, summary(r))
	if len(r.Changes) > 0 && !m.dry {
		fmt.Fprintln(m.err, "now run: go get github.com/retrygen/retrygen/runtime && retrygen ./... &&"+
			" go mod tidy && go vet ./... && go test ./...")
	}
	return nil
}

// summary counts what was found.
func summary(r *migrate.Result) string {
	if len(r.Sites) == 0 {
		return "nothing retries here that retrygen migrate knows"
	}
	turned, differs, stays := r.Count(migrate.Turned), r.Count(migrate.Differs), r.Count(migrate.Stays)
	return fmt.Sprintf("%d found: %d turned, %d of them with a difference, %d left as they are", len(r.Sites), turned+differs, differs, stays)
}

// printJSON prints the sites and their counts.
func (m *migration) printJSON(r *migrate.Result) error {
	encoder := json.NewEncoder(m.out)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(struct {
		Sites                    []*migrate.Site
		Found, Turned            int
		Differing, LeftAsTheyAre int
		Problems                 []string `json:",omitempty"`
	}{
		r.Sites, len(r.Sites), r.Count(migrate.Turned) + r.Count(migrate.Differs), r.Count(migrate.Differs), r.Count(migrate.Stays), r.Problems,
	})
}

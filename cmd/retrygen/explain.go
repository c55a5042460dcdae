package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/retrygen/retrygen/cmd/retrygen/internal/config"
	"github.com/retrygen/retrygen/cmd/retrygen/internal/explain"
	"github.com/retrygen/retrygen/cmd/retrygen/internal/report"
	"github.com/retrygen/retrygen/internal/output"
	"github.com/retrygen/retrygen/internal/terminal"
)

// explanation is what the flags of explain ask for.
type explanation struct {
	explain.Options
	json         bool
	html, source string
	serve        bool
	addr         string
	values       url.Values // of the form that is served
	color        string
	out, err     io.Writer
}

// explainCommand shows what policies do.
func explainCommand(ctx context.Context, args []string, out, errOut io.Writer) int {
	x, status := parseExplain(args, out, errOut)
	if x == nil {
		return status
	}
	fail := func(err error) int {
		x.clear()
		fmt.Fprintln(errOut, "retrygen: explain:", terminal.Printable(err.Error()))
		return trouble
	}
	if x.serve && len(x.Patterns) == 0 {
		if err := x.serveLive(ctx, nil); err != nil {
			return fail(err)
		}
		return fine
	}
	if terminal.Is(errOut) {
		x.showProgress()
	}
	result, err := explain.Run(ctx, x.Options)
	if mistake, ok := errors.AsType[*explain.MistakeError](err); ok {
		fmt.Fprintln(errOut, mistake)
		return trouble
	}
	if malformed, ok := errors.AsType[*config.Error](err); ok {
		fmt.Fprintln(errOut, terminal.Printable(malformed.Error()))
		return trouble
	}
	if err != nil && ctx.Err() != nil {
		err = errors.New("interrupted")
	}
	if err != nil {
		return fail(err)
	}
	x.clear()
	if !x.serve {
		if err := x.show(result.Report); err != nil {
			return fail(err)
		}
	}
	for _, pattern := range result.Unmatched {
		warnUnmatched(errOut, pattern)
	}
	for _, note := range result.Notes {
		fmt.Fprintln(errOut, "retrygen: explain:", terminal.Printable(note))
	}
	for _, problem := range result.Problems {
		fmt.Fprintln(errOut, terminal.Printable(problem))
		status = findings
	}
	for _, text := range result.Missing {
		fmt.Fprintln(errOut, "retrygen: explain:", terminal.Printable(text))
		status = trouble
	}
	if x.serve {
		if err := x.serveLive(ctx, result.Report); err != nil {
			return fail(err)
		}
	}
	return status
}

// linkSources has the page link to files from where it will be, or as -source says.
func (x *explanation) linkSources() error {
	page, err := filepath.Abs(x.html)
	if err != nil {
		return err
	}
	x.Link = func(absolute, relative string, line int) string {
		if x.source != "" {
			return strings.NewReplacer("{file}", (&url.URL{Path: relative}).EscapedPath(), "{line}", strconv.Itoa(line)).Replace(x.source)
		}
		path, err := filepath.Rel(filepath.Dir(page), absolute)
		if err != nil {
			path = absolute
		}
		return (&url.URL{Path: filepath.ToSlash(path), Fragment: fmt.Sprintf("L%d", line)}).String()
	}
	return nil
}

// show writes the report as asked for.
func (x *explanation) show(r *report.Report) error {
	switch {
	case x.json:
		return report.JSON(x.out, r)
	case x.html != "":
		var page bytes.Buffer
		if err := report.HTML(&page, r); err != nil {
			return err
		}
		return writePage(x.html, page.Bytes())
	}
	color, err := terminal.Color(x.out, x.color)
	if err != nil {
		return err
	}
	return report.Text(x.out, r, report.TextOptions{Color: color, Width: terminal.Width(x.out), ASCII: terminal.IsASCII(x.out)})
}

// writePage replaces a file at once. It follows links, and writes to devices and pipes as they are.
func writePage(name string, page []byte) error {
	path, err := filepath.Abs(name)
	if err != nil {
		return err
	}
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return os.WriteFile(path, page, 0o666)
	}
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target
	}
	return output.Write(path, page)
}

// showProgress keeps a line on a terminal up to date.
func (x *explanation) showProgress() {
	policies, shown := "", ""
	update := func(text string) {
		if text != shown {
			fmt.Fprintf(x.err, "\r\x1b[K%s", text)
			shown = text
		}
	}
	x.Progress = func(done, of int) {
		policies = fmt.Sprintf("explaining %d of %d", done+1, of)
		update(policies)
	}
	x.Scenario.Progress = func(share float64) {
		update(strings.TrimSpace(fmt.Sprintf("%s  %.0f %% of the time drawn", policies, 100*share)))
	}
}

// clear removes the line of progress.
func (x *explanation) clear() {
	if x.Progress != nil {
		fmt.Fprint(x.err, "\r\x1b[K")
	}
}

// Package migrate turns retries of libraries and loops that are written by hand into directives.
//
//	result, err := migrate.Run(ctx, migrate.Options{Dir: dir, Patterns: []string{"./..."}})
//	if err != nil {
//		return err // the packages cannot be listed
//	}
//	for _, s := range result.Sites {
//		fmt.Println(s) // file:line:col: what became of it
//	}
//	return result.Write()
//
// The work has three steps, each in a package of its own. Recognizers describe what retries (closures, loops) in the terms
// of package site. Package rewrite turns each into the form that reads best, and checks it. This package loads packages, has
// the edits checked, and shows the result.
package migrate

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"go/ast"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/diff"

	"github.com/retrygen/retrygen/cmd/retrygen/internal/migrate/closures"
	"github.com/retrygen/retrygen/cmd/retrygen/internal/migrate/loops"
	"github.com/retrygen/retrygen/cmd/retrygen/internal/migrate/rewrite"
	"github.com/retrygen/retrygen/cmd/retrygen/internal/migrate/site"
	"github.com/retrygen/retrygen/internal/output"
	"github.com/retrygen/retrygen/internal/terminal"
)

// Options say what a run works on.
type Options struct {
	Dir      string   // the directory to run in, absolute
	Patterns []string // packages, as for the go command; none means "."
	Tags     string   // build tags, separated by commas
	Env      []string // environment of the go command; nil means the process's own
}

// Status says what became of a site.
type Status string

// The statuses.
const (
	Turned  Status = "turned"  // into a directive that does just the same
	Differs Status = "differs" // turned; what the directive does otherwise is said
	Stays   Status = "stays"   // it cannot be turned; the reason is said
)

// Site is a place that retries, and what became of it.
type Site struct {
	File         string // as in the options' directory
	Line, Column int
	Kind         string // "cenkalti/backoff v4", "loop"
	Status       Status
	Form         string   `json:",omitempty"` // "existing function", "new function", "function type"
	Directive    string   `json:",omitempty"`
	Wrapper      string   `json:",omitempty"` // what is called now
	Differences  []string `json:",omitempty"`
	Removed      []string `json:",omitempty"` // functions and variables that nothing uses any more
	Reason       string   `json:",omitempty"`
	Policy       string   `json:",omitempty"` // "constant", or "configured" where it takes values that only the running program knows
}

// Position returns file:line:col.
func (s *Site) Position() string { return fmt.Sprintf("%s:%d:%d", s.File, s.Line, s.Column) }

// String returns the site as one line, and a line for each difference.
func (s *Site) String() string {
	text := fmt.Sprintf("%s: %s: ", s.Position(), s.Kind)
	if s.Status == Stays {
		return terminal.Printable(text + "stays: " + s.Reason)
	}
	text = terminal.Printable(fmt.Sprintf("%s%s, %s", text, s.Form, s.Directive))
	for _, d := range s.Differences {
		text += "\n\t" + terminal.Printable(d)
	}
	for _, name := range s.Removed {
		text += "\n\t" + terminal.Printable(name) + " has no use any more: it is removed"
	}
	return text
}

// Change is a file that is not as it was.
type Change struct {
	Path, Name string // absolute, and as in the options' directory
	Old, New   []byte
	Sites      []*Site
}

// Result is what a run found.
type Result struct {
	Sites     []*Site   // sorted by position
	Changes   []*Change // sorted by path
	Problems  []string  // packages that could not be looked at, and why
	Unmatched []string  // patterns that match no package
}

// Count returns how many sites have a status.
func (r *Result) Count(s Status) int {
	n := 0
	for _, one := range r.Sites {
		if one.Status == s {
			n++
		}
	}
	return n
}

var recognizers = []site.Recognizer{closures.Recognize, loops.Recognize}

// Run finds the sites of packages and plans the changes. It writes nothing.
func Run(ctx context.Context, o Options) (*Result, error) {
	w, err := list(ctx, o)
	if err != nil {
		return nil, err
	}
	result := &Result{Unmatched: w.unmatched}
	for _, root := range w.roots {
		if err := ctx.Err(); err != nil {
			return nil, errors.New("interrupted")
		}
		p, err := w.check(root)
		if err != nil {
			result.Problems = append(result.Problems, err.Error())
			continue
		}
		if err := result.add(o.Dir, p); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(result.Sites, func(a, b *Site) int {
		return cmp.Or(strings.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	slices.SortFunc(result.Changes, func(a, b *Change) int { return strings.Compare(a.Path, b.Path) })
	return result, nil
}

// add turns the sites of a package.
func (r *Result) add(dir string, p *checked) error {
	var sites []*site.Site
	for _, recognize := range recognizers {
		sites = append(sites, recognize(p.Package)...)
	}
	slices.SortStableFunc(sites, func(a, b *site.Site) int { return cmp.Compare(a.Pos, b.Pos) })
	rewriter := rewrite.New(p.Package, p.recheck)
	byFile := map[*ast.File][]*Site{}
	turned := map[*site.Site]*Site{}
	for _, s := range rewrite.Order(sites) {
		if p.Around(s.Pos) == nil && p.File(s.Pos) == nil {
			continue
		}
		one := outcome(dir, p, s, rewriter.Turn(s))
		r.Sites = append(r.Sites, one)
		if one.Status != Stays {
			turned[s] = one
		}
	}
	sites = slices.DeleteFunc(sites, func(s *site.Site) bool { return turned[s] == nil })
	for s, names := range rewriter.Sweep(sites) {
		turned[s].Removed = names
	}
	for _, s := range sites {
		byFile[p.File(s.Pos)] = append(byFile[p.File(s.Pos)], turned[s])
	}
	texts, err := rewriter.Texts()
	if err != nil {
		return err
	}
	for file, text := range texts {
		path := p.Fset.Position(file.Package).Filename
		r.Changes = append(r.Changes, &Change{
			Path: path, Name: relative(dir, path), Old: p.Sources[file], New: []byte(text), Sites: byFile[file],
		})
	}
	return nil
}

// outcome describes what became of a site.
func outcome(dir string, p *checked, s *site.Site, o rewrite.Outcome) *Site {
	at := p.Fset.Position(s.Pos)
	one := &Site{
		File: relative(dir, at.Filename), Line: at.Line, Column: at.Column, Kind: s.Kind, Form: o.Form, Directive: o.Directive,
		Wrapper: o.Wrapper, Differences: o.Differences, Reason: o.Reason, Policy: policyOf(s),
	}
	switch {
	case o.Reason != "":
		one.Status = Stays
	case len(o.Differences) > 0:
		one.Status = Differs
	default:
		one.Status = Turned
	}
	return one
}

// policyOf says where the values of a policy come from, "" if that is not known.
func policyOf(s *site.Site) string {
	switch {
	case len(s.Policy) == 0:
		return ""
	case slices.ContainsFunc(s.Policy, func(o site.Option) bool {
		return o.Hook == nil && o.Name != "on" && o.Name != "except" && len(o.Operands) > 0 || o.Hook != nil && o.Hook.Result == site.WaitAgain
	}):
		return "configured"
	}
	return "constant"
}

// relative shortens a path below a directory.
func relative(dir, path string) string {
	rel, err := filepath.Rel(dir, path)
	if err != nil || strings.HasPrefix(rel, "..") {
		return path
	}
	return filepath.ToSlash(rel)
}

// Write writes the changes. What has been written when an error occurs stays.
func (r *Result) Write(ctx context.Context) error {
	var errs []error
	for _, c := range r.Changes {
		if ctx.Err() != nil {
			errs = append(errs, fmt.Errorf("interrupted before %s", c.Name))
			break
		}
		now, err := os.ReadFile(c.Path)
		if err == nil && string(now) != string(c.Old) {
			err = fmt.Errorf("%s has changed meanwhile", c.Name)
		}
		if err == nil {
			err = output.Write(c.Path, c.New)
		}
		if err != nil {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// Diff returns a change as a unified diff. Comments above it say, site by site, what the directives do otherwise than the
// code before.
func (c *Change) Diff() []byte {
	var out strings.Builder
	for _, s := range c.Sites {
		for line := range strings.Lines(s.String() + "\n") {
			out.WriteString("# " + strings.Replace(line, "\t", "  ", 1))
		}
	}
	name := terminal.Printable(c.Name)
	return append([]byte(out.String()), diff.Diff(name, output.Plain(c.Old), name+" (migrated)", output.Plain(c.New))...)
}

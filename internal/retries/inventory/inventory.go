// Package inventory gathers what is retried in packages, with the retries inside retries.
//
//	found, err := inventory.Collect(ctx, inventory.Options{Patterns: []string{"./..."}})
//	if err != nil {
//		return err // the packages cannot be listed or read
//	}
//	for _, e := range found.Entries {
//		fmt.Println(found.Relative(e.Pos), e.Task, e.Policy)
//		for _, c := range e.Chains {
//			attempts, wait := c.Total()
//			…
//		}
//	}
//
// The policies come from the sources, with no need of generated files, and for all platforms. The chains come from the graph
// of package retries, for the present platform. Packages are loaded here rather than by go vet, which stops at code that does
// not build: a call of a wrapper that has not been generated yet is followed as if it had been.
package inventory

import (
	"cmp"
	"context"
	"go/token"
	"slices"
	"time"

	"golang.org/x/tools/go/packages"

	"github.com/retrygen/retrygen/internal/directive"
	"github.com/retrygen/retrygen/internal/lint"
	"github.com/retrygen/retrygen/internal/load"
	"github.com/retrygen/retrygen/internal/retries/chain"
)

// Options say what to look at. The zero value means the package in the current directory.
type Options struct {
	Dir      string   // the directory to run in; "" is the current one
	Env      []string // environment of the go command; nil means the process's own
	Tags     string   // build tags, separated by commas
	Patterns []string // packages, as for the go command; none means "."

	Assume []Assumption // values that only the running program knows

	fill func(*directive.Func) error // gives them
}

// Inventory is what is retried in some packages.
type Inventory struct {
	Entries  []Entry        // sorted by package, file and position
	Problems []load.Problem // mistakes in directives, sorted by position; what has one is no entry
	Notes    []Note         // packages whose chains are not known, sorted
	dir      string

	Unmatched []string // patterns with "..." that match no package
}

// Entry is a function, a method, or a method of an interface that is retried.
type Entry struct {
	Listed            // package, task, wrapper, flow, policy, positions with absolute file names
	File       string // of the directive, relative to the directory of the run where it is below that, with slashes
	Chains     []Chain
	Cut        bool        // there are more chains than these
	Bound      chain.Bound // of one call, everything that it reaches included
	Inner      chain.Bound // of what one attempt calls
	Unfollowed string      // why the chains are not known, or not all of them, "" where they are
	Broken     bool        // that is because code does not build
}

// Chain is retries inside retries: two links or more, the outermost, the entry itself, first. The chains of an entry are
// sorted, the worst first.
type Chain []chain.Link

// Total returns the product of the attempts, [chain.Unlimited] for no bound, and the waits at worst, one layer nested in
// the other; both saturate.
func (c Chain) Total() (attempts int, wait time.Duration) { return chain.Total(c) }

// Open reports whether the waits of some link are not known, so that the total may be longer.
func (c Chain) Open() bool { return chain.Open(c) }

// Describe writes the chain on a line, with names as the package home knows them.
func (c Chain) Describe(home string) string { return chain.Describe(c, home) }

// Note says why retries of a package may not be known.
type Note struct {
	Package string
	Reason  string
	Broken  bool // code does not build
}

// String returns both.
func (n Note) String() string {
	return n.Package + ": retries inside retries may be missing: " + n.Reason
}

// Collect gathers what is retried. Packages without directives add nothing. An error means that packages could not be
// listed or read; what does not build has a note.
func Collect(ctx context.Context, o Options) (*Inventory, error) {
	dir, err := load.RealDir(o.Dir)
	if err != nil {
		return nil, err
	}
	o.Dir = dir
	var known []*packages.Package
	run, err := load.Packages(ctx, load.Options{
		Dir: o.Dir, Env: o.Env, Tags: o.Tags, Patterns: o.Patterns,
		List: func(patterns []string) (_ []*packages.Package, err error) {
			known, err = o.list(ctx, false, patterns)
			return known, err
		},
	})
	if err != nil {
		return nil, err
	}
	o.fill, err = o.assume(find(run))
	if err != nil {
		return nil, err
	}
	listed, err := list(run, o.fill)
	if err != nil {
		return nil, err
	}
	if err := run.Err(); err != nil {
		return nil, err
	}
	inv := &Inventory{Problems: run.Problems(), Unmatched: run.Unmatched, dir: dir}
	for _, l := range listed {
		inv.Entries = append(inv.Entries, Entry{Listed: l, File: inv.Relative(l.Pos).Filename})
	}
	slices.SortStableFunc(inv.Entries, func(a, b Entry) int {
		return cmp.Or(cmp.Compare(a.Package, b.Package), cmp.Compare(a.File, b.File), cmp.Compare(a.Pos.Offset, b.Pos.Offset))
	})
	found, err := o.follow(ctx, inv.Entries, known) // the run is large, and no longer needed
	if err != nil {
		return nil, err
	}
	for i := range inv.Entries {
		found.entry(&inv.Entries[i])
	}
	inv.note()
	return inv, nil
}

// Relative returns a position whose file is named relative to the directory of the run, with slashes, where it is below
// that.
func (inv *Inventory) Relative(pos token.Position) token.Position {
	pos.Filename = lint.Relative(inv.dir, pos.Filename)
	return pos
}

// note gathers why chains are not known, once for each package.
func (inv *Inventory) note() {
	for _, e := range inv.Entries {
		if e.Unfollowed != "" {
			inv.Notes = append(inv.Notes, Note{e.Package, e.Unfollowed, e.Broken})
		}
	}
	slices.SortFunc(inv.Notes, func(a, b Note) int {
		return cmp.Or(cmp.Compare(a.Package, b.Package), cmp.Compare(a.Reason, b.Reason))
	})
	inv.Notes = slices.Compact(inv.Notes)
}

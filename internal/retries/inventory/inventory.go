// Package inventory gathers what is retried in packages, with the retries inside retries.
//
//	found, err := inventory.Collect(ctx, inventory.Options{Tool: tool, Patterns: []string{"./..."}})
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
// The policies come from the sources, which needs no generated files and reads those of other platforms too. The
// chains come from the analyzer of that name, by way of go vet, for which a package has to build.
package inventory

import (
	"cmp"
	"context"
	"go/token"
	"slices"
	"strings"
	"time"

	"github.com/retrygen/retrygen/internal/lint"
	"github.com/retrygen/retrygen/internal/load"
	"github.com/retrygen/retrygen/internal/retries/chain"
)

// Options say what to look at. The zero value but for the tool means the package in the current directory.
type Options struct {
	Tool     string   // path of a vet tool that runs retries.Inventory, as the command retrygen is
	Dir      string   // the directory to run in; "" is the current one
	Env      []string // environment of the go command; nil means the process's own
	Tags     string   // build tags, separated by commas
	Patterns []string // packages, as for the go command; none means "."
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
	Cut        bool   // there are more chains than these
	Unfollowed string // why the chains are not known, "" where they are
}

// Chain is retries inside retries: two links or more, the outermost, the entry itself, first. The chains of an entry are
// sorted, the worst first.
type Chain []chain.Link

// Total gives the product of the attempts, [chain.Unlimited] for no bound, and the waits at worst, one layer nested in
// the other; both saturate.
func (c Chain) Total() (attempts int, wait time.Duration) { return chain.Total(c) }

// Open reports whether the waits of some link are not known, so that the total may be longer.
func (c Chain) Open() bool { return chain.Open(c) }

// Describe writes the chain on a line, with names as the package home knows them.
func (c Chain) Describe(home string) string { return chain.Describe(c, home) }

// Note says that the chains of a package, or of its files for other platforms, are not known.
type Note struct {
	Package string
	Reason  string
}

// String gives both.
func (n Note) String() string { return n.Package + ": chains are not followed: " + n.Reason }

// Collect gathers what is retried. Packages without directives give nothing. An error means that packages could not be
// listed or read; what does not build has a note.
func Collect(ctx context.Context, o Options) (*Inventory, error) {
	dir, err := load.RealDir(o.Dir)
	if err != nil {
		return nil, err
	}
	o.Dir = dir
	run, err := load.Packages(ctx, load.Options{Dir: o.Dir, Env: o.Env, Tags: o.Tags, Patterns: o.Patterns})
	if err != nil {
		return nil, err
	}
	listed := list(run)
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
	v := &vetted{}
	if paths := inv.present(); len(paths) > 0 {
		if v, err = o.vet(ctx, dir, paths); err != nil {
			return nil, err
		}
	}
	for i := range inv.Entries {
		inv.Entries[i].follow(v)
	}
	inv.note()
	return inv, nil
}

// Relative gives a position whose file is named relative to the directory of the run, with slashes, where it is below
// that.
func (inv *Inventory) Relative(pos token.Position) token.Position {
	pos.Filename = lint.Relative(inv.dir, pos.Filename)
	return pos
}

// present lists the packages with an entry that the present platform builds; external tests go with what they test.
func (inv *Inventory) present() []string {
	var paths []string
	for i := range inv.Entries {
		if e := &inv.Entries[i]; !e.Foreign {
			paths = append(paths, tested(e))
		}
	}
	slices.Sort(paths)
	return slices.Compact(paths)
}

// tested is the package that go vet looks at to see an entry.
func tested(e *Entry) string {
	if strings.HasSuffix(e.Pos.Filename, "_test.go") {
		return strings.TrimSuffix(e.Package, "_test")
	}
	return e.Package
}

// follow takes the chains of an entry from its record.
func (e *Entry) follow(v *vetted) {
	r := v.records[key{e.Pos.Filename, e.Task}]
	if r == nil {
		e.Unfollowed = v.why(e)
		return
	}
	e.Cut = r.Cut
	for _, links := range r.Chains {
		e.Chains = append(e.Chains, Chain(links))
	}
}

// note gathers why chains are not known, once for each package.
func (inv *Inventory) note() {
	for _, e := range inv.Entries {
		if e.Unfollowed != "" {
			inv.Notes = append(inv.Notes, Note{e.Package, e.Unfollowed})
		}
	}
	slices.SortFunc(inv.Notes, func(a, b Note) int {
		return cmp.Or(cmp.Compare(a.Package, b.Package), cmp.Compare(a.Reason, b.Reason))
	})
	inv.Notes = slices.Compact(inv.Notes)
}

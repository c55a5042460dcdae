// Package rewrite turns sites into edits of source text.
//
//	r := rewrite.New(pkg, check)
//	for _, s := range sites {
//		outcome := r.Turn(s)
//		if outcome.Reason != "" {
//			fmt.Println(s.Pos, "stays:", outcome.Reason)
//		}
//	}
//	texts, err := r.Texts() // whole files, with the edits
//
// A site can take one of three forms, tried in this order:
//
//   - A directive above a function that the program has already, where an attempt is just a call of it (existing.go).
//   - A new function with a directive, whose parameters are what the work captures and whose results are what it assigns
//     (function.go).
//   - A function type with a directive, and the work as a value of it (functype.go). It is what remains if a new function
//     would have many parameters, or if the work shares a variable with the code around it.
//
// No edit is kept unless the package with all edits so far type-checks, with the wrappers that retrygen will generate.
package rewrite

import (
	"cmp"
	"go/ast"
	"go/token"
	"slices"

	"github.com/retrygen/retrygen/cmd/retrygen/internal/migrate/site"
)

// Rewriter holds the edits of a package.
type Rewriter struct {
	*site.Package
	check Check

	accepted edits
	names    map[string]bool // chosen so far, of methods with their receiver's type
	types    map[string]string
	above    map[*ast.FuncDecl]bool // functions that have been annotated
}

// Check type-checks the package with new texts of some files. Stubs are declarations to add to them for the time of the
// check: the wrappers that will be generated. The error says what is wrong.
type Check func(texts, stubs map[*ast.File]string) error

// New returns a rewriter without edits.
func New(p *site.Package, check Check) *Rewriter {
	return &Rewriter{
		Package: p, check: check, accepted: newEdits(), names: map[string]bool{}, types: map[string]string{}, above: map[*ast.FuncDecl]bool{},
	}
}

// Outcome is what became of a site.
type Outcome struct {
	Form        string   // "existing function", "new function", "function type"; "" if the site stays as it is
	Directive   string   // the whole line
	Wrapper     string   // the call that is there now, up to its arguments
	Differences []string // the site's, and those of the form
	Reason      string   // why the site stays as it is
}

// edits are changes of the files of a package that belong together.
type edits struct {
	patches []site.Patch
	stubs   map[*ast.File]string
	imports map[*ast.File]map[string]string // packages to import: names by path
}

func newEdits() edits {
	return edits{stubs: map[*ast.File]string{}, imports: map[*ast.File]map[string]string{}}
}

// with returns the edits and some more.
func (e edits) with(more edits) edits {
	sum := newEdits()
	for _, part := range []edits{e, more} {
		sum.patches = append(sum.patches, part.patches...)
		for file, text := range part.stubs {
			sum.stubs[file] += text
		}
		for file, imports := range part.imports {
			for path, name := range imports {
				sum.need(file, path, name)
			}
		}
	}
	slices.SortStableFunc(sum.patches, func(a, b site.Patch) int {
		return cmp.Or(cmp.Compare(a.Pos, b.Pos), cmp.Compare(a.End, b.End))
	})
	return sum
}

func (e edits) need(file *ast.File, path, name string) {
	if e.imports[file] == nil {
		e.imports[file] = map[string]string{}
	}
	e.imports[file][path] = name
}

// clash reports whether two of the sorted patches overlap.
func (e edits) clash() bool {
	end := token.NoPos
	for _, p := range e.patches {
		if p.Pos < end {
			return true
		}
		end = max(end, p.End)
	}
	return false
}

// form is a way to turn a site. It returns why it does not apply, "" if it does.
type form struct {
	name string
	try  func(*draft) (reason string)
}

var forms = []form{
	{"existing function", (*draft).existing}, {"new function", (*draft).function}, {"function type", (*draft).functype},
}

// Turn turns a site, if it can, and keeps the edits.
func (r *Rewriter) Turn(s *site.Site) Outcome {
	if s.Refusal != "" {
		return Outcome{Reason: s.Refusal}
	}
	outer, before := r.around(s), r.accepted
	if outer == nil {
		return Outcome{Reason: overlaps}
	}
	outcome := r.turn(outer)
	if outcome.Reason != "" {
		r.accepted = before
	}
	return outcome
}

func (r *Rewriter) turn(s *site.Site) Outcome {
	reason := ""
	for _, f := range forms {
		d := r.newDraft(s)
		if reason = d.prepare(); reason != "" {
			break
		}
		if why := f.try(d); why != "" {
			reason = cmp.Or(reason, why)
			continue
		}
		if reason = d.keepEnded(); reason != "" {
			break
		}
		d.keepComments()
		if reason = r.accept(d); reason == "" {
			differences := append(slices.Clone(s.Differences), d.differences...)
			return Outcome{Form: f.name, Directive: d.directive, Wrapper: d.wrapper, Differences: unique(differences)}
		}
		if reason == overlaps {
			break
		}
	}
	return Outcome{Reason: reason}
}

const overlaps = "it stands in code that another site has changed; run retrygen migrate again"

// accept checks a draft, and keeps it if it is right.
func (r *Rewriter) accept(d *draft) string {
	all := r.accepted.with(d.edits)
	if all.clash() {
		return overlaps
	}
	texts, err := r.texts(all)
	if err != nil {
		return err.Error()
	}
	if err := r.check(texts, all.stubs); err != nil {
		return "the result would not build: " + err.Error()
	}
	r.accepted = all
	for _, name := range d.names {
		r.names[name] = true
	}
	for key, name := range d.types {
		r.types[key] = name
	}
	if d.annotated != nil {
		r.above[d.annotated] = true
	}
	return ""
}

// Texts returns the new text of each file that has changed.
func (r *Rewriter) Texts() (map[*ast.File]string, error) { return r.texts(r.accepted) }

// unique drops repeated sentences.
func unique(list []string) []string {
	var out []string
	for _, s := range list {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

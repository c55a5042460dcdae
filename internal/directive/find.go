package directive

import (
	"cmp"
	"errors"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"path/filepath"
	"slices"

	"github.com/retrygen/retrygen/internal/policy"
)

// Find returns what the directives of p ask for, and every mistake in them, sorted by position. If there are problems,
// what is found is incomplete and nothing should be generated from it.
func Find(p *Package) (*Found, []Problem) {
	f := &finder{Package: p, found: &Found{}, taken: map[string]bool{}}
	var all []line
	for _, file := range p.Files {
		all = append(all, lines(file)...)
	}
	f.readDefaults(all)
	for i := 0; i < len(all); {
		n := 1
		for i+n < len(all) && all[i+n].node != nil && all[i+n].node == all[i].node {
			n++
		}
		if p.Cover == nil || p.Cover(all[i].file) {
			f.declaration(all[i : i+n])
		}
		i += n
	}
	f.finishDecorators()
	return f.found, f.sorted()
}

// finder gathers what Find returns.
type finder struct {
	*Package
	found    *Found
	problems []Problem
	defaults map[string][]layer // by "task" and "flow"
	taken    map[string]bool    // names that wrappers of this run have, qualified by receiver
	drafts   []*draft           // interfaces, until all their methods' directives have been seen

	importNames map[string]bool           // names of imports in all files, by imported
	dotImports  map[string]*types.Package // by dotted, by quoted path; nil for one that cannot be had
}

// problem records a mistake. An error among the arguments may know what was meant.
func (f *finder) problem(pos token.Pos, format string, args ...any) {
	p := Problem{Pos: pos, Message: fmt.Sprintf(format, args...)}
	for _, arg := range args {
		if err, ok := arg.(error); ok {
			if misspelled, ok := errors.AsType[*policy.MisspelledError](err); ok {
				p.Misspelling = misspelled.Misspelling
			}
			p.Unsure = p.Unsure || errors.Is(err, ErrUnseen)
		}
	}
	f.problems = append(f.problems, p)
}

// report records what the language found wrong.
func (f *finder) report(problems []policy.Problem) {
	for _, p := range problems {
		message := p.Text(func(other int) string { return f.place(token.Pos(other), token.Pos(p.Pos)) })
		f.problems = append(f.problems, Problem{Pos: token.Pos(p.Pos), Message: message, Misspelling: p.Misspelling})
	}
}

// place shows a position to a reader of another one: with the name of the file if that differs.
func (f *finder) place(pos, reader token.Pos) string {
	here, there := f.Fset.PositionFor(reader, false), f.Fset.PositionFor(pos, false)
	text := fmt.Sprintf("%d:%d", there.Line, there.Column)
	if here.Filename != there.Filename {
		text = filepath.Base(there.Filename) + ":" + text
	}
	return text
}

// misplaced reports the options of a policy that may not be written in a place.
func (f *finder) misplaced(p policy.Policy, where policy.Where, format string) {
	for _, e := range p.Misplaced(where) {
		f.problem(token.Pos(e.Pos), format, e.Word())
	}
}

// sorted returns every problem once: a mistake in a shared policy shows up for each function that uses it.
func (f *finder) sorted() []Problem {
	slices.SortStableFunc(f.problems, func(a, b Problem) int { return cmp.Compare(a.Pos, b.Pos) })
	return slices.Compact(f.problems)
}

// declaration handles the directives of one declaration.
func (f *finder) declaration(group []line) {
	var calls []line // its task and flow lines
	for _, l := range group {
		wrong := l.misplaced()
		switch {
		case wrong != nil:
			f.problems = append(f.problems, *wrong)
		case isCall(l.verb):
			calls = append(calls, l)
		case l.verb == "policy":
			f.checkConstants(l)
		}
	}
	if len(calls) == 0 {
		return
	}
	for _, l := range calls[1:] {
		if l.verb != calls[0].verb {
			f.problem(l.pos, "//retry:%s on what is a //retry:%s already; it is one or the other", l.verb, calls[0].verb)
			return
		}
	}
	f.calls(calls)
}

// calls handles the task or flow lines of one declaration.
func (f *finder) calls(lines []line) {
	switch node := lines[0].node.(type) {
	case *ast.FuncDecl:
		f.function(node, lines)
		return
	case *ast.Field:
		f.interfaceMethod(node, lines)
		return
	}
	if spec := lines[0].typeSpec(); spec != nil {
		f.declaredType(spec, lines)
		return
	}
	f.problems = append(f.problems, *lines[0].unattached(beneath))
}

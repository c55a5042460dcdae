package loops

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"github.com/retrygen/retrygen/cmd/retrygen/internal/migrate/site"
	"github.com/retrygen/retrygen/internal/syntax"
)

// readConditions turns what has to hold for another attempt into if=, on= and except=.
func (r *reader) readConditions() error {
	rest, failed := r.notNil()
	if r.err == nil {
		return r.fail(r.loop.Stmt, "the attempt has no error")
	}
	if !failed && r.anyOf == nil && !slices.ContainsFunc(rest, func(t term) bool { return !r.says(t, r.err) }) {
		return errNoRetry // it goes on as long as it succeeds
	}
	others := slices.Clone(rest)
	for _, list := range r.anyOf {
		others = append(others, list...)
	}
	r.results = !failed
	switch {
	case !failed || r.mentionsResults(others):
		return r.ask(r.way.terms)
	case r.anyOf != nil:
		return r.ask(rest)
	}
	var asked []term
	var on, except []ast.Expr
	for _, t := range rest {
		list, ok := r.kinds(t)
		switch {
		case !ok || t.holds && on != nil:
			asked = append(asked, t)
		case t.holds:
			on = list
		default:
			except = append(except, list...)
		}
	}
	r.match("on", on)
	r.match("except", except)
	if len(asked) == 0 {
		return nil
	}
	return r.ask(asked)
}

// notNil returns the terms without those that say that the error is not nil, and whether there was one.
func (r *reader) notNil() (rest []term, failed bool) {
	for _, t := range r.way.terms {
		if e := r.notNilTest(t); e != nil && r.object(e) == r.err {
			failed = true
			continue
		}
		rest = append(rest, t)
	}
	return rest, failed
}

// notNilTest returns the error that a term says to be not nil, nil for any other term.
func (r *reader) notNilTest(t term) ast.Expr {
	op := token.EQL
	if t.holds {
		op = token.NEQ
	}
	return syntax.ErrorTest(r.Info, t.cond, op)
}

// says reports whether a term says that an error is nil.
func (r *reader) says(t term, err types.Object) bool {
	e := r.notNilTest(term{t.cond, !t.holds})
	return e != nil && r.object(e) == err
}

// mentionsResults reports whether terms are about more than the error.
func (r *reader) mentionsResults(terms []term) bool {
	for o, word := range r.words {
		if word == "err" {
			continue
		}
		for _, t := range terms {
			if r.mentions(t.cond, o) {
				return true
			}
		}
	}
	return false
}

// match writes an option with errors.
func (r *reader) match(name string, errors []ast.Expr) {
	if len(errors) == 0 {
		return
	}
	format := strings.TrimSuffix(strings.Repeat("%s,", len(errors)), ",")
	r.option(site.Option{Name: name, Format: format, Operands: errors})
}

// kinds returns the errors that a term compares with by errors.Is.
func (r *reader) kinds(t term) ([]ast.Expr, bool) {
	if b, ok := t.cond.(*ast.BinaryExpr); ok && b.Op == token.LOR && t.holds {
		x, ok := r.kinds(term{ast.Unparen(b.X), true})
		y, also := r.kinds(term{ast.Unparen(b.Y), true})
		return append(x, y...), ok && also
	}
	call, ok := t.cond.(*ast.CallExpr)
	if !ok || syntax.FullName(r.Info, call) != "errors.Is" || r.object(call.Args[0]) != r.err {
		return nil, false
	}
	var id *ast.Ident
	switch target := ast.Unparen(call.Args[1]).(type) {
	case *ast.Ident:
		id = target
	case *ast.SelectorExpr:
		id = target.Sel
	default:
		return nil, false
	}
	o := r.Info.Uses[id]
	if o == nil || o.Pkg() == nil || o.Parent() != o.Pkg().Scope() {
		return nil, false
	}
	return []ast.Expr{call.Args[1]}, true
}

// ask writes an if= that reports whether all terms hold.
func (r *reader) ask(terms []term) error {
	if len(terms) == 0 && r.anyOf == nil {
		return errNoRetry
	}
	if len(terms) == 1 && terms[0].holds && r.anyOf == nil {
		if h := r.named(terms[0].cond); h != nil {
			r.option(site.Option{Name: "if", Hook: h})
			return nil
		}
	}
	var conds []ast.Expr
	for _, t := range terms {
		conds = append(conds, t.cond)
	}
	for _, list := range r.anyOf {
		for _, t := range list {
			conds = append(conds, t.cond)
		}
	}
	for _, e := range conds {
		if o := r.delayVariable(); r.mentions(e, o) {
			return r.fail(e, "whether another attempt follows depends on the wait")
		}
	}
	if err := r.pure(conds); err != nil {
		return err
	}
	steps, err := r.slice(conds, nil)
	if err != nil {
		return err
	}
	for _, s := range steps {
		if call := r.doing(s.stmt); call != nil {
			return r.fail(call, "%s decides about another attempt, and may do more than that", r.Source(call.Fun))
		}
		r.conditional[s] = true
	}
	r.sayAgain(conds)
	h := r.hook(steps, conds...)
	if err := r.bringTested(h, conds); err != nil {
		return err
	}
	h.Body, h.Result = h.Body+r.predicate(steps, terms, h.Parts), "bool"
	r.option(site.Option{Name: "if", Hook: h})
	return nil
}

// bringTested makes the number of the coming retry a parameter of a condition that mentions the counter.
func (r *reader) bringTested(h *site.Hook, conds []ast.Expr) error {
	c, old := r.count.counter, r.wait
	defer func() { r.wait = old }()
	for _, e := range conds {
		if c == nil || !r.mentions(e, c) {
			continue
		}
		counted := func(at ast.Node) bool {
			return r.count.steps != nil && !r.isPost(r.count.steps) && r.count.steps.Pos() < at.Pos()
		}
		if r.wait = (&wait{stmt: &ast.ExprStmt{X: e}, early: r.headTerm != nil}); old != nil && counted(e) != counted(conds[0]) {
			return r.fail(e, "which failures are retried depends on the number of the attempt")
		}
	}
	if r.wait == old {
		return nil
	}
	if r.count.steps != nil && !r.isPost(r.count.steps) && !r.onWay(r.count.steps) {
		return r.fail(r.count.steps, "not every attempt is counted")
	}
	return r.bringCounter(h)
}

// predicate writes the body of a function that reports whether terms hold, with the statements that they need at their places.
func (r *reader) predicate(steps []*step, terms []term, parts []ast.Node) string {
	var b strings.Builder
	var open []string
	var last term
	flush := func() {
		switch len(open) {
		case 0:
			return
		case 1:
			b.WriteString("if " + bare(r.opposite(last)) + " {\nreturn false\n}\n")
		default:
			b.WriteString("if !(" + strings.Join(open, " && ") + ") {\nreturn false\n}\n")
		}
		open = nil
	}
	terms = slices.Clone(terms)
	slices.SortStableFunc(terms, func(a, b term) int { return int(a.cond.Pos() - b.cond.Pos()) })
	for _, t := range terms {
		for len(steps) > 0 && steps[0].stmt.Pos() < t.cond.Pos() {
			flush()
			b.WriteString(r.withComments(steps[0].stmt, r.lifted(steps[0].stmt, parts)))
			steps = steps[1:]
		}
		open, last = append(open, r.termText(t)), t
	}
	for _, s := range steps {
		flush()
		b.WriteString(r.withComments(s.stmt, r.lifted(s.stmt, parts)))
	}
	if any := r.anyText(); any != "" {
		if len(open) == 0 {
			any = bare(any)
		}
		open = append(open, any)
	}
	if len(open) == 1 {
		open[0] = bare(open[0])
	}
	b.WriteString("return " + strings.Join(open, " && "))
	return b.String()
}

package loops

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"github.com/retrygen/retrygen/cmd/retrygen/internal/migrate/site"
	"github.com/retrygen/retrygen/internal/syntax"
)

// liftDelay turns the code that computes the delay into a function that the directive names.
func (r *reader) liftDelay() error {
	guarded := !r.guardsAre(r.wait.delay)
	parts, result := []ast.Expr{r.wait.delay}, "return "
	if c := r.wait.code; c != nil {
		parts, result = c.argsOf(), c.text(r)
	} else if h := r.named(r.wait.delay); h != nil && !guarded && r.once == nil {
		r.option(site.Option{Name: "delay", Hook: h})
		return nil
	} else {
		result += r.Source(r.wait.delay)
	}
	if r.once != nil {
		parts = append(slices.Clone(parts), r.once.cond)
	}
	steps, err := r.slice(parts, r.wait.stmt)
	if err != nil {
		return r.tryReplay(err)
	}
	if guarded {
		parts = slices.Clone(parts)
		for _, t := range r.guards {
			parts = append(parts, t.cond)
		}
	}
	h := r.hook(steps, parts...)
	if r.wait.code != nil {
		h.Name = r.wait.Helper.Name() + "Delay"
	}
	places := slices.Clone(steps)
	for _, e := range parts {
		places = append(places, &step{stmt: &ast.ExprStmt{X: e}, early: r.wait.early})
	}
	if err := r.bringNumber(h, places); err != nil {
		return err
	}
	if guarded {
		h.Body += r.guardText()
	}
	atOnce := r.delayAtOnce()
	for _, s := range steps {
		if r.once != nil && s.stmt.Pos() > r.once.stmt.Pos() {
			h.Body, atOnce = h.Body+atOnce, ""
		}
		if r.assigned(s.stmt)[r.delayVariable()] || syntax.HasCall(s.stmt) {
			s.gone = true
		} else {
			r.conditional[s] = true // the decisions may need it as well
		}
		h.Body += r.withComments(s.stmt, r.lifted(s.stmt, h.Parts))
	}
	h.Body = inlined(h.Body+atOnce, result)
	h.Result = "time.Duration"
	r.option(site.Option{Name: "delay", Hook: h})
	return nil
}

// inlined appends a return statement to code. What the code does no more than declare in its last line is returned at once.
func inlined(body, result string) string {
	name, returns := strings.CutPrefix(result, "return ")
	before, last := "", strings.TrimSuffix(body, "\n")
	if i := strings.LastIndexByte(last, '\n'); i >= 0 {
		before, last = last[:i+1], last[i+1:]
	}
	value, declares := strings.CutPrefix(last, name+" := ")
	if list, _ := parseTail(last); !returns || !declares || len(list) != 1 {
		return body + result
	}
	return before + "return " + value
}

// lifted writes a statement as a part of some code. What it declares and the others do not mention is left blank.
func (r *reader) lifted(stmt ast.Stmt, parts []ast.Node) string {
	a, ok := stmt.(*ast.AssignStmt)
	if !ok || a.Tok != token.DEFINE || len(a.Lhs) < 2 {
		return r.Source(stmt)
	}
	text, at := "", stmt.Pos()
	for _, left := range a.Lhs {
		o := r.object(left)
		needed := slices.ContainsFunc(parts, func(n ast.Node) bool { return n != ast.Node(stmt) && r.mentions(n, o) })
		if o != nil && !needed {
			text, at = text+r.Text(at, left.Pos())+"_", left.End()
		}
	}
	return text + r.Text(at, stmt.End())
}

// named returns the hook for a call of a function whose arguments are all words of the directive, nil for anything else.
func (r *reader) named(e ast.Expr) *site.Hook {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok || call.Ellipsis.IsValid() || syntax.Callee(r.Info, call) == nil || len(call.Args) == 0 {
		return nil
	}
	h := &site.Hook{Func: call.Fun}
	for _, arg := range call.Args {
		o := r.object(arg)
		word := r.words[o]
		if syntax.IsContext(r.Info.TypeOf(arg)) && o != nil && !r.within(o) {
			word = "ctx"
		}
		if o != nil && o == r.count.counter && r.wait != nil {
			basic, _ := o.Type().(*types.Basic)
			if n, ok := r.counterAtWait(); ok && n == 0 && basic != nil && basic.Kind() == types.Int {
				word = "retry"
			}
		}
		if word == "" {
			return nil
		}
		one := site.Arg{Word: word}
		if r.words[o] != "" {
			one.Var = o
		}
		h.Args = append(h.Args, one)
	}
	return h
}

// bringCounter makes the number of the coming retry a parameter of a hook, if its code mentions the counter.
func (r *reader) bringCounter(h *site.Hook) error {
	c := r.count.counter
	if !slices.ContainsFunc(h.Parts, func(n ast.Node) bool { return r.mentions(n, c) }) {
		return nil
	}
	n, ok := r.counterAtWait()
	let := "retry"
	switch {
	case !ok && r.count.step < 0 && r.count.first != nil && !r.keeps[c]:
		let = r.downText(h)
	case !ok:
		return r.fail(r.wait.stmt, "it cannot be seen how %s counts the attempts", c.Name())
	case n != 0:
		let = fmt.Sprintf("retry %c %d", sign(n), abs(n))
	}
	basic, _ := c.Type().(*types.Basic)
	if let == "retry" && basic != nil && basic.Kind() == types.Int {
		h.Words[c] = "retry"
		return nil
	}
	if basic == nil || basic.Kind() != types.Int {
		let = r.typeText(c.Type()) + "(" + let + ")"
	}
	h.Words[c] = "" // declared in the body
	h.Args = append(h.Args, site.Arg{Word: "retry", Type: "int"})
	h.Body = c.Name() + " := " + let + "\n"
	if c.Name() == "retry" {
		if basic == nil || basic.Kind() != types.Int {
			return r.fail(r.wait.stmt, "the counter has the name of the word retry, and another type")
		}
		h.Body = "retry = " + let + "\n"
	}
	return nil
}

// downText writes what a counter that counts down is before a retry.
func (r *reader) downText(h *site.Hook) string {
	off := int64(1)
	if r.count.steps != nil && !r.isPost(r.count.steps) && r.count.steps.Pos() < r.wait.stmt.Pos() {
		off = 0
	}
	if n, ok := r.integer(r.count.first); ok {
		return fmt.Sprintf("%d - retry", n+off)
	}
	h.Parts = append(h.Parts, r.count.first)
	text := r.Source(r.count.first)
	if off != 0 {
		text += " + 1"
	}
	return text + " - retry"
}

func sign(n int64) rune {
	if n < 0 {
		return '-'
	}
	return '+'
}

func abs(n int64) int64 {
	if n < 0 {
		return -n
	}
	return n
}

// slice returns the statements on the way to another attempt, up to one of them, that compute what some expressions mention. Nil
// stands for the end of the way.
func (r *reader) slice(exprs []ast.Expr, until ast.Stmt) ([]*step, error) {
	needed := map[types.Object]bool{}
	for _, e := range exprs {
		r.need(needed, e)
	}
	var found []*step
	steps := r.way.steps
	if i := slices.IndexFunc(steps, func(s *step) bool { return s.stmt == until }); i >= 0 {
		steps = steps[:i]
	}
	for i := len(steps) - 1; i >= 0; i-- {
		s := steps[i]
		if s.gone || s.stmt == r.count.steps {
			continue
		}
		makes := false
		for o := range r.assigned(s.stmt) {
			makes = makes || needed[o]
		}
		if !makes {
			continue
		}
		r.need(needed, s.stmt)
		found = append(found, s)
	}
	slices.Reverse(found)
	return found, r.carried(needed, found)
}

// need adds the variables that code mentions.
func (r *reader) need(set map[types.Object]bool, n ast.Node) {
	ast.Inspect(n, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			if v, ok := r.Info.ObjectOf(id).(*types.Var); ok && !v.IsField() {
				set[v] = true
			}
		}
		return true
	})
}

// carried returns an error if one of the variables that are needed has its value from an earlier round.
func (r *reader) carried(needed map[types.Object]bool, steps []*step) error {
	var names []string
	changed := r.assigned(r.loop.Stmt)
	for o := range needed {
		if !changed[o] || o == r.count.counter || r.words[o] != "" || r.declaredIn(steps, o) {
			continue
		}
		names = append(names, o.Name())
	}
	if len(names) == 0 {
		return nil
	}
	slices.Sort(names)
	for _, s := range r.way.steps {
		for _, o := range sorted(r.assigned(s.stmt)) {
			if s.gone && slices.Contains(names, o.Name()) {
				return r.fail(s.stmt, "one statement decides about the wait and about %s", o.Name())
			}
		}
	}
	return r.fail(r.loop.Stmt, "%s: its value is carried from attempt to attempt", strings.Join(names, ", "))
}

// delayVariable returns the variable that holds the delay, nil if there is none.
func (r *reader) delayVariable() types.Object {
	if r.wait == nil || r.wait.delay == nil {
		return nil
	}
	return r.object(r.wait.delay)
}

// declaredIn reports whether a variable is declared by one of some statements.
func (r *reader) declaredIn(steps []*step, o types.Object) bool {
	for _, s := range steps {
		if s.stmt.Pos() <= o.Pos() && o.Pos() < s.stmt.End() {
			return true
		}
	}
	return false
}

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

// replay turns a delay that grows from attempt to attempt in a way of its own into a function that grows it anew for each retry:
//
//	func delayFetch(retry int, c *client) time.Duration {
//		wait := c.first
//		for range retry - 1 {
//			if !c.constant {
//				wait = min(2*wait, c.most)
//			}
//		}
//		return wait
//	}
type replay struct {
	vars    []types.Object // that are carried from attempt to attempt
	updates []*step        // that change them, in the order of a round that begins behind the attempt
	reads   []ast.Expr     // what else these read
	finals  []*step        // that compute the wait from them, for each retry once
}

// readReplay finds the statements that compute the delay. It reports false where they cannot run again for each retry: they do more
// than to compute, run elsewhere than before a retry, or depend on what an attempt has made.
func (r *reader) readReplay() (*replay, bool) {
	p := &replay{}
	needed := map[types.Object]bool{}
	r.need(needed, r.wait.delay)
	changed := r.assigned(r.loop.Stmt)
	steps := r.closure(needed)
	for o := range needed {
		if changed[o] && !r.declaredIn(steps, o) && r.words[o] == "" && o != r.count.counter {
			p.vars = append(p.vars, o)
		}
	}
	carried := map[types.Object]bool{}
	for _, o := range p.vars {
		carried[o] = true
	}
	p.updates = r.closure(carried)
	for _, s := range steps {
		if !slices.ContainsFunc(p.updates, func(u *step) bool { return u.stmt == s.stmt }) {
			if r.isPost(s.stmt) || s.stmt.Pos() > r.wait.stmt.Pos() {
				return nil, false
			}
			p.finals = append(p.finals, s)
		}
	}
	slices.SortFunc(p.vars, func(a, b types.Object) int { return int(a.Pos() - b.Pos()) })
	slices.SortFunc(p.updates, func(a, b *step) int { return r.inRound(a.stmt) - r.inRound(b.stmt) })
	slices.SortFunc(p.finals, func(a, b *step) int { return r.inRound(a.stmt) - r.inRound(b.stmt) })
	for _, o := range p.vars {
		if r.words[o] != "" || o == r.count.counter || !r.onlyChangedBy(o, p.updates) || r.within(o) && !r.isInit(o) {
			return nil, false
		}
	}
	for _, s := range p.updates {
		if !r.onlyComputes(s.stmt) || r.mentionsAnyWord(s.stmt) {
			return nil, false
		}
		p.reads = append(p.reads, r.readsOf(s.stmt, p)...)
	}
	return p, len(p.vars) > 0
}

// closure returns the steps of a round that assign to some variables, or to what these steps need. It adds what they need.
func (r *reader) closure(needed map[types.Object]bool) []*step {
	var steps []*step
	for again := true; again; {
		again = false
		for _, s := range r.waySteps() {
			if s.gone || slices.ContainsFunc(steps, func(u *step) bool { return u.stmt == s.stmt }) || !r.changesAny(s.stmt, needed) {
				continue
			}
			r.need(needed, s.stmt)
			steps, again = append(steps, s), true
		}
	}
	return steps
}

// mentionsAnyWord reports whether a statement mentions what an attempt has made.
func (r *reader) mentionsAnyWord(stmt ast.Stmt) bool {
	for o := range r.words {
		if r.mentions(stmt, o) {
			return true
		}
	}
	return false
}

// tryReplay has the delay computed anew for each retry. The error says why it cannot be computed from the last attempt alone.
func (r *reader) tryReplay(err error) error {
	if r.wait.code != nil || r.once != nil || r.wait.early || len(r.guards) > 0 {
		return err
	}
	p, ok := r.readReplay()
	if !ok {
		return err
	}
	lifted, why := r.liftReplay(p)
	if !lifted && why == nil {
		return err
	}
	return why
}

// inRound orders statements by when they run; the post statement comes last.
func (r *reader) inRound(stmt ast.Stmt) int {
	if r.isPost(stmt) {
		return int(r.loop.Stmt.End())
	}
	return int(stmt.Pos())
}

// isInit reports whether a variable is declared in the init statement of the loop.
func (r *reader) isInit(o types.Object) bool {
	f, ok := r.loop.Stmt.(*ast.ForStmt)
	return ok && f.Init != nil && f.Init.Pos() <= o.Pos() && o.Pos() < f.Init.End()
}

func (r *reader) changesAny(stmt ast.Stmt, set map[types.Object]bool) bool {
	for o := range r.assigned(stmt) {
		if set[o] {
			return true
		}
	}
	return false
}

// onlyChangedBy reports whether no other statement of the loop assigns to a variable.
func (r *reader) onlyChangedBy(o types.Object, steps []*step) bool {
	only := true
	check := func(stmt ast.Stmt) {
		if r.assigned(stmt)[o] && !slices.ContainsFunc(steps, func(s *step) bool { return s.stmt == stmt }) {
			only = false
		}
	}
	if f, ok := r.loop.Stmt.(*ast.ForStmt); ok && f.Post != nil {
		check(f.Post)
	}
	for _, stmt := range r.body[:r.split] {
		check(stmt)
	}
	r.tree.walk(func(s *step) {
		if s.cond == nil {
			check(s.stmt)
		} else if s.init != nil {
			check(s.init)
		}
	})
	return only
}

// onlyComputes reports whether a statement may be run again: it calls nothing but what computes the same from the same numbers.
func (r *reader) onlyComputes(stmt ast.Stmt) bool {
	only := true
	ast.Inspect(stmt, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			fn := syntax.Callee(r.Info, n)
			name := syntax.FullName(r.Info, n)
			only = only && (r.Info.Types[n.Fun].IsType() || r.Info.Types[n.Fun].IsBuiltin() || r.getter(n) || fn != nil && fn.Pkg() != nil &&
				(fn.Pkg().Path() == "math" || strings.HasPrefix(name, "time.Duration.")))
		case *ast.FuncLit, *ast.UnaryExpr, *ast.SelectStmt, *ast.BranchStmt, *ast.ReturnStmt:
			u, ok := n.(*ast.UnaryExpr)
			only = only && ok && u.Op.String() != "<-" && u.Op.String() != "&"
		}
		return only
	})
	return only && (r.count.counter == nil || !r.mentions(stmt, r.count.counter))
}

// readsOf lists the variables of the function around that a statement reads, but for those that are computed again.
func (r *reader) readsOf(n ast.Node, p *replay) []ast.Expr {
	var list []ast.Expr
	ast.Inspect(n, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok {
			return true
		}
		v, ok := r.Info.Uses[id].(*types.Var)
		if ok && !v.IsField() && !slices.Contains(p.vars, types.Object(v)) && !r.declaredIn(slices.Concat(p.updates, p.finals), v) {
			list = append(list, id)
		}
		return true
	})
	return list
}

// liftReplay writes the function. It reports false if a value at the beginning is not known.
func (r *reader) liftReplay(p *replay) (bool, error) {
	var begin string
	parts := append(p.reads, r.readsOf(r.wait.delay, p)...)
	for _, o := range p.vars {
		text, reads, ok := r.beginning(o)
		if !ok {
			return false, nil
		}
		begin, parts = begin+text, append(parts, reads...)
	}
	for _, s := range p.finals {
		parts = append(parts, r.readsOf(s.stmt, p)...)
	}
	h := r.hook(nil, parts...)
	if err := r.bringCounter(h); err != nil {
		return false, err
	}
	h.Body += begin + r.replayText(p, r.retryIn(h)) + r.finalText(p) + "return " + r.Source(r.wait.delay)
	h.Result = "time.Duration"
	for _, s := range append(p.updates, p.finals...) {
		s.gone = true
	}
	r.replayed = p.vars
	r.option(site.Option{Name: "delay", Hook: h})
	return true, nil
}

// beginning declares a variable with what it is when the loop begins.
func (r *reader) beginning(o types.Object) (text string, reads []ast.Expr, ok bool) {
	first := r.initial(o)
	if _, outside := r.usesOutside(o); outside && !r.isInit(o) || first == nil || first != zero && !r.invariant(first) {
		return "", nil, false
	}
	typ := r.typeText(o.Type())
	switch {
	case first == zero:
		return "var " + o.Name() + " " + typ + "\n", nil, true
	case r.isConstant(first) && !r.hasType(first) && !isDefault(first, o.Type()):
		return fmt.Sprintf("var %s %s = %s\n", o.Name(), typ, r.Source(first)), nil, true
	}
	return o.Name() + " := " + r.Source(first) + "\n", []ast.Expr{first}, true
}

// isDefault reports whether a type is the one that a literal has by itself.
func isDefault(e ast.Expr, t types.Type) bool {
	lit, ok := ast.Unparen(e).(*ast.BasicLit)
	if !ok {
		return false
	}
	return lit.Kind == token.INT && types.Identical(t, types.Typ[types.Int]) ||
		lit.Kind == token.FLOAT && types.Identical(t, types.Typ[types.Float64])
}

// retryIn returns the name of the number of the retry in a hook, which it adds if there is none.
func (r *reader) retryIn(h *site.Hook) string {
	for o, word := range h.Words {
		if word == "retry" {
			return o.Name()
		}
	}
	if !slices.ContainsFunc(h.Args, func(a site.Arg) bool { return a.Word == "retry" }) {
		h.Args = append(h.Args, site.Arg{Word: "retry", Type: "int"})
	}
	return "retry"
}

// replayText writes the changes before earlier retries, and then those before the wait.
func (r *reader) replayText(p *replay, retry string) string {
	var before, all string
	for _, s := range p.updates {
		text := r.commented(s.stmt)
		all += text
		if !r.isPost(s.stmt) && s.stmt.Pos() < r.wait.stmt.Pos() {
			before += text
		}
	}
	head, last := "for range "+retry+" - 1", "n < "+retry
	if before == all {
		head, before, last = "for range "+retry, "", "n <= "+retry
	}
	if !r.Since(22) {
		head = "for n := 1; " + last + "; n++"
	}
	return head + " {\n" + all + "}\n" + before
}

// finalText writes what computes the wait.
func (r *reader) finalText(p *replay) string {
	text := ""
	for _, s := range p.finals {
		text += r.commented(s.stmt)
	}
	return text
}

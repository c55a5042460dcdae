package loops

import (
	"fmt"
	"go/ast"
	"go/types"
	"maps"
	"slices"
	"strings"

	"github.com/retrygen/retrygen/cmd/retrygen/internal/migrate/site"
	"github.com/retrygen/retrygen/internal/syntax"
)

// notify makes effects a function that is called before each wait.
func (r *reader) notify(effects []*step) error {
	computed := r.computed(effects)
	h := r.hook(slices.Concat(computed, effects))
	h.Parts = append(h.Parts, r.onceParts()...)
	h.Words = r.wordsIn(h.Parts)
	if o := r.otherThanError(h.Words); o != nil {
		return r.fail(effects[0].stmt, "%s is used before the wait, where directives know the error alone", o.Name())
	}
	if err := r.bringKept(h, effects); err != nil {
		return err
	}
	if err := r.bringNumber(h, slices.Concat(computed, effects)); err != nil {
		return err
	}
	for _, o := range sorted(r.gone()) {
		mentioned := slices.ContainsFunc(h.Parts, func(n ast.Node) bool { return r.mentions(n, o) })
		if !mentioned || o == r.count.counter || r.declaredIn(computed, o) {
			continue
		}
		if r.wait == nil || r.object(r.wait.delay) != o {
			return r.fail(effects[0].stmt, "%s is used before the wait", o.Name())
		}
		h.Words[o] = "wait"
		r.sayNegative(effects, o)
	}
	for _, s := range computed {
		h.Body += r.withComments(s.stmt, r.lifted(s.stmt, h.Parts))
	}
	others := ""
	for _, s := range effects {
		others += r.withComments(s.stmt, r.Source(s.stmt))
	}
	h.Body += r.effectsAtOnce(others)
	if r.someFailures(effects) && (r.count.known || r.duration != nil) {
		r.site.Differ(fmt.Sprintf("what line %d does after a failure is not done after the last one", r.line(effects[0].stmt.Pos())))
	}
	if r.wait != nil && (r.site.Context != nil || r.duration != nil) {
		line := r.line(effects[0].stmt.Pos())
		r.site.Differ(fmt.Sprintf("what line %d does before a wait is not done if the context or the time ends the retries before it", line))
	}
	r.sayPanic(effects)
	for _, s := range effects {
		s.gone = true
	}
	r.option(site.Option{Name: "notify", Hook: h})
	return nil
}

// bringKept has variables that keep the error of the attempt, as last = err does, stand for it in a hook that mentions them.
func (r *reader) bringKept(h *site.Hook, effects []*step) error {
	for _, s := range r.way.steps {
		if s.gone || r.conditional[s] || slices.Contains(effects, s) {
			continue
		}
		for _, o := range sorted(r.assigned(s.stmt)) {
			if r.words[o] != "" || !slices.ContainsFunc(h.Parts, func(n ast.Node) bool { return r.mentions(n, o) }) {
				continue
			}
			a, ok := s.stmt.(*ast.AssignStmt)
			if !ok || len(a.Lhs) != 1 || r.object(a.Rhs[0]) != r.err {
				return r.fail(s.stmt, "%s is used before the wait, where directives know the error alone", o.Name())
			}
			h.Words[o] = "err"
		}
	}
	return nil
}

// otherThanError returns the first variable that stands for another word than err, nil if there is none.
func (r *reader) otherThanError(words map[types.Object]string) types.Object {
	for _, o := range sorted(words) {
		if words[o] != "err" {
			return o
		}
	}
	return nil
}

// sayNegative says that effects are told 0 for a negative delay.
func (r *reader) sayNegative(effects []*step, delay types.Object) {
	for _, o := range r.site.Policy {
		if o.Name == "delay" && o.Hook == nil && (len(o.Operands) == 0 || r.literal(o.Operands[0]) != nil) {
			return // it is constant
		}
	}
	for _, s := range effects {
		if r.mentions(s.stmt, delay) {
			r.site.Differ(fmt.Sprintf("line %d is told 0 for a negative delay", r.line(s.stmt.Pos())))
		}
	}
}

// sayPanic says that effects are missing in front of a random wait that cannot be drawn: the wait is computed before they are done.
func (r *reader) sayPanic(effects []*step) {
	first := effects[0].stmt
	hook := slices.IndexFunc(r.site.Policy, func(o site.Option) bool { return o.Name == "delay" && o.Hook != nil })
	if hook < 0 || r.wait == nil || !r.beforeWait(first) || !slices.ContainsFunc(r.site.Policy[hook].Hook.Parts, r.comesIn) {
		return
	}
	drawn := func(stmt ast.Stmt) bool { return (r.wait.early || stmt.Pos() > first.Pos()) && r.draws(stmt) }
	computes := func(s *step) bool { return !slices.Contains(effects, s) && s.cond == nil && drawn(s.stmt) }
	if drawn(r.wait.stmt) || slices.ContainsFunc(r.way.steps, computes) {
		r.site.Differ(fmt.Sprintf("where the bound of a random wait is 0 or less, the panic comes before what line %d does",
			r.line(first.Pos())))
	}
}

// comesIn reports whether code mentions a variable from outside of the loop.
func (r *reader) comesIn(n ast.Node) bool {
	found := false
	ast.Inspect(n, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			v, _ := r.object(id).(*types.Var)
			found = found || v != nil && !v.IsField() && !r.within(v)
		}
		return !found
	})
	return found
}

// draws reports whether code draws a number at random, below a bound that is not constant.
func (r *reader) draws(n ast.Node) bool {
	found := false
	ast.Inspect(n, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if ok && len(call.Args) == 1 && r.Info.Types[call.Args[0]].Value == nil {
			fn := syntax.Callee(r.Info, call)
			found = found || fn != nil && fn.Pkg() != nil && strings.HasPrefix(fn.Pkg().Path(), "math/rand")
		}
		return !found
	})
	return found
}

// bringNumber makes the number of the coming retry a parameter of a hook of some steps, if they mention the counter. All of them
// have to run in one round.
func (r *reader) bringNumber(h *site.Hook, steps []*step) error {
	old := r.wait
	defer func() { r.wait = old }()
	number, found := int64(0), false
	for _, s := range steps {
		if !r.mentions(s.stmt, r.count.counter) {
			continue
		}
		r.wait = &wait{stmt: s.stmt, early: s.early}
		now, _ := r.counterAtWait()
		if found && now != number {
			return r.fail(s.stmt, "%s is another number here than where it is used before", r.count.counter.Name())
		}
		number, found = now, true
	}
	if !found {
		return nil
	}
	return r.bringCounter(h)
}

// computed returns the statements of the delay that compute, from the number of the attempt, what effects mention as well.
func (r *reader) computed(effects []*step) []*step {
	needed := map[types.Object]bool{}
	for _, s := range effects {
		r.need(needed, s.stmt)
	}
	if o := r.delayVariable(); o != nil {
		delete(needed, o) // the directive's word wait
	}
	for _, n := range r.onceParts() {
		r.need(needed, n)
	}
	var found []*step
	steps := r.way.steps
	for i := len(steps) - 1; i >= 0; i-- {
		s := steps[i]
		if !s.gone && !(r.once != nil && r.conditional[s]) || s.stmt == r.count.steps || r.waitAt(s.stmt) != nil || r.doing(s.stmt) != nil {
			continue
		}
		if !slices.ContainsFunc(sorted(r.assigned(s.stmt)), func(o types.Object) bool { return needed[o] && r.within(o) }) {
			continue
		}
		r.need(needed, s.stmt)
		found = append(found, s)
	}
	slices.Reverse(found)
	return found
}

// sorted returns variables in the order of the source.
func sorted[T any](set map[types.Object]T) []types.Object {
	return slices.SortedFunc(maps.Keys(set), func(a, b types.Object) int { return int(a.Pos() - b.Pos()) })
}

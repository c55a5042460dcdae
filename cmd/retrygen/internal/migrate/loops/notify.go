package loops

import (
	"fmt"
	"go/ast"
	"go/types"
	"slices"

	"github.com/retrygen/retrygen/cmd/retrygen/internal/migrate/site"
)

// notify makes effects a function that is called before each wait.
func (r *reader) notify(effects []*step) error {
	computed := r.computed(effects)
	h := r.hook(slices.Concat(computed, effects))
	for o, word := range h.Words {
		if word != "err" {
			return r.fail(effects[0].stmt, "%s is used before the wait, where directives know the error alone", o.Name())
		}
	}
	if err := r.bringNumber(h, effects); err != nil {
		return err
	}
	for o := range r.gone() {
		if !slices.ContainsFunc(h.Parts, func(n ast.Node) bool { return r.mentions(n, o) }) || o == r.count.counter || r.declaredIn(computed, o) {
			continue
		}
		if r.wait == nil || r.object(r.wait.delay) != o {
			return r.fail(effects[0].stmt, "%s is used before the wait", o.Name())
		}
		h.Words[o] = "wait"
	}
	for _, s := range computed {
		h.Body += r.lifted(s.stmt, h.Parts) + "\n"
	}
	for _, s := range effects {
		h.Body += r.Source(s.stmt) + "\n"
	}
	if r.eachFailure(effects) && (r.count.known || r.duration != nil) {
		r.site.Differ(fmt.Sprintf("what line %d does after a failure is not done after the last one", r.line(effects[0].stmt.Pos())))
	}
	for _, s := range effects {
		s.gone = true
	}
	r.option(site.Option{Name: "notify", Hook: h})
	return nil
}

// bringNumber makes the number of the coming retry a parameter of a hook that mentions the counter.
func (r *reader) bringNumber(h *site.Hook, effects []*step) error {
	old := r.wait
	if r.wait == nil {
		r.wait = &wait{stmt: effects[0].stmt}
	}
	err := r.bringCounter(h)
	r.wait = old
	return err
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
	var found []*step
	steps := r.way.steps
	for i := len(steps) - 1; i >= 0; i-- {
		s := steps[i]
		if !s.gone || s.stmt == r.count.steps || r.waitAt(s.stmt) != nil || r.doing(s.stmt) != nil {
			continue
		}
		if !slices.ContainsFunc(r.sorted(r.assigned(s.stmt)), func(o types.Object) bool { return needed[o] && r.within(o) }) {
			continue
		}
		r.need(needed, s.stmt)
		found = append(found, s)
	}
	slices.Reverse(found)
	return found
}

// sorted returns variables in the order of the source.
func (r *reader) sorted(set map[types.Object]bool) []types.Object {
	var list []types.Object
	for o := range set {
		list = append(list, o)
	}
	slices.SortFunc(list, func(a, b types.Object) int { return int(a.Pos() - b.Pos()) })
	return list
}

package loops

import (
	"fmt"
	"go/ast"
	"go/token"
	"slices"

	"github.com/retrygen/retrygen/cmd/retrygen/internal/migrate/site"
)

// atOnce is a way to another attempt without the wait that the others have:
//
//	if errors.Is(err, errExpired) {
//		c.renew()
//		continue
//	}
type atOnce struct {
	*step
	effects []*step
}

// readAtOnce takes such a branch out of the decisions. What follows it must not end the loop: it would decide about fewer errors.
func (r *reader) readAtOnce() {
	for i, s := range r.tree.steps {
		if s.cond == nil || s.init != nil || s.els != nil || s.then.end != again || r.holdsWait(s.stmt) || len(r.ends(s.then.steps)) > 0 {
			continue
		}
		following := r.tree.steps[i+1:]
		waits := slices.ContainsFunc(following, func(f *step) bool { return r.holdsWait(f.stmt) })
		counts := r.count.steps != nil && !r.isPost(r.count.steps) && r.count.steps.Pos() > s.stmt.Pos()
		limits := r.holdsTest(s.cond) || r.elapsedIn(s.cond) != nil || r.looksAtContext(s.cond) != nil
		if !waits || counts || limits || len(r.ends(following)) > 0 {
			continue
		}
		found := &atOnce{step: s}
		for _, inner := range s.then.steps {
			if inner.cond != nil {
				return
			}
			if inner.ends == falls {
				found.effects = append(found.effects, inner)
			}
		}
		r.once = found
		r.tree.steps = slices.Delete(slices.Clone(r.tree.steps), i, i+1)
		return
	}
}

// onceParts returns the condition of the way without a wait, and what is done on it.
func (r *reader) onceParts() []ast.Node {
	if r.once == nil {
		return nil
	}
	parts := []ast.Node{r.once.cond}
	for _, s := range r.once.effects {
		parts = append(parts, s.stmt)
	}
	return parts
}

// delayAtOnce writes that there is no wait on that way.
func (r *reader) delayAtOnce() string {
	if r.once == nil {
		return ""
	}
	return "if " + r.Source(r.once.cond) + " {\nreturn 0\n}\n"
}

// effectsAtOnce writes what is done on that way, and on the others.
func (r *reader) effectsAtOnce(others string) string {
	if r.once == nil {
		return others
	}
	body := ""
	for _, s := range r.once.effects {
		body += r.commented(s.stmt)
	}
	if body == "" && others != "" {
		return "if " + r.termText(term{r.once.cond, false}) + " {\n" + others + "}\n"
	}
	text := "if " + r.Source(r.once.cond) + " {\n" + body + "}"
	if others != "" {
		text += " else {\n" + others + "}"
	}
	return text + "\n"
}

// sayAtOnce says what a wrapper does otherwise before a retry without a wait.
func (r *reader) sayAtOnce() {
	if r.once == nil {
		return
	}
	tested := slices.ContainsFunc(r.tests, func(pos token.Pos) bool { return pos < r.once.stmt.Pos() })
	if len(r.once.effects) > 0 && r.count.known && !tested {
		r.site.Differ(fmt.Sprintf("what line %d does after a failure is not done after the last one", r.line(r.once.effects[0].stmt.Pos())))
	}
	if r.site.Context != nil {
		r.site.Differ(fmt.Sprintf("an attempt that follows at once (line %d) is not made if the context is done", r.line(r.once.stmt.Pos())))
	}
}

// notifyAtOnce calls what is done on that way where nothing is done on the others.
func (r *reader) notifyAtOnce() error {
	computed := r.computed(nil)
	h := r.hook(computed)
	h.Parts = append(h.Parts, r.onceParts()...)
	h.Words = r.wordsIn(h.Parts)
	if o := r.otherThanError(h.Words); o != nil {
		return r.fail(r.once.stmt, "%s is used before the wait, where directives know the error alone", o.Name())
	}
	if c := r.count.counter; c != nil && slices.ContainsFunc(h.Parts, func(n ast.Node) bool { return r.mentions(n, c) }) {
		return r.fail(r.once.stmt, "the number of the attempt decides about the wait")
	}
	for _, s := range computed {
		h.Body += r.lifted(s.stmt, h.Parts) + "\n"
	}
	h.Body += r.effectsAtOnce("")
	r.option(site.Option{Name: "notify", Hook: h})
	return nil
}

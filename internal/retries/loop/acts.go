package loop

import (
	"go/ast"
	"regexp"
	"strings"

	"github.com/retrygen/retrygen/internal/syntax"
)

// lost adds to an ending what it means that the attempts have failed to do something: the last wait does not help, whatever else the
// function does before it says so, or where it goes on in the same way as after a success.
func (w *walk) lost(e Ending, d done) Ending {
	switch {
	case d.failed:
		if w.does(fails) && (d.told || w.saysSo(e, d)) {
			e.givesUp, e.says = true, !d.unsure && w.saysSo(e, d)
		}
	case len(w.from.preds) > 1 && w.does(acts):
		e.givesUp = true
	}
	return e
}

// saysSo reports whether an ending tells of the failure: it returns an error of the loop or a new one, or somebody has been told.
func (w *walk) saysSo(e Ending, d done) bool {
	if e.Return == nil || len(e.Return.Results) == 0 {
		return d.told
	}
	signature, _ := syntax.FuncParts(w.Function)
	last := ast.Unparen(e.Return.Results[len(e.Return.Results)-1])
	return w.isBad(last, signature) && !w.asksAnew(last, d.fresh)
}

var (
	// lookName matches the names of functions that look whether something has come about, for which a last wait may help.
	lookName = regexp.MustCompile(`(?i)^(ping|is|has|can|check|l?stat|exists?|probe|look|find|search|list|describe|wait|verify|validate|test|` +
		`assert|poll|watch|query|peek|count)|ready|health|alive|status|exist|available`)

	// actName matches the names of functions that bring something about, with a capital letter first.
	actName = regexp.MustCompile(`(Put|Push|Upload|Send|Post|Write|Store|Save|Create|Update|Upsert|Patch|Delete|Remove|Register|` +
		`Join|Connect|Reconnect|Rotate|Publish|Apply|Set|Add|Insert|Sync|Flush|Commit|Mount|Attach|Detach|Install|Submit|Report|Notify)($|[^a-z])`)
)

// fails and acts report whether the name of what is tried is that of something that fails by itself, and does not only look for what
// happens elsewhere, and of something that brings a change about.
func fails(name string) bool { return !lookName.MatchString(name) }
func acts(name string) bool {
	return fails(name) && name != "" && actName.MatchString(strings.ToUpper(name[:1])+name[1:])
}

// does reports whether the loop tries nothing but functions with names of a kind, whose errors it judges.
func (w *walk) does(kind func(name string) bool) bool {
	found := false
	for _, j := range w.Judges {
		for _, op := range w.flow.results(orNil(j.Cond), j.block) {
			call, ok := op.(*ast.CallExpr)
			switch {
			case ok && !syntax.ReturnsError(w.flow.info, call):
			case !ok || !kind(called(call)):
				return false
			case j.Kind == NilError:
				found = true
			}
		}
	}
	return found
}

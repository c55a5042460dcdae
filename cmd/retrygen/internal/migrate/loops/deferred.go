package loops

import (
	"fmt"
	"go/ast"

	"github.com/retrygen/retrygen/internal/syntax"
)

// cancels reports whether a statement defers the end of a context that the round has made: defer cancel().
func (r *reader) cancels(stmt ast.Stmt) bool {
	d, ok := stmt.(*ast.DeferStmt)
	if !ok || len(d.Call.Args) > 0 {
		return false
	}
	o := r.object(d.Call.Fun)
	return o != nil && syntax.IsNamed(o.Type(), "context", "CancelFunc") && r.within(o)
}

// checkDeferred refuses attempts that defer something, but for the end of a context, where nothing but an error is left of an
// attempt: a result might need the context still.
func (r *reader) checkDeferred() error {
	var refused error
	inspectOwn(nodes(r.attempt), func(n ast.Node) bool {
		d, ok := n.(*ast.DeferStmt)
		switch {
		case !ok || refused != nil:
		case len(r.words) > 1 || !r.cancels(d):
			refused = r.fail(d, "what is deferred in a loop runs at the end of the function")
		default:
			r.site.Differ(fmt.Sprintf("the context of line %d ends with the attempt; before, it did when the function returned", r.line(d.Pos())))
		}
		return refused == nil
	})
	return refused
}

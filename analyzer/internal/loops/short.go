package loops

import (
	"go/ast"
	"go/types"
	"time"

	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/retries/loop"
	"github.com/retrygen/retrygen/internal/syntax"
)

// unnoticed is a wait that no caller would notice. Several longer ones may add up to twice as long.
const unnoticed = 100 * time.Millisecond

// isShort reports whether a wait is so short that no caller would notice, whichever attempt it follows: by constants, by what
// counts a constant number of attempts, and by variables that are assigned to once; or that all of them together are. The loop is
// nil where the wait is in none.
func isShort(p *check.Pass, l *loop.Loop, w *loop.Wait) bool {
	if w.Delay == nil {
		return false
	}
	most := &loop.Most{Info: p.TypesInfo}
	most.Variable = func(e ast.Expr, depth int) (float64, bool) {
		id, ok := e.(*ast.Ident)
		if !ok {
			return 0, false
		}
		v, ok := p.TypesInfo.Uses[id].(*types.Var)
		if !ok {
			return 0, false
		}
		if l != nil && l.Bound.Counter == v && l.Bound.Attempts > 0 && !l.Bound.Down {
			return float64(highest(p, l.Bound)), true
		}
		list := assignments.Of(p)[v]
		own := p.IsLocal(v) || v.Parent() == p.Pkg.Scope() && !v.Exported()
		if !own || len(list) != 1 || list[0].value == nil {
			return 0, false
		}
		return most.Of(list[0].value, depth)
	}
	d, ok := most.Of(w.Delay, 0)
	if !ok || d <= float64(unnoticed) {
		return ok
	}
	return l != nil && l.Bound.Attempts > 0 && d*float64(l.Bound.Attempts-1) <= 2*float64(unnoticed)
}

// highest returns the highest number that a counter has in its loop.
func highest(p *check.Pass, b loop.Bound) int {
	limit, ok := syntax.ConstantInt(p.TypesInfo, b.Limit)
	switch {
	case !ok:
		return b.Attempts
	case b.Inclusive:
		return limit
	}
	return limit - 1
}

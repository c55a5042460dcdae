package loops

import (
	"go/ast"
	"go/types"
	"time"

	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/retries/loop"
)

// unnoticed is a wait that no caller would notice.
const unnoticed = 100 * time.Millisecond

// isShort reports whether a wait is so short that no caller would notice, whichever attempt it follows: by constants, by what
// counts a constant number of attempts, and by variables that are assigned to once. The loop is nil where the wait is in none.
func isShort(p *check.Pass, l *loop.Loop, w *loop.Wait) bool {
	if w.Delay == nil {
		return false
	}
	most := &loop.Most{Info: p.TypesInfo}
	most.Variable = func(id *ast.Ident, depth int) (float64, bool) {
		v, ok := p.TypesInfo.Uses[id].(*types.Var)
		if !ok {
			return 0, false
		}
		if l != nil && l.Bound.Counter == v && l.Bound.Attempts > 0 && !l.Bound.Down {
			return float64(l.Bound.Attempts), true
		}
		list := assignments.Of(p)[v]
		own := p.IsLocal(v) || v.Parent() == p.Pkg.Scope() && !v.Exported()
		if !own || len(list) != 1 || list[0].value == nil {
			return 0, false
		}
		return most.Of(list[0].value, depth)
	}
	d, ok := most.Of(w.Delay, 0)
	return ok && d <= float64(unnoticed)
}

package calls

import (
	"go/ast"
	"go/types"

	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/directive"
	"github.com/retrygen/retrygen/internal/retries"
)

var _ = Checks.Add("RL309", rl309)

// rl309 finds wrappers whose budget stops them with error=last, below another wrapper that takes this for an ordinary failure.
func rl309(p *check.Pass) {
	for _, fn := range p.Found.Funcs {
		if fn.Decl != nil && retries.Retried(fn) {
			h := &hiding{p, fn, map[*types.Func]bool{}}
			h.sites(p.Sites[fn.Object])
		}
	}
}

// hiding is a search for such wrappers behind a function.
type hiding struct {
	*check.Pass
	outer *directive.Func
	seen  map[*types.Func]bool
}

func (h *hiding) sites(sites []*retries.Site) {
	for _, s := range sites {
		h.sites(s.Inner)
		if s.Callee == nil {
			continue
		}
		if wrapped, ok := h.Wrapped(s.Callee); ok {
			if call, isCall := s.Node.(*ast.CallExpr); isCall && wrapped.Hides {
				h.Reportf(call.Fun, "%s returns the last error itself when its budget is empty (error=last), and the wrapper of %s "+
					"takes that for a failure and tries again; drop error=last, or do not retry it", h.Called(s.Callee), h.outer.Name)
			}
			continue
		}
		callee := s.Callee.Origin()
		if _, own := h.Bodies[callee]; own && !h.seen[callee] {
			h.seen[callee] = true
			h.sites(h.Sites[callee])
		}
	}
}

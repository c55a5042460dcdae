package loops

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"

	"github.com/retrygen/retrygen/internal/syntax"
)

// pure returns an error for a condition that does something itself: it would be done for each failure and once more.
func (r *reader) pure(conds []ast.Expr) error {
	for _, e := range conds {
		var bad ast.Node
		inspectOwn([]ast.Node{e}, func(n ast.Node) bool {
			if u, ok := n.(*ast.UnaryExpr); ok && u.Op == token.ARROW {
				bad = n
			}
			if call, ok := n.(*ast.CallExpr); ok && syntax.ReturnsError(r.Info, call) {
				bad = n
			}
			return bad == nil
		})
		if bad != nil {
			return r.fail(bad, "a condition does something")
		}
	}
	return nil
}

// computing are packages whose functions do nothing but compute.
var computing = syntax.NameSet("errors", "strings", "strconv", "math", "slices", "bytes", "unicode", "cmp", "fmt", "time")

// doing returns a call in a statement that decides which may do more than to compute: all but predicates, conversions, and
// functions of packages that compute. Nil stands for none.
func (r *reader) doing(stmt ast.Stmt) *ast.CallExpr {
	var found *ast.CallExpr
	inspectOwn([]ast.Node{stmt}, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || r.Info.Types[call.Fun].IsType() || r.Info.Types[call.Fun].IsBuiltin() {
			return found == nil
		}
		fn := syntax.Callee(r.Info, call)
		t := r.Info.TypeOf(call)
		basic, _ := t.(*types.Basic)
		switch {
		case basic != nil && basic.Info()&types.IsBoolean != 0:
		case fn != nil && fn.Pkg() != nil && computing[fn.Pkg().Path()]:
		case fn != nil && fn.Signature().Recv() != nil && fn.Name() == "Error" && len(call.Args) == 0:
		default:
			found = call
		}
		return found == nil
	})
	return found
}

// sayAgain says which conditions ask for something else than the error and the results: they are asked once more.
func (r *reader) sayAgain(conds []ast.Expr) {
	for _, e := range conds {
		inspectOwn([]ast.Node{e}, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || r.Info.Types[call.Fun].IsType() || r.Info.Types[call.Fun].IsBuiltin() {
				return true
			}
			for o := range r.words {
				if r.mentions(call, o) {
					return true
				}
			}
			if fn := syntax.Callee(r.Info, call); fn != nil && fn.Pkg() != nil && computing[fn.Pkg().Path()] {
				return true
			}
			if r.mentionsDecided(call) {
				return true
			}
			r.site.Differ(fmt.Sprintf("%s is called once more when the retries have ended", r.Source(call)))
			return true
		})
	}
}

// mentionsDecided reports whether a call is about what the decisions have computed from the results.
func (r *reader) mentionsDecided(call *ast.CallExpr) bool {
	for s := range r.conditional {
		for o := range r.assigned(s.stmt) {
			if r.mentions(call, o) {
				return true
			}
		}
	}
	return false
}

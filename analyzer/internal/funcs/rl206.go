package funcs

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/directive"
	"github.com/retrygen/retrygen/internal/retries"
	"github.com/retrygen/retrygen/internal/syntax"
)

var _ = Checks.Add("RL206", rl206)

// rl206 finds changes to what the caller handed over, made before a call that may fail.
func rl206(p *check.Pass) {
	for _, fn := range p.Found.Funcs {
		if retries.Retried(fn) && fn.Decl != nil && fn.Decl.Body != nil {
			changes(p, fn)
		}
	}
}

func changes(p *check.Pass, fn *directive.Func) {
	params := map[types.Object]bool{}
	for v := range fn.Sig.Params().Variables() {
		params[v] = true
	}
	if recv := fn.Sig.Recv(); recv != nil {
		params[recv] = true
	}
	last := lastFallible(p, fn.Decl.Body)
	ast.Inspect(fn.Decl.Body, func(n ast.Node) bool {
		for _, target := range targets(n) {
			if root := writesThrough(p, target); root != nil && params[root] && target.Pos() < last {
				p.Reportf(target, "%s is changed before a call that may fail, so that the next attempt of %s begins with the change",
					syntax.Text(target), fn.Name)
			}
		}
		return true
	})
}

// lastFallible returns the position of the last call that returns an error.
func lastFallible(p *check.Pass, body *ast.BlockStmt) token.Pos {
	last := token.NoPos
	ast.Inspect(body, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok && syntax.ReturnsError(p.TypesInfo, call) {
			last = call.Pos()
		}
		return true
	})
	return last
}

// targets returns the expressions that a statement assigns to.
func targets(n ast.Node) []ast.Expr {
	switch n := n.(type) {
	case *ast.AssignStmt:
		return n.Lhs
	case *ast.IncDecStmt:
		return []ast.Expr{n.X}
	}
	return nil
}

// writesThrough returns the variable behind whose pointer, map or slice an assignment writes, nil if it writes to a
// variable itself.
func writesThrough(p *check.Pass, e ast.Expr) types.Object {
	through := false
	for {
		switch x := ast.Unparen(e).(type) {
		case *ast.SelectorExpr:
			through = through || isKind[*types.Pointer](p, x.X)
			e = x.X
		case *ast.IndexExpr:
			through = through || isKind[*types.Map](p, x.X) || isKind[*types.Slice](p, x.X) || isKind[*types.Pointer](p, x.X)
			e = x.X
		case *ast.StarExpr:
			through = true
			e = x.X
		case *ast.Ident:
			if !through {
				return nil
			}
			return p.TypesInfo.Uses[x]
		default:
			return nil
		}
	}
}

// isKind reports whether the type of an expression has an underlying type of a kind.
func isKind[T types.Type](p *check.Pass, e ast.Expr) bool {
	t := p.TypesInfo.TypeOf(e)
	if t == nil {
		return false
	}
	_, ok := t.Underlying().(T)
	return ok
}

package meaning

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"github.com/retrygen/retrygen/internal/retries/loop"
	"github.com/retrygen/retrygen/internal/syntax"
)

// calls are those that a function makes itself, by what they call. They are collected once for all loops of the function.
type calls struct {
	in       ast.Node
	byCallee map[*types.Func][]token.Pos
	byText   map[string][]token.Pos
}

func newCalls(info *types.Info, fn ast.Node) *calls {
	c := &calls{in: fn, byCallee: map[*types.Func][]token.Pos{}, byText: map[string][]token.Pos{}}
	_, body := syntax.FuncParts(fn)
	syntax.InspectOwn(body, func(n ast.Node) {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return
		}
		if callee := syntax.Callee(info, call); callee != nil {
			c.byCallee[callee] = append(c.byCallee[callee], call.Pos())
		}
		text := syntax.Text(call.Fun)
		c.byText[text] = append(c.byText[text], call.Pos())
	})
	return c
}

// triedOutside reports whether the function around a loop does what the loop tries before or behind the loop, too: then the
// loop's bound does not count all attempts.
func (r *reader) triedOutside(l *loop.Loop) bool {
	call, ok := l.Operation.(*ast.CallExpr)
	if !ok {
		return true
	}
	if r.made == nil || r.made.in != l.Function {
		r.made = newCalls(r.pass.TypesInfo, l.Function)
	}
	outside := func(pos token.Pos) bool { return !l.Contains(pos) }
	callee := syntax.Callee(r.pass.TypesInfo, call)
	return slices.ContainsFunc(r.made.byCallee[callee], outside) || slices.ContainsFunc(r.made.byText[syntax.Text(call.Fun)], outside)
}

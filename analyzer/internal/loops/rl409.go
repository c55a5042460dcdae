package loops

import (
	"go/ast"
	"go/types"

	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/retries/loop"
	"github.com/retrygen/retrygen/internal/syntax"
)

var _ = Checks.Add("RL409", rl409)

// rl409 finds decisions by the text of an error: in loops, in the functions of this package that loops ask, and in the
// conditions of directives.
func rl409(p *check.Pass) {
	seen := map[ast.Expr]bool{}
	byText := func(root ast.Node) {
		for _, test := range loop.TextTests(p.TypesInfo, root) {
			if !seen[test] {
				seen[test] = true
				p.Reportf(test, "the text of an error decides about a retry: it may change with any release; use errors.Is or errors.As")
			}
		}
	}
	bodies := loopBodies.Of(p)
	for _, l := range retryLoops.Of(p) {
		for _, cond := range l.Conditions() {
			byText(cond)
			for _, fn := range asked(p, cond) {
				if decl := bodies[fn]; decl != nil {
					byText(decl.Body)
				}
			}
		}
	}
	for _, fn := range p.All() {
		if fn.If == nil {
			continue
		}
		if object, ok := fn.If.Object.(*types.Func); ok && p.Bodies[object] != nil {
			byText(p.Bodies[object].Body)
		}
	}
}

// asked returns the functions in a condition that judge an error.
func asked(p *check.Pass, cond ast.Expr) []*types.Func {
	var list []*types.Func
	ast.Inspect(cond, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		fn := syntax.Callee(p.TypesInfo, call)
		if fn == nil {
			return true
		}
		for _, arg := range call.Args {
			if t := p.TypesInfo.TypeOf(arg); t != nil && syntax.IsError(t) {
				list = append(list, fn.Origin())
			}
		}
		return true
	})
	return list
}

// loopBodies holds the functions of a package.
var loopBodies = check.Share(func(p *check.Pass) map[*types.Func]*ast.FuncDecl {
	bodies := map[*types.Func]*ast.FuncDecl{}
	for decl := range p.Functions {
		bodies[p.Func(decl)] = decl
	}
	return bodies
})

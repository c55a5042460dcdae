package calls

import (
	"fmt"
	"go/ast"
	"go/types"

	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/syntax"
)

var _ = Checks.Add("RL305", check.EachDecl(rl305))

// rl305 finds direct calls of functions that have a wrapper, other than recursive ones.
func rl305(p *check.Pass, decl *ast.FuncDecl) {
	if !p.Followed() {
		return
	}
	syntax.InspectCalls(p.TypesInfo, decl, nil, func(call *ast.CallExpr, callee *types.Func) {
		task := p.Annotation(callee.Origin())
		if callee.Origin() == p.Func(decl) || task.Wrapper == "" {
			return
		}
		p.Report(check.Finding{
			Pos: call.Pos(), End: call.End(), Subject: call, Fix: check.CallWrapper(call, task),
			Message: fmt.Sprintf("%s is called directly, without its retries; call %s", callee.Name(), task.Wrapper),
		})
	})
}

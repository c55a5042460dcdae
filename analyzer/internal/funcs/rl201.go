package funcs

import (
	"go/ast"
	"go/types"

	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/retries"
	"github.com/retrygen/retrygen/internal/syntax"
)

var _ = Checks.Add("RL201", check.EachDecl(rl201))

// rl201 finds functions with a directive whose last result is a concrete error type, also those that the generator refuses
// for it.
func rl201(p *check.Pass, decl *ast.FuncDecl) {
	if !retries.HasDirective(decl.Doc) || decl.Type.Results == nil {
		return
	}
	fields := decl.Type.Results.List
	last := fields[len(fields)-1]
	t := p.TypesInfo.TypeOf(last.Type)
	if t == nil || types.IsInterface(t) || !syntax.IsError(t) {
		return
	}
	p.Reportf(last.Type, "%s returns %s instead of error: a nil of that type in an error is not nil, and the call counts as failed",
		decl.Name.Name, types.TypeString(t, types.RelativeTo(p.Pkg)))
}

package flows

import (
	"fmt"
	"go/ast"
	"go/types"

	"golang.org/x/tools/go/analysis"

	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/directive"
	"github.com/retrygen/retrygen/internal/syntax"
	"github.com/retrygen/retrygen/internal/values"
)

var _ = Checks.Add("RL209", rl209)

// rl209 finds results with a checkpoint that are still part of the receiver, which changes them later. Generated code
// copies the results that it can; the others are recorded as they are.
func rl209(p *check.Pass) {
	for _, fn := range p.Found.Funcs {
		if fn.Checkpoint == nil || fn.Decl == nil || fn.Decl.Body == nil || fn.Sig.Recv() == nil {
			continue
		}
		syntax.InspectOwn(fn.Decl.Body, func(n ast.Node) {
			if ret, ok := n.(*ast.ReturnStmt); ok {
				returned(p, fn, ret)
			}
		})
	}
}

// returned looks at what a return statement returns, but for the error.
func returned(p *check.Pass, fn *directive.Func, ret *ast.ReturnStmt) {
	exprs := ret.Results
	if len(exprs) == 0 {
		exprs = namedResults(fn.Decl)
	}
	results := fn.Sig.Results()
	if len(exprs) != results.Len() {
		return // the results of a call
	}
	for i, e := range exprs[:results.Len()-1] {
		if values.SharingOf(results.At(i).Type(), p.Pkg) == values.Shared {
			shared(p, fn, ret, e, results.At(i))
		}
	}
}

// shared reports an expression that is part of the receiver, if the package changes that part.
func shared(p *check.Pass, fn *directive.Func, ret *ast.ReturnStmt, e ast.Expr, result *types.Var) {
	search := partSearch{p, fn, ret}
	part := search.of(e, 0)
	if part == nil {
		return
	}
	if write := changedAt(p, part); write.IsValid() {
		p.Report(check.Finding{
			Pos: e.Pos(), End: e.End(), Subject: result, Related: []analysis.RelatedInformation{{Pos: write, Message: "it is changed here"}},
			Message: fmt.Sprintf("the remembered result of %s is still part of %s, which changes it later: "+
				"a later attempt of the flow gets the changed result; return a copy", fn.Name, fn.Sig.Recv().Name()),
		})
	}
}

// namedResults returns what a return statement without values returns.
func namedResults(decl *ast.FuncDecl) []ast.Expr {
	var list []ast.Expr
	for _, field := range decl.Type.Results.List {
		for _, name := range field.Names {
			list = append(list, name)
		}
	}
	return list
}

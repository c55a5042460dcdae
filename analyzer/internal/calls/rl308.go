package calls

import (
	"fmt"
	"go/ast"
	"go/constant"

	"golang.org/x/tools/go/analysis"

	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/directive"
	"github.com/retrygen/retrygen/internal/policy"
	"github.com/retrygen/retrygen/internal/retries/tasks"
	"github.com/retrygen/retrygen/internal/syntax"
)

var _ = Checks.Add("RL308", rl308)

// rl308 finds options for a task that does not exist, in a package whose tasks are known.
func rl308(p *check.Pass) {
	imports := false
	for _, other := range p.Pkg.Imports() {
		imports = imports || other.Path() == directive.RetryPath
	}
	if !imports {
		return
	}
	for cursor := range p.Inspector().Root().Preorder((*ast.CallExpr)(nil)) {
		call := cursor.Node().(*ast.CallExpr)
		switch syntax.FullName(p.TypesInfo, call) {
		case directive.RetryPath + ".For":
			taskName(p, call.Args[0])
		case directive.RetryPath + ".OverridePolicies":
			for _, arg := range call.Args {
				keysOf(p, arg)
			}
		}
	}
}

// keysOf looks at the keys of a map literal.
func keysOf(p *check.Pass, e ast.Expr) {
	lit, ok := ast.Unparen(e).(*ast.CompositeLit)
	if !ok {
		return
	}
	for _, element := range lit.Elts {
		if pair, ok := element.(*ast.KeyValueExpr); ok {
			taskName(p, pair.Key)
		}
	}
}

// taskName reports a name that no task has.
func taskName(p *check.Pass, e ast.Expr) {
	value := p.TypesInfo.Types[e].Value
	if value == nil || value.Kind() != constant.String {
		return
	}
	name, names := constant.StringVal(value), tasks.Of(p.Pass)
	beside := names.Beside(name)
	if names.Matches(name) || len(beside) == 0 {
		return
	}
	f := check.Finding{Pos: e.Pos(), End: e.End(), Message: fmt.Sprintf("no task is called %s, so that these options change nothing", name)}
	if near, ok := policy.Nearest(name, beside); ok {
		f.Message += "; did you mean " + near + "?"
		f.Fix = respelled(e, near)
	}
	p.Report(f)
}

// respelled returns a fix that writes another name, nil if the name is not written where it is used.
func respelled(e ast.Expr, name string) *analysis.SuggestedFix {
	lit, ok := ast.Unparen(e).(*ast.BasicLit)
	if !ok {
		return nil
	}
	return check.Replace("Write "+name, lit.Pos(), lit.End(), fmt.Sprintf("%q", name))
}

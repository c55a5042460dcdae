package loops

import (
	"go/ast"
	"go/types"
	"regexp"
	"slices"

	"golang.org/x/tools/go/ast/inspector"

	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/syntax"
)

// unread finds errors of retries that are assigned to a variable at which nothing looks any more:
//
//	err = retry.Do(func() error {
//		resp, err = client.Do(req)
//		return err
//	})
//	return resp, nil
func unread(p *check.Pass) {
	for cursor := range p.Inspector().Root().Preorder((*ast.AssignStmt)(nil)) {
		assign := cursor.Node().(*ast.AssignStmt)
		if len(assign.Rhs) != 1 || p.Generated[p.FileOf(assign.Pos())] || p.InTest(assign.Pos()) {
			continue
		}
		call, ok := ast.Unparen(assign.Rhs[0]).(*ast.CallExpr)
		if !ok || !retriesFor(p, call) {
			continue
		}
		last := assign.Lhs[len(assign.Lhs)-1]
		if v := variableIn(p, cursor, last); v != nil && (overwrittenNext(p, cursor, v) || !readBehind(p, cursor, call, v)) {
			p.Reportf(last, "nothing looks at this error: when all attempts have failed the function goes on as after a success; return it")
		}
	}
}

// retriesFor reports whether a call tries something again, and returns an error.
func retriesFor(p *check.Pass, call *ast.CallExpr) bool {
	return syntax.ReturnsError(p.TypesInfo, call) && (isEntry(p, p.Callee(call)) || len(retriedBy(p, call)) > 0)
}

// thrownAway finds errors of retries that become others at which nothing looks: diag.FromErr(retry.Do(f)).
func thrownAway(p *check.Pass) {
	for cursor := range p.Inspector().Root().Preorder((*ast.ExprStmt)(nil)) {
		outer, ok := cursor.Node().(*ast.ExprStmt).X.(*ast.CallExpr)
		if !ok || len(outer.Args) == 0 || p.Generated[p.FileOf(outer.Pos())] {
			continue
		}
		fn := p.Callee(outer)
		if fn == nil || fn.Signature().Results().Len() != 1 || !fromError.MatchString(fn.Name()) {
			continue
		}
		for _, arg := range outer.Args {
			if call, ok := ast.Unparen(arg).(*ast.CallExpr); ok && retriesFor(p, call) {
				p.Reportf(outer.Fun, "nothing looks at what this makes of the error: when all attempts have failed the function goes on as "+
					"after a success; return it")
			}
		}
	}
}

// fromError matches the names of functions that make something of an error, and do nothing with it.
var fromError = regexp.MustCompile(`(?i)^(from|wrap|new|with|as|to)_?(err|diag|msg|message|stack)|^wrapf?$`)

// variableIn returns the variable that an expression names, if it is one of the innermost function around, and no result of it.
func variableIn(p *check.Pass, cursor inspector.Cursor, e ast.Expr) *types.Var {
	id, ok := e.(*ast.Ident)
	if !ok {
		return nil
	}
	v, _ := p.TypesInfo.ObjectOf(id).(*types.Var)
	if _, body := syntax.FuncParts(syntax.EnclosingFunc(cursor)); v == nil || !syntax.Contains(body, v.Pos()) {
		return nil
	}
	return v
}

// overwrittenNext reports whether the next statement behind an assignment that mentions a variable does nothing but assign to it.
func overwrittenNext(p *check.Pass, cursor inspector.Cursor, v *types.Var) bool {
	for _, stmt := range syntax.StatementsAfter(cursor) {
		if !syntax.Mentions(p.TypesInfo, stmt, v) {
			continue
		}
		assign, ok := stmt.(*ast.AssignStmt)
		uses := func(e ast.Expr) bool { return syntax.Mentions(p.TypesInfo, e, v) }
		return ok && !callsAlike(p, cursor.Node(), assign) && !slices.ContainsFunc(assign.Rhs, uses)
	}
	return false
}

// callsAlike reports whether a statement calls a function that another one calls too: it looks for the same once more.
func callsAlike(p *check.Pass, stmt, other ast.Node) bool {
	callees := map[*types.Func]bool{}
	gather := func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			callees[syntax.Callee(p.TypesInfo, call)] = true
		}
		return true
	}
	ast.Inspect(stmt, gather)
	delete(callees, nil)
	found := false
	ast.Inspect(other, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		found = found || ok && callees[syntax.Callee(p.TypesInfo, call)]
		return !found
	})
	return found
}

// readBehind reports whether anything reads a variable after a call, in a loop around it, or in a function literal other than those
// that the call is passed.
func readBehind(p *check.Pass, cursor inspector.Cursor, call *ast.CallExpr, v *types.Var) bool {
	from := call.End()
	for c := range cursor.Enclosing((*ast.ForStmt)(nil), (*ast.RangeStmt)(nil)) {
		if !syntax.Contains(c.Node(), v.Pos()) {
			from = min(from, c.Node().Pos())
		}
	}
	if addressed.Of(p)[v] {
		return true
	}
	return slices.ContainsFunc(variableUses.Of(p)[v], func(use *ast.Ident) bool {
		if rewrites(p, use) || syntax.Contains(call, use.Pos()) {
			return false
		}
		return use.Pos() >= from || inLiteral(p, use, v)
	})
}

// inLiteral reports whether a use of a variable is in a function literal that does not declare it.
func inLiteral(p *check.Pass, use *ast.Ident, v *types.Var) bool {
	at, ok := p.Around(use.Pos()).FindByPos(use.Pos(), use.End())
	if !ok {
		return false
	}
	lit, ok := syntax.EnclosingFunc(at).(*ast.FuncLit)
	return ok && !syntax.Contains(lit, v.Pos())
}

package libs

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"regexp"

	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/syntax"
)

// state matches what errors are called that say how things are: a client does not try again after them.
var state = regexp.MustCompile(`(?i)not_?found|conflict|exists|in_?use|not_?ready|denied|` +
	`violation|propagat|eventual|consisten|precondition|nosuch|no_?rows`)

// asksForState reports whether conditions in a piece of code ask for errors or answers that say how things are, or for a status of
// the 4xx that clients do not retry: the retries wait until that changes.
func asksForState(p *check.Pass, root ast.Node) bool {
	found := false
	ask := func(e ast.Expr) {
		found = found || e != nil && (state.MatchString(syntax.Identifiers(e)) || asksForStatus(p, e) || namesState(p, e))
	}
	ast.Inspect(root, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.IfStmt:
			ask(n.Cond)
		case *ast.ForStmt:
			ask(n.Cond)
		case *ast.CaseClause:
			for _, e := range n.List {
				ask(e)
			}
		}
		return !found
	})
	return found
}

// failsForState reports whether a piece of code, or a function of the package that it calls, has an answer, and fails as long as that
// tells of another state than the one which is waited for: if out.Status != types.StatusActive { return errors.New(…) }. What is retried
// may wait until there is something in the answer at all.
func failsForState(p *check.Pass, root ast.Node) bool {
	found := false
	ast.Inspect(root, func(n ast.Node) bool {
		if branch, ok := n.(*ast.IfStmt); ok {
			found = found || (isOtherState(p, branch.Cond) || mayBeEmpty(p, branch.Cond)) && failsAnew(p, branch.Body)
		}
		call, ok := n.(*ast.CallExpr)
		if !ok || found {
			return !found
		}
		fn := p.Callee(call)
		if fn == nil || p.Bodies[fn.Origin()] == nil {
			return true
		}
		syntax.InspectOwn(p.Bodies[fn.Origin()].Body, func(n ast.Node) {
			branch, ok := n.(*ast.IfStmt)
			found = found || ok && isOtherState(p, branch.Cond) && failsAnew(p, branch.Body)
		})
		return !found
	})
	return found
}

// stated matches what is called a state of a thing.
var stated = regexp.MustCompile(`(?i)status|state|phase`)

// isOtherState reports whether a condition holds where a state is not a constant. A status that is a number is that of an answer.
func isOtherState(p *check.Pass, cond ast.Expr) bool {
	e, ok := ast.Unparen(cond).(*ast.BinaryExpr)
	if !ok || e.Op != token.NEQ || p.TypesInfo.Types[e.Y].Value == nil {
		return false
	}
	return p.TypesInfo.Types[e.Y].Value.Kind() == constant.String && stated.MatchString(syntax.Identifiers(e.X))
}

// mayBeEmpty reports whether a condition holds where a list has nothing in it, perhaps also elsewhere: err != nil || len(list) == 0.
func mayBeEmpty(p *check.Pass, cond ast.Expr) bool {
	if e, ok := ast.Unparen(cond).(*ast.BinaryExpr); ok && e.Op == token.LOR {
		return mayBeEmpty(p, e.X) || mayBeEmpty(p, e.Y)
	}
	return isEmpty(p, cond)
}

// isEmpty reports whether a condition holds where a list has nothing in it: len(list) == 0, or < 1.
func isEmpty(p *check.Pass, cond ast.Expr) bool {
	e, ok := ast.Unparen(cond).(*ast.BinaryExpr)
	if !ok {
		return false
	}
	call, isCall := ast.Unparen(e.X).(*ast.CallExpr)
	n, isConstant := syntax.ConstantInt(p.TypesInfo, e.Y)
	return isCall && isConstant && syntax.IsBuiltin(p.TypesInfo, call, "len") && (e.Op == token.EQL && n == 0 || e.Op == token.LSS && n == 1)
}

// failsAnew reports whether a block returns an error that is made there.
func failsAnew(p *check.Pass, block *ast.BlockStmt) bool {
	if len(block.List) == 0 {
		return false
	}
	ret, ok := block.List[len(block.List)-1].(*ast.ReturnStmt)
	if !ok || len(ret.Results) == 0 {
		return false
	}
	return (&outcomes{Pass: p}).isNew(ast.Unparen(ret.Results[len(ret.Results)-1]))
}

// namesState reports whether an expression has a text that names a state.
func namesState(p *check.Pass, root ast.Expr) bool {
	found := false
	ast.Inspect(root, func(n ast.Node) bool {
		if lit, ok := n.(*ast.BasicLit); ok {
			found = found || state.MatchString(lit.Value)
		}
		return !found
	})
	return found
}

// asksForStatus reports whether an expression compares a status with one that clients do not retry.
func asksForStatus(p *check.Pass, root ast.Expr) bool {
	found := false
	ast.Inspect(root, func(n ast.Node) bool {
		e, ok := n.(ast.Expr)
		if !ok {
			return true
		}
		if _, isString := p.TypesInfo.TypeOf(e).(*types.Basic); !isString {
			return true
		}
		code, ok := syntax.ConstantInt(p.TypesInfo, e)
		found = found || ok && code > 400 && code < 425 && code != 408
		return !found
	})
	return found
}

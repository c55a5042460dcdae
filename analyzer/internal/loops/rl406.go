package loops

import (
	"go/ast"
	"go/token"
	"go/types"
	"regexp"

	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/syntax"
)

var _ = Checks.Add("RL406", rl406)

// rl406 finds what attempts leave open: defer statements after which the loop, or a function that calls itself, may go on, and
// responses that nothing closes before the next attempt.
func rl406(p *check.Pass) {
	for _, l := range retryLoops.Of(p) {
		for _, n := range l.Defers() {
			keeps(p, n)
		}
		for _, call := range l.LeftOpen() {
			p.Reportf(call.Fun, "the body of this response stays open when another attempt follows: close it before that")
		}
	}
	for decl := range p.Functions {
		if fn := p.Func(decl); fn != nil && !p.Generated[p.FileOf(decl.Pos())] {
			recursion(p, decl, fn)
		}
	}
}

func keeps(p *check.Pass, n *ast.DeferStmt) {
	p.Reportf(n, "this runs when the function ends, not the attempt: what all attempts open stays open until then; "+
		"close it before the next attempt")
}

// recursion reports the deferred close of a function that makes another attempt by a call of itself.
func recursion(p *check.Pass, decl *ast.FuncDecl, fn *types.Func) {
	var deferred []*ast.DeferStmt
	again := token.NoPos
	syntax.InspectOwn(decl.Body, func(n ast.Node) {
		switch n := n.(type) {
		case *ast.DeferStmt:
			deferred = append(deferred, n)
		case *ast.CallExpr:
			if callee := syntax.Callee(p.TypesInfo, n); callee != nil && callee.Origin() == fn && countsUp(p, n) {
				again = n.Pos()
			}
		}
	})
	for _, d := range deferred {
		if d.Pos() < again && closing(d) {
			keeps(p, d)
		}
	}
}

var attempts = regexp.MustCompile(`(?i)retr(y|ies)|attempt|tries|sequence`)

// countsUp reports whether a call passes the number of an attempt, plus or minus one.
func countsUp(p *check.Pass, call *ast.CallExpr) bool {
	for _, arg := range call.Args {
		sum, ok := ast.Unparen(arg).(*ast.BinaryExpr)
		if ok && (sum.Op == token.ADD || sum.Op == token.SUB) && attempts.MatchString(syntax.Identifiers(sum)) {
			if n, ok := syntax.ConstantInt(p.TypesInfo, sum.Y); ok && n == 1 {
				return true
			}
		}
	}
	return false
}

// closing reports whether a deferred call closes something, by itself or in a function literal.
func closing(d *ast.DeferStmt) bool {
	found := false
	ast.Inspect(d.Call, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok {
			found = found || sel.Sel.Name == "Close"
		}
		return !found
	})
	return found
}

package libs

import (
	"go/ast"
	"go/types"
	"regexp"
	"slices"

	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/retries"
	"github.com/retrygen/retrygen/internal/retries/chain"
	"github.com/retrygen/retrygen/internal/retries/library"
	"github.com/retrygen/retrygen/internal/syntax"
)

var _ = Checks.Add("RL506", rl506)

// rl506 finds retries around a client that retries by itself.
func rl506(p *check.Pass) {
	clientsOnly := func(links []chain.Link) bool { return !retries.OwnPolicy(links) }
	meant := func(s *retries.Site) bool {
		return !asksForState(p, s.Node) && (s.Link.Attempts != chain.Unlimited || callsClient(s))
	}
	p.Nested(clientsOnly, meant, "what this retries, retries by itself already")
}

// callsClient reports whether a site calls a client or a library by itself. What retries that nothing bounds call through others
// may be all that a program does.
func callsClient(s *retries.Site) bool {
	return slices.ContainsFunc(s.Inner, func(inner *retries.Site) bool {
		return inner.Link != nil || library.ClientLink(inner.Callee) != nil
	})
}

// state matches what errors are called that say how things are: a client does not try again after them.
var state = regexp.MustCompile(`(?i)not_?found|conflict|exists|in_?use|not_?ready|denied|violation|propagat|precondition|nosuch|no_?rows`)

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
		case *ast.CaseClause:
			for _, e := range n.List {
				ask(e)
			}
		}
		return !found
	})
	return found
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

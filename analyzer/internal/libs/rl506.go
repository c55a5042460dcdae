package libs

import (
	"go/ast"
	"go/token"
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
		return !asksForState(p, s.Node) && !failsForState(p, s.Node) && (s.Link.Attempts != chain.Unlimited || callsClient(s)) &&
			asksAgainAfterError(p, s) && !retriesOwnErrors(p, s.Node)
	}
	p.Nested(clientsOnly, meant, "what this retries, retries by itself already")
}

// asksAgainAfterError reports whether a site tries again after an error. A condition of the Kubernetes library does so where it turns
// one into false; all others end the retries.
func asksAgainAfterError(p *check.Pass, s *retries.Site) bool {
	call, ok := s.Node.(*ast.CallExpr)
	if name, _ := library.Name(s.Link.Package); !ok || name != "wait" || len(call.Args) == 0 {
		return true
	}
	body := bodyOf(p, call.Args[len(call.Args)-1])
	if body == nil {
		return false
	}
	found := false
	syntax.InspectOwn(body, func(n ast.Node) {
		branch, ok := n.(*ast.IfStmt)
		failed := func(e ast.Expr) bool { return syntax.ErrorTest(p.TypesInfo, e, token.NEQ) != nil }
		if !ok || !slices.ContainsFunc(conjuncts(branch.Cond), failed) {
			return
		}
		syntax.InspectOwn(branch.Body, func(n ast.Node) {
			ret, ok := n.(*ast.ReturnStmt)
			found = found || ok && len(ret.Results) == 2 && p.TypesInfo.Types[ret.Results[1]].IsNil()
		})
	})
	return found
}

// callsClient reports whether a site calls a client or a library by itself. What retries that nothing bounds call through others
// may be all that a program does.
func callsClient(s *retries.Site) bool {
	return slices.ContainsFunc(s.Inner, func(inner *retries.Site) bool {
		return inner.Link != nil || library.ClientLink(inner.Callee) != nil
	})
}

package retries

import (
	"go/ast"
	"go/types"

	"github.com/retrygen/retrygen/internal/retries/chain"
	"github.com/retrygen/retrygen/internal/retries/library"
	"github.com/retrygen/retrygen/internal/syntax"
)

// again returns the site of a call of a function, of this package or another, that tries again what it is passed, in a loop that counts
// its attempts; nil for any other call.
//
//	err := utility.Retry(ctx, func() (bool, error) { … }, utility.RetryOptions{MaxAttempts: 5})
func (g *Graph) again(call *ast.CallExpr, callee *types.Func) *Site {
	r := g.model.Retrier(callee)
	if name, _ := library.Entry(callee); name != "" || r.Attempts == 0 || callee.Pkg() == nil {
		return nil
	}
	link := &chain.Link{
		Package: callee.Pkg().Path(), Name: syntax.Qualified(callee), Attempts: r.Attempts, Open: true, Client: true,
		Pos: g.position(call.Pos()),
	}
	if link.Attempts == 1 {
		link.Attempts, link.Says = g.attemptsOf(callee)
	}
	s := &Site{Node: call, Link: link}
	for i, arg := range call.Args {
		if r.Retries(i) {
			s.Inner = append(s.Inner, g.argument(arg, "")...)
		}
	}
	return s
}

// attemptsOf returns how often a function of another package tries again, which its only layer of retries tells. Of any other it returns
// one, and what says how many there are.
func (g *Graph) attemptsOf(fn *types.Func) (attempts int, says string) {
	var fact Chains
	if fn.Pkg() != g.pass.Pkg && g.pass.ImportObjectFact(fn.Origin(), &fact) && len(fact.Worst()) == 1 {
		return fact.Worst()[0].Attempts, fact.Worst()[0].Says
	}
	return 1, "its policy"
}

package libs

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"

	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/syntax"
)

var _ = Checks.Add("RL502", func(p *check.Pass) {
	for _, call := range libCalls.Of(p) {
		rl502(p, call)
	}
	ignoredStops(p)
})

// rl502 finds retries that nothing bounds. A bound that a configuration sets is one. What RL504 finds is not retried at all.
func rl502(p *check.Pass, call *libCall) {
	ctx := syntax.ContextArg(p.TypesInfo, call.CallExpr)
	if ctx != nil && hasDeadline(p, call.function, ctx) || neverRetries.Of(p)[call] != "" {
		return
	}
	r := recipeOf(p, call)
	b := &bounds{Pass: p, call: call}
	for _, m := range r.calls {
		b.option(m)
	}
	if call.name == "wait" || call.name == "kubernetes" {
		b.polls(r, ctx)
		r.unseen = false // a channel, a duration or a context, which have been looked at
	}
	if call.name == "sethvargo" {
		b.endless = call.Pos() // its backoffs go on until one is wrapped
	}
	if call.name == "backoff" && call.major < 5 {
		b.unlimitedField(r)
		b.literals(r)
		if b.constant != token.NoPos {
			b.endless = b.constant
		}
	}
	operation := operationOf(p, call.retried())
	b.cancelled = b.cancelled || operation.looks(p)
	b.bounded = b.bounded || operation.counts(p)
	if b.endless != token.NoPos && !b.bounded && !b.cancelled && !r.unseen && !r.kept {
		p.Report(check.Finding{Pos: b.endless, Message: "nothing bounds these retries; " + b.advice()})
	}
}

// advice says what would bound the retries.
func (b *bounds) advice() string {
	switch {
	case b.call.name == "avast":
		return "give Attempts a number"
	case b.call.name == "sethvargo":
		return "wrap its backoff with WithMaxRetries or WithMaxDuration"
	case b.steps:
		return "lower Steps, or use a context with a deadline"
	case b.call.name == "wait", b.call.name == "kubernetes":
		return "use PollUntilContextTimeout, or a context with a deadline"
	case b.call.name == "failsafe":
		return "pass a number to WithMaxRetries, or add WithMaxDuration"
	case b.constant != token.NoPos:
		return "wrap the backoff with WithMaxRetries"
	case b.call.major < 5:
		return "set MaxElapsedTime, or wrap the backoff with WithMaxRetries"
	}
	return "give WithMaxTries a number, or WithMaxElapsedTime a duration"
}

// isFresh reports whether a context is context.Background() or context.TODO(), or a variable that holds nothing else.
func isFresh(p *check.Pass, ctx ast.Expr) bool {
	id, isVar := ast.Unparen(ctx).(*ast.Ident)
	return syntax.IsFreshContext(p.TypesInfo, ctx) || isVar && p.NeverDone(p.TypesInfo.Uses[id])
}

func hasDeadline(p *check.Pass, function ast.Node, ctx ast.Expr) bool {
	given, _ := syntax.Deadline(p.TypesInfo, function, ctx)
	return given
}

// bounds gathers what the options of a call say about its end.
type bounds struct {
	*check.Pass
	call      *libCall
	endless   token.Pos // an option that takes the library's own bound away
	constant  token.Pos // a backoff of cenkalti's that has no bound
	steps     bool      // it is a number of steps that is not reached
	bounded   bool
	cancelled bool // the call has a context that it could do without: its end is meant as the bound
}

func (b *bounds) option(m made) {
	n, isConstant := syntax.ConstantArg(b.TypesInfo, m.CallExpr, 0)
	none := isConstant && n == 0
	switch b.call.name + "." + m.fn.Name() {
	case "avast.Attempts":
		if none {
			b.endless = m.Pos()
		} else {
			b.bounded = true
		}
	case "avast.UntilSucceeded":
		b.endless = m.Pos()
	case "avast.Context":
		b.cancelled = b.cancelled || len(m.Args) == 1 && !syntax.IsFreshContext(b.TypesInfo, m.Args[0])
	case "backoff.WithContext":
		b.cancelled = b.cancelled || len(m.Args) > 1 && !syntax.IsFreshContext(b.TypesInfo, m.Args[1])
		b.bounded = b.bounded || len(m.Args) > 1 && hasDeadline(b.Pass, m.function, m.Args[1])
	case "backoff.WithMaxElapsedTime":
		if none {
			b.endless = m.Pos()
		}
	case "backoff.WithMaxTries", "sethvargo.WithMaxRetries", "sethvargo.WithMaxDuration":
		b.bounded = b.bounded || !none
	case "backoff.WithMaxRetries", "failsafe.WithMaxDuration":
		b.bounded = true
	case "backoff.NewConstantBackOff", "backoff.NewZeroBackOff":
		b.constant = m.Pos()
	case "failsafe.WithMaxRetries", "failsafe.WithMaxAttempts":
		if value := b.TypesInfo.Types[m.Args[0]].Value; value != nil && constant.Sign(value) < 0 {
			b.endless = nameOf(m.CallExpr).Pos()
		}
	case "failsafe.WithContext":
		b.cancelled = b.cancelled || len(m.Args) == 1 && !isFresh(b.Pass, m.Args[0])
		b.bounded = b.bounded || len(m.Args) == 1 && hasDeadline(b.Pass, m.function, m.Args[0])
	}
}

// nameOf returns the name in a call of a method, or the function of any other call.
func nameOf(call *ast.CallExpr) ast.Expr {
	if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok {
		return sel.Sel
	}
	return call.Fun
}

// unlimitedField looks for what takes away the limit of 15 minutes that NewExponentialBackOff sets: an assignment of 0 to
// MaxElapsedTime.
func (b *bounds) unlimitedField(r *recipe) {
	for _, m := range r.calls {
		if m.fn.Name() != "NewExponentialBackOff" {
			continue
		}
		ast.Inspect(m.function, func(n ast.Node) bool {
			assign, ok := n.(*ast.AssignStmt)
			if ok && len(assign.Lhs) == 1 && isMaxElapsedTime(b.TypesInfo, assign.Lhs[0]) {
				if d, ok := syntax.ConstantInt(b.TypesInfo, assign.Rhs[0]); ok && d == 0 {
					b.endless = assign.Pos()
				}
			}
			return true
		})
	}
}

func isMaxElapsedTime(info *types.Info, e ast.Expr) bool {
	sel, ok := ast.Unparen(e).(*ast.SelectorExpr)
	if !ok || sel.Sel.Name != "MaxElapsedTime" {
		return false
	}
	v, ok := info.Uses[sel.Sel].(*types.Var)
	return ok && v.IsField()
}

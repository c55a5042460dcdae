package libs

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/retries/library"
	"github.com/retrygen/retrygen/internal/syntax"
)

var _ = Checks.Add("RL502", eachCall(rl502))

// rl502 finds retries that nothing bounds.
func rl502(p *check.Pass, call *libCall) {
	if ctx := syntax.ContextArg(p.TypesInfo, call.CallExpr); ctx != nil && hasDeadline(p, call, ctx) {
		return
	}
	b := &bounds{Pass: p, call: call}
	syntax.InspectArgumentCalls(p.TypesInfo, call.CallExpr, b.option)
	backoff := backoffOf(p, call)
	if backoff != nil {
		made(p, call.function, backoff, b.option)
	}
	if call.name == "sethvargo" {
		if b.bounded || backoff != nil && !inSight(p, call.function, backoff) {
			return
		}
		b.endless = call.Pos() // its backoffs go on until one is wrapped
	}
	if b.endless != token.NoPos && !b.bounded {
		p.Report(check.Finding{Pos: b.endless, Message: "nothing bounds these retries; " + boundAdvice[call.name]})
	}
}

var boundAdvice = map[string]string{
	"avast":     "give Attempts a number",
	"backoff":   "give WithMaxTries a number, or WithMaxElapsedTime a duration",
	"sethvargo": "wrap its backoff with WithMaxRetries or WithMaxDuration",
}

func hasDeadline(p *check.Pass, call *libCall, ctx ast.Expr) bool {
	given, _ := syntax.Deadline(p.TypesInfo, call.function, ctx)
	return given
}

// bounds gathers what the options of a call say about its end.
type bounds struct {
	*check.Pass
	call    *libCall
	endless token.Pos // an option that takes the library's own bound away
	bounded bool
}

func (b *bounds) option(inner *ast.CallExpr, option *types.Func) {
	if other, _ := library.Name(option.Pkg().Path()); other != b.call.name {
		return
	}
	n, isConstant := syntax.ConstantArg(b.TypesInfo, inner, 0)
	none := isConstant && n == 0
	switch b.call.name + "." + option.Name() {
	case "avast.Attempts":
		if none {
			b.endless = inner.Pos()
		} else {
			b.bounded = true
		}
	case "avast.UntilSucceeded":
		b.endless = inner.Pos()
	case "avast.Context":
		b.bounded = b.bounded || hasDeadline(b.Pass, b.call, inner.Args[0])
	case "backoff.WithMaxElapsedTime":
		if none {
			b.endless = inner.Pos()
		}
	case "backoff.WithMaxTries", "backoff.WithMaxRetries", "sethvargo.WithMaxRetries", "sethvargo.WithMaxDuration":
		b.bounded = true
	}
}

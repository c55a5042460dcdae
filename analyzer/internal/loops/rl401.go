package loops

import (
	"fmt"
	"go/ast"
	"go/token"
	"time"

	"golang.org/x/tools/go/analysis"

	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/retries/growth"
	"github.com/retrygen/retrygen/internal/syntax"
)

var _ = Checks.Add("RL401", rl401)

// rl401 finds a wait that grows until it does not fit, and is negative or nothing then, where a cap is applied afterwards
// or never.
func rl401(p *check.Pass) {
	for _, d := range p.Growing() {
		if p.InTest(d.Site.Pos()) || !d.Reaches() && !d.Unlimited() {
			continue
		}
		advice, fix := limit(d)
		p.Report(check.Finding{Pos: d.Site.Pos(), End: d.Site.End(), Fix: fix, Message: overflow(d) + "; " + advice})
	}
}

// overflow says when a wait overflows, and why that is reached.
func overflow(d *growth.Delay) string {
	attempt := fmt.Sprintf("attempt %d", d.Overflows)
	if !d.Exact {
		attempt = "about " + attempt
	}
	if d.Unlimited() {
		return fmt.Sprintf("the wait grows without a limit, to years, until it overflows at %s", attempt)
	}
	after := ""
	if d.Waits >= time.Second {
		after = fmt.Sprintf(", after %v of waiting", d.Waits.Round(time.Second))
	}
	if d.Falls {
		return fmt.Sprintf("the wait overflows at %s%s; it is negative then, and falls back to the minimum instead of staying at the cap",
			attempt, after)
	}
	return fmt.Sprintf("the wait overflows at %s%s; it is negative or nothing then, which the cap that is applied afterwards "+
		"lets pass, and the loop runs hot", attempt, after)
}

// limit says what would be right instead.
func limit(d *growth.Delay) (advice string, fix *analysis.SuggestedFix) {
	exponent := exponentOf(d.Site)
	switch {
	case exponent != nil:
		bounded := fmt.Sprintf("min(%s, %d)", syntax.Text(ast.Unparen(exponent)), max(1, min(16, d.Overflows-4)))
		return "bound the exponent first: " + bounded, check.Replace("Bound the exponent", exponent.Pos(), exponent.End(), bounded)
	case isCallSite(d.Site):
		return "bound the number of attempts that it is called with", nil
	}
	return "compare with the cap before it grows, not afterwards: if d > most/2 { d = most }", nil
}

// exponentOf returns the exponent of a power, nil for anything else that grows.
func exponentOf(site ast.Node) ast.Expr {
	switch x := site.(type) {
	case *ast.BinaryExpr:
		if x.Op == token.SHL {
			return x.Y
		}
	case *ast.CallExpr:
		if sel, ok := ast.Unparen(x.Fun).(*ast.SelectorExpr); ok {
			switch sel.Sel.Name {
			case "Pow", "Ldexp":
				return x.Args[1]
			case "Exp2", "Exp":
				return x.Args[0]
			}
		}
	}
	return nil
}

func isCallSite(site ast.Node) bool {
	_, ok := site.(*ast.CallExpr)
	return ok
}

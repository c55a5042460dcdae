package libs

import (
	"fmt"
	"go/ast"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/retries/library"
	"github.com/retrygen/retrygen/internal/syntax"
)

var _ = Checks.Add("RL501", rl501)

// rl501 finds literals of a backoff that leave fields at zero which its constructor sets.
func rl501(p *check.Pass) {
	inspect(p, (*ast.CompositeLit)(nil), func(cursor inspector.Cursor) {
		lit := cursor.Node().(*ast.CompositeLit)
		major := exponentialBackoff(p, lit)
		if major == 0 {
			return
		}
		given := givenFields(lit)
		needed := []string{"InitialInterval", "Multiplier", "MaxInterval"}
		if major < 5 {
			needed = append(needed, "Stop", "Clock")
		}
		missing := slices.DeleteFunc(needed, func(field string) bool { return given[field] })
		if len(missing) == 0 {
			return
		}
		why := "its waits are 0 where they should grow"
		if !given["Stop"] && major < 5 {
			why = "without Stop it never stops"
		}
		p.Report(check.Finding{Pos: lit.Pos(), End: lit.End(), Fix: constructing(p, lit), Message: fmt.Sprintf(
			"this literal leaves %s at zero: %s; begin with NewExponentialBackOff()", strings.Join(missing, ", "), why)})
	})
}

// exponentialBackoff gives the major version of the library whose backoff a literal is, 0 for any other literal.
func exponentialBackoff(p *check.Pass, lit *ast.CompositeLit) int {
	t := p.TypesInfo.TypeOf(lit)
	named, ok := types.Unalias(t).(*types.Named)
	if t == nil || !ok || named.Obj().Name() != "ExponentialBackOff" || named.Obj().Pkg() == nil || named.Obj().Pkg() == p.Pkg {
		return 0
	}
	name, major := library.Name(named.Obj().Pkg().Path())
	if name != "backoff" {
		return 0
	}
	return major
}

func givenFields(lit *ast.CompositeLit) map[string]bool {
	given := map[string]bool{}
	for _, element := range lit.Elts {
		if pair, ok := element.(*ast.KeyValueExpr); ok {
			given[syntax.Text(pair.Key)] = true
		}
	}
	return given
}

// constructing replaces an empty literal by a call of the constructor.
func constructing(p *check.Pass, lit *ast.CompositeLit) *analysis.SuggestedFix {
	sel, ok := lit.Type.(*ast.SelectorExpr)
	if !ok || len(lit.Elts) > 0 {
		return nil
	}
	star, begin := "*", lit.Pos()
	if src := p.SourceFrom(begin - 1); len(src) > 0 && src[0] == '&' {
		star = ""
		begin--
	}
	return check.Replace("Use the constructor", begin, lit.End(), star+syntax.Text(sel.X)+".NewExponentialBackOff()")
}

package directives

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/token"
	"path/filepath"
	"slices"
	"strings"

	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/advice"
	"github.com/retrygen/retrygen/internal/directive"
	"github.com/retrygen/retrygen/internal/policy"
	"github.com/retrygen/retrygen/internal/syntax"
)

// policyText is a constant text that the program parses as a policy.
type policyText struct {
	expr     ast.Expr
	text     string
	exact    bool // offsets in the text are offsets in the source
	policy   policy.Policy
	problems []policy.Problem
}

// readers are the functions that parse a text as a policy, in package retry.
var readers = []string{"ParsePolicy", "MustParsePolicy", "Policy.UnmarshalText"}

// policyTexts are the constant texts that the package parses as policies. Those of tests are left out: they are often wrong,
// or unwise, on purpose.
var policyTexts = check.Share(func(p *check.Pass) []*policyText {
	var list []*policyText
	if !importsRetry(p) {
		return nil
	}
	for cursor := range p.Inspector().Root().Preorder((*ast.CallExpr)(nil)) {
		call := cursor.Node().(*ast.CallExpr)
		name, ok := strings.CutPrefix(syntax.FullName(p.TypesInfo, call), directive.RetryPath+".")
		if !ok || !slices.Contains(readers, name) || len(call.Args) != 1 || p.InTest(call.Pos()) {
			continue
		}
		if t := readText(p, unconverted(p, call.Args[0])); t != nil {
			list = append(list, t)
		}
	}
	return list
})

func importsRetry(p *check.Pass) bool {
	for _, imported := range p.Pkg.Imports() {
		if imported.Path() == directive.RetryPath {
			return true
		}
	}
	return false
}

// unconverted returns what is converted to []byte.
func unconverted(p *check.Pass, e ast.Expr) ast.Expr {
	if call, ok := ast.Unparen(e).(*ast.CallExpr); ok && len(call.Args) == 1 && p.TypesInfo.Types[call.Fun].IsType() {
		return call.Args[0]
	}
	return e
}

// readText parses a constant text, nil for one that is not constant. The positions of a literal without escapes are those of
// its options, of anything else its own.
func readText(p *check.Pass, e ast.Expr) *policyText {
	value := p.TypesInfo.Types[e].Value
	if value == nil || value.Kind() != constant.String {
		return nil
	}
	t := &policyText{expr: e, text: constant.StringVal(value)}
	if lit, ok := ast.Unparen(e).(*ast.BasicLit); ok && len(lit.Value) == len(t.text)+2 && strings.Contains(lit.Value, t.text) {
		t.exact = true
		t.policy, t.problems = policy.ParseValue(t.text, int(lit.Pos())+1)
		return t
	}
	t.policy, t.problems = policy.ParseValue(t.text, 0)
	return t
}

// pos returns the position in the source of a position in the policy.
func (t *policyText) pos(pos int) token.Pos {
	if t.exact {
		return token.Pos(pos)
	}
	return t.expr.Pos()
}

// word returns the option at a position in the policy.
func (t *policyText) word(pos int) string {
	if t.exact {
		pos -= int(ast.Unparen(t.expr).Pos()) + 1
	}
	return strings.Fields(t.text[pos:])[0]
}

// reportMistakes reports what makes the program fail when it parses the text.
func (t *policyText) reportMistakes(p *check.Pass) {
	for _, problem := range t.problems {
		at := t.pos(problem.Pos)
		f := check.Finding{Pos: at, End: t.end(p, at), Message: problem.Text(func(pos int) string { return t.shown(p, pos) })}
		if t.exact {
			f.Fix = respell(p, directive.Problem{Pos: at, Misspelling: problem.Misspelling})
		}
		p.Report(f)
	}
}

// shown returns a position in the policy as messages show it.
func (t *policyText) shown(p *check.Pass, pos int) string {
	if !t.exact {
		return fmt.Sprintf("column %d of the text", pos+1)
	}
	at := p.Fset.Position(t.pos(pos))
	return fmt.Sprintf("%s:%d:%d", filepath.Base(at.Filename), at.Line, at.Column)
}

func (t *policyText) end(p *check.Pass, at token.Pos) token.Pos {
	if t.exact {
		return p.WordEnd(at)
	}
	return t.expr.End()
}

// reportAdvice reports what package advice remarks on the policy. What it does not say, a directive may say.
func (t *policyText) reportAdvice(p *check.Pass, id string) {
	if len(t.problems) > 0 {
		return
	}
	for _, r := range advice.By(id, advice.Subject{
		Policy: t.policy, Partial: true, Word: t.word, MaxWait: maxWait.Of(p), MaxRetries: maxRetries.Of(p),
	}) {
		at := t.pos(r.Pos)
		f := check.Finding{Pos: at, End: t.end(p, at), Message: r.Message, Subject: place{t, r.Pos}}
		if t.exact {
			f.Fix = fix(p, r.Fix)
		}
		p.Report(f)
	}
}

// place is an option of a text, for checks that have precedence over others.
type place struct {
	text *policyText
	pos  int
}

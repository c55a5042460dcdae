package funcs

import (
	"go/ast"
	"go/constant"
	"go/types"
	"regexp"
	"strings"

	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/directive"
	"github.com/retrygen/retrygen/internal/retries"
	"github.com/retrygen/retrygen/internal/syntax"
)

var _ = Checks.Add("RL204", rl204)

var repeatPattern = regexp.MustCompile(`^(?i:create|insert|send|charge|post|pay|append|publish|enqueue|transfer|register)([^a-z]|$)`)

// rl204 finds functions that are likely to do harm when they are called twice.
func rl204(p *check.Pass) {
	for _, fn := range p.Found.Funcs {
		if !retries.Retried(fn) || takesKey(fn) {
			continue
		}
		if repeatPattern.MatchString(fn.Name) {
			p.Reportf(nameOf(fn), "the name %s suggests that the task is not idempotent: a failed attempt may have had its effect; "+
				"make it idempotent, with a key that stays the same", fn.Name)
			continue
		}
		if fn.Decl != nil && fn.Decl.Body != nil {
			postsIn(p, fn.Decl.Body, fn.Name)
		}
	}
	p.WrapperCalls(func(_ *ast.FuncDecl, call *ast.CallExpr, callee *types.Func) {
		wrapped, _ := p.Wrapped(callee)
		if block, ok := p.Block(call).(*ast.FuncLit); ok && wrapped.Attempts != 1 {
			_, name, _ := strings.Cut(wrapped.Task, ".")
			postsIn(p, block.Body, name)
		}
	})
}

// nameOf returns the name in the declaration of a function or a function type.
func nameOf(fn *directive.Func) *ast.Ident {
	if fn.Type != nil {
		return fn.Type.Name
	}
	return fn.Decl.Name
}

// postsIn reports the POST requests in what is retried.
func postsIn(p *check.Pass, body *ast.BlockStmt, name string) {
	ast.Inspect(body, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok && posts(p, call) {
			p.Reportf(call, "each attempt of %s sends this POST again, though an earlier one may have been processed; add an idempotency key", name)
		}
		return true
	})
}

// takesKey reports whether a parameter is named like a key that makes calls idempotent.
func takesKey(fn *directive.Func) bool {
	for v := range fn.Sig.Params().Variables() {
		if strings.Contains(strings.ToLower(v.Name()), "idempot") {
			return true
		}
	}
	return false
}

// posts reports whether a call sends or makes a POST request.
func posts(p *check.Pass, call *ast.CallExpr) bool {
	switch syntax.FullName(p.TypesInfo, call) {
	case "net/http.Post", "net/http.PostForm", "net/http.Client.Post", "net/http.Client.PostForm":
		return true
	case "net/http.NewRequest", "net/http.NewRequestWithContext":
		for _, arg := range call.Args {
			if v := p.TypesInfo.Types[arg].Value; v != nil && v.Kind() == constant.String && constant.StringVal(v) == "POST" {
				return true
			}
		}
	}
	return false
}

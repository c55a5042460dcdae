package funcs

import (
	"go/ast"
	"go/types"

	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/directive"
	"github.com/retrygen/retrygen/internal/retries"
	"github.com/retrygen/retrygen/internal/retries/spent"
	"github.com/retrygen/retrygen/internal/syntax"
)

var _ = Checks.Add("RL203", rl203)

// rl203 finds what the first attempt uses up, so that the others get nothing: a parameter, a field of the receiver, an element
// of a parameter, a variable that a block captures.
func rl203(p *check.Pass) {
	for _, fn := range p.All() {
		if !retries.Retried(fn) {
			continue
		}
		byType := parametersUsedUp(p, fn)
		if fn.Decl != nil && fn.Decl.Body != nil && !p.Generated[fn.File] {
			a := &attempt{p, spent.Of(p.Pass), fn.Decl, fn.Decl.Body, fn.Name, byType}
			a.look()
		}
	}
	p.WrapperCalls(func(decl *ast.FuncDecl, call *ast.CallExpr, callee *types.Func) {
		wrapped, _ := p.Wrapped(callee)
		if block, ok := p.Block(call).(*ast.FuncLit); ok && wrapped.Attempts != 1 {
			a := &attempt{p, spent.Of(p.Pass), decl, block.Body, p.Called(callee), nil}
			a.look()
		}
		cannotRewind(p, decl, call, callee)
	})
}

// parametersUsedUp reports the parameters whose type says that they can be read once, and returns them.
func parametersUsedUp(p *check.Pass, fn *directive.Func) map[*types.Var]bool {
	reported := map[*types.Var]bool{}
	for v := range fn.Sig.Params().Variables() {
		what := consumable(v.Type())
		if what == "" {
			continue
		}
		pos := v.Pos()
		if !pos.IsValid() || p.FileOf(pos) == nil {
			pos = fn.Pos
		}
		reported[v] = true
		p.Report(check.Finding{Pos: pos, Message: "the first attempt of " + fn.Name + " uses up this " + what +
			", and the others get nothing; take something that can be read again, such as []byte or a function that opens it"})
	}
	return reported
}

// consumable names a type whose values can be read once. It is "" for any other type.
func consumable(t types.Type) string {
	switch u := types.Unalias(t).Underlying().(type) {
	case *types.Chan:
		if u.Dir() != types.SendOnly && carriesData(u) {
			return "channel"
		}
		return ""
	case *types.Interface:
		if syntax.ReadsBytes(t) && !syntax.HasMethod(t, "Seek") && !syntax.HasMethod(t, "RemoteAddr") {
			return types.TypeString(t, (*types.Package).Name)
		}
		return ""
	}
	for _, name := range []string{"*Reader", "*Scanner"} {
		if syntax.IsNamed(t, "bufio", name) {
			return "bufio." + name[1:]
		}
	}
	for _, name := range []string{"Seq", "Seq2"} {
		if syntax.IsNamed(t, "iter", name) {
			return "iter." + name
		}
	}
	return ""
}

// carriesData reports whether a channel carries values, rather than a signal or the time.
func carriesData(c *types.Chan) bool {
	if s, ok := c.Elem().Underlying().(*types.Struct); ok && s.NumFields() == 0 {
		return false
	}
	return !syntax.IsNamed(c.Elem(), "time", "Time")
}

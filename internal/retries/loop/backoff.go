package loop

import (
	"go/ast"
	"go/types"
	"regexp"
	"slices"

	"github.com/retrygen/retrygen/internal/syntax"
)

// waitsForBackoff reports whether a function is a method of a backoff that can do little but wait for the time before another attempt,
// and may report whether that is over: b.Wait().
func waitsForBackoff(fn *types.Func) bool {
	sig := fn.Signature()
	if sig.Recv() == nil || sig.Params().Len() > 0 || fn.Name() != "Wait" ||
		!backoffName.MatchString(types.TypeString(sig.Recv().Type(), nil)) {
		return false
	}
	return sig.Results().Len() == 0 || sig.Results().Len() == 1 && syntax.IsBool(sig.Results().At(0).Type())
}

// madeWithout reports whether the function makes something without a context and without the channel of one. Where it is not made here,
// it may have been made with one.
func (s *waiter) madeWithout(e ast.Expr) bool {
	v, ok := variableOf(s.info, e)
	if !ok || v.fields != "" {
		return false
	}
	made, ok := s.assigned(v.object).(*ast.CallExpr)
	return ok && syntax.ContextArg(s.info, made) == nil && !slices.ContainsFunc(made.Args, s.mayEndWith)
}

// mayEndWith reports whether an argument may be the channel of a context, or hold one: it is neither nil nor a number or text, nor a
// channel that the function makes.
func (s *waiter) mayEndWith(arg ast.Expr) bool {
	t := s.info.TypeOf(arg)
	if t == nil {
		return true
	}
	if _, basic := t.Underlying().(*types.Basic); basic || s.info.Types[arg].IsNil() {
		return false
	}
	id, ok := ast.Unparen(arg).(*ast.Ident)
	if _, isChannel := t.Underlying().(*types.Chan); !ok || !isChannel {
		return true
	}
	call, ok := s.assigned(s.info.ObjectOf(id)).(*ast.CallExpr)
	return !ok || !syntax.IsBuiltin(s.info, call, "make")
}

// assigned returns what the function assigns to a variable last, nil if that is not in sight.
func (s *waiter) assigned(object types.Object) (value ast.Expr) {
	if s.body == nil {
		return nil
	}
	ast.Inspect(s.body, func(n ast.Node) bool {
		if assign, ok := n.(*ast.AssignStmt); ok && len(assign.Lhs) == 1 && len(assign.Rhs) == 1 {
			if id, ok := assign.Lhs[0].(*ast.Ident); ok && s.info.ObjectOf(id) == object {
				value = ast.Unparen(assign.Rhs[0])
			}
		}
		return true
	})
	return value
}

// backoffName matches the names of types that say how long to wait before another attempt.
var backoffName = regexp.MustCompile(`(?i)back_?off\w*$`)

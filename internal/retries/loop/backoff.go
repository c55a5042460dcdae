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
	if !ok || v.fields != "" || s.body == nil {
		return false
	}
	without := false
	ast.Inspect(s.body, func(n ast.Node) bool {
		assign, ok := n.(*ast.AssignStmt)
		if !ok || len(assign.Lhs) != 1 || len(assign.Rhs) != 1 {
			return true
		}
		id, isName := assign.Lhs[0].(*ast.Ident)
		if !isName || s.info.ObjectOf(id) != v.object {
			return true
		}
		made, isCall := ast.Unparen(assign.Rhs[0]).(*ast.CallExpr)
		without = isCall && syntax.ContextArg(s.info, made) == nil && !slices.ContainsFunc(made.Args, func(arg ast.Expr) bool {
			return s.mayEndWith(arg)
		})
		return true
	})
	return without
}

// mayEndWith reports whether an argument may be the channel of a context, or hold one: anything but a number, and a channel that the
// function makes.
func (s *waiter) mayEndWith(arg ast.Expr) bool {
	if s.info.Types[arg].IsNil() {
		return false
	}
	t := s.info.TypeOf(arg)
	if t == nil {
		return true
	}
	if _, basic := t.Underlying().(*types.Basic); basic {
		return false
	}
	id, ok := ast.Unparen(arg).(*ast.Ident)
	if _, isChannel := t.Underlying().(*types.Chan); !ok || !isChannel {
		return true
	}
	made := false
	ast.Inspect(s.body, func(n ast.Node) bool {
		assign, ok := n.(*ast.AssignStmt)
		if ok && len(assign.Lhs) == 1 && len(assign.Rhs) == 1 {
			to, isName := assign.Lhs[0].(*ast.Ident)
			call, isCall := assign.Rhs[0].(*ast.CallExpr)
			made = made || isName && isCall && s.info.ObjectOf(to) == s.info.ObjectOf(id) && syntax.IsBuiltin(s.info, call, "make")
		}
		return true
	})
	return !made
}

// backoffName matches the names of types that say how long to wait before another attempt.
var backoffName = regexp.MustCompile(`(?i)back_?off\w*$`)

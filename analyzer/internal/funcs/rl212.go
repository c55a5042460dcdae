package funcs

import (
	"go/ast"
	"go/types"

	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/directive"
	"github.com/retrygen/retrygen/internal/syntax"
)

var _ = Checks.Add("RL212", rl212)

// rl212 finds remote tasks that read values of their context, which stay in the caller's process.
func rl212(p *check.Pass) {
	v := valueReads{Pass: p, decls: map[*types.Func]*ast.FuncDecl{}, seen: map[*types.Func]bool{}}
	for decl := range p.Functions {
		if fn := p.Func(decl); fn != nil {
			v.decls[fn] = decl
		}
	}
	for _, fn := range p.Found.Funcs {
		if fn.Remote == nil || fn.Decl == nil || fn.Decl.Body == nil || fn.Context < 0 {
			continue
		}
		clear(v.seen)
		v.look(fn, fn.Decl, fn.Context)
	}
}

// valueReads looks for reads of values of a task's context.
type valueReads struct {
	*check.Pass
	decls map[*types.Func]*ast.FuncDecl // of this package
	seen  map[*types.Func]bool
}

// look reports the reads in a function of the package that gets the task's context as its ith parameter, and in those that
// it passes the context on to.
func (v *valueReads) look(task *directive.Func, decl *ast.FuncDecl, i int) {
	object := v.Func(decl)
	if v.seen[object] || i >= object.Signature().Params().Len() {
		return
	}
	v.seen[object] = true
	ctx := v.sameContext(decl.Body, object.Signature().Params().At(i))
	ast.Inspect(decl.Body, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok && sel.Sel.Name == "Value" && v.isAny(sel.X, ctx) {
			v.Reportf(call, "%s is made in other processes, where its context does not have this value of the caller's; "+
				"make it a parameter, or a field of the worker's receiver", task.Name)
			return true
		}
		callee := syntax.Callee(v.TypesInfo, call)
		for n, arg := range call.Args {
			if next := v.decls[callee]; next != nil && v.isAny(arg, ctx) {
				v.look(task, next, n)
			}
		}
		return true
	})
}

// sameContext returns a context and the variables with its values: those that package context derives from it without
// adding one.
func (v *valueReads) sameContext(body *ast.BlockStmt, ctx *types.Var) map[types.Object]bool {
	same := map[types.Object]bool{ctx: true}
	ast.Inspect(body, func(n ast.Node) bool {
		assign, ok := n.(*ast.AssignStmt)
		if !ok || len(assign.Rhs) != 1 {
			return true
		}
		left, isName := assign.Lhs[0].(*ast.Ident)
		if call, ok := ast.Unparen(assign.Rhs[0]).(*ast.CallExpr); ok && isName && len(call.Args) > 0 && v.isAny(call.Args[0], same) {
			if object := v.TypesInfo.ObjectOf(left); object != nil {
				same[object] = derives(syntax.FullName(v.TypesInfo, call))
			}
		}
		return true
	})
	return same
}

// derives reports whether a function of package context returns a context with the values of its parent.
func derives(name string) bool {
	switch name {
	case "context.WithCancel", "context.WithCancelCause", "context.WithTimeout", "context.WithTimeoutCause",
		"context.WithDeadline", "context.WithDeadlineCause", "context.WithoutCancel":
		return true
	}
	return false
}

func (v *valueReads) isAny(e ast.Expr, variables map[types.Object]bool) bool {
	id, ok := ast.Unparen(e).(*ast.Ident)
	return ok && variables[v.TypesInfo.Uses[id]]
}

package check

import (
	"go/ast"
	"go/types"
	"regexp"

	"golang.org/x/tools/go/ast/inspector"

	"github.com/retrygen/retrygen/internal/syntax"
)

// WaitsFor reports whether the function that has a context as a parameter waits for a function literal in it: the context is that of
// the literal's caller too.
func (p *Pass) WaitsFor(function ast.Node, ctx types.Object) bool {
	lit, ok := function.(*ast.FuncLit)
	return ok && (p.helpsCaller(lit, ctx) || p.answersCaller(lit, ctx))
}

// helpsCaller reports whether a function literal is only called where it is declared, in a function that is passed a context.
func (p *Pass) helpsCaller(lit *ast.FuncLit, ctx types.Object) bool {
	around := calledInPlace.Of(p)[lit]
	if around == nil {
		return false
	}
	signature, _ := syntax.FuncParts(around)
	return syntax.Contains(signature.Params, ctx.Pos())
}

// calledInPlace are the function literals that variables hold which are assigned once, and only called, by the function that declares
// them itself: none is started as a goroutine, deferred, passed to anything, or called from another function literal. The value is that
// function, which waits for them.
//
//	retry := func(try func() error) error { … }
//	return retry(func() error { return dial(ctx) })
var calledInPlace = Share(func(p *Pass) map[*ast.FuncLit]ast.Node {
	literals := declaredLiterals(p)
	around, calls, uses := map[*ast.FuncLit]ast.Node{}, map[types.Object]int{}, map[types.Object]int{}
	for cursor := range p.Inspector().Root().Preorder((*ast.FuncLit)(nil), (*ast.CallExpr)(nil)) {
		switch n := cursor.Node().(type) {
		case *ast.FuncLit:
			around[n] = syntax.EnclosingFunc(cursor.Parent())
		case *ast.CallExpr:
			id, ok := ast.Unparen(n.Fun).(*ast.Ident)
			lit := literals[p.TypesInfo.Uses[id]]
			if ok && lit != nil && !startsLater(cursor) && syntax.EnclosingFunc(cursor) == around[lit] {
				calls[p.TypesInfo.Uses[id]]++
			}
		}
	}
	for _, object := range p.TypesInfo.Uses {
		uses[object]++
	}
	set := map[*ast.FuncLit]ast.Node{}
	for v, lit := range literals {
		if calls[v] > 0 && calls[v] == uses[v] { // what assigns to it uses it too
			set[lit] = around[lit]
		}
	}
	return set
})

// declaredLiterals are the function literals that local variables are declared with.
func declaredLiterals(p *Pass) map[types.Object]*ast.FuncLit {
	literals := map[types.Object]*ast.FuncLit{}
	add := func(target, value ast.Expr) {
		id, isID := target.(*ast.Ident)
		lit, isLit := ast.Unparen(value).(*ast.FuncLit)
		if !isID || !isLit {
			return
		}
		if v := p.TypesInfo.Defs[id]; v != nil && v.Parent() != p.Pkg.Scope() {
			literals[v] = lit
		}
	}
	for cursor := range p.Inspector().Root().Preorder((*ast.AssignStmt)(nil), (*ast.ValueSpec)(nil)) {
		switch n := cursor.Node().(type) {
		case *ast.AssignStmt:
			for i := range min(len(n.Lhs), len(n.Rhs)) {
				add(n.Lhs[i], n.Rhs[i])
			}
		case *ast.ValueSpec:
			for i := range min(len(n.Names), len(n.Values)) {
				add(n.Names[i], n.Values[i])
			}
		}
	}
	return literals
}

// startsLater reports whether a call is that of a go or a defer statement.
func startsLater(call inspector.Cursor) bool {
	switch call.Parent().Node().(type) {
	case *ast.GoStmt, *ast.DeferStmt:
		return true
	}
	return false
}

// laterCalls matches the names of functions that keep what they are passed, to call it later.
var laterCalls = regexp.MustCompile(
	`^(?i:add|append|register|handle|on|schedule|subscribe|every|defer|enqueue|submit|push|set|hook|start|spawn)([^a-z]|$)`)

// keepsForLater reports whether the error of a call may say no more than that the function it was passed was not taken:
//
//	err := cron.AddFunc("@daily", func() error { … })
func keepsForLater(p *Pass, call *ast.CallExpr) bool {
	fn := syntax.Callee(p.TypesInfo, call)
	return fn != nil && laterCalls.MatchString(fn.Name())
}

// answersCaller reports whether a function literal is passed to a call, both return an error, and the function around them is passed a
// context: what may tell of the literal's failure has waited for it.
//
//	return cache.Create(name, func() error { … })
func (p *Pass) answersCaller(lit *ast.FuncLit, ctx types.Object) bool {
	if !p.IsParameter(ctx) || !syntax.MayFail(p.TypesInfo.TypeOf(lit)) {
		return false
	}
	found, ok := p.Around(lit.Pos()).FindByPos(lit.Pos(), lit.End())
	if !ok {
		return false
	}
	call, ok := found.Parent().Node().(*ast.CallExpr)
	if !ok || call.Fun == lit || !syntax.ReturnsError(p.TypesInfo, call) || startsLater(found.Parent()) || keepsForLater(p, call) {
		return false
	}
	signature, _ := syntax.FuncParts(syntax.EnclosingFunc(found.Parent()))
	return syntax.Contains(signature.Params, ctx.Pos())
}

package loops

import (
	"go/ast"
	"go/types"
	"regexp"

	"golang.org/x/tools/go/ast/inspector"

	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/syntax"
)

// calledInPlace are the function literals that variables hold which are assigned once, and only called, by the function that declares
// them itself: none is started as a goroutine, deferred, passed to anything, or called from another function literal. The value is that
// function, which waits for them.
//
//	retry := func(try func() error) error { … }
//	return retry(func() error { return dial(ctx) })
var calledInPlace = check.Share(func(p *check.Pass) map[*ast.FuncLit]ast.Node {
	literals := map[types.Object]*ast.FuncLit{}
	for v, list := range assignments.Of(p) {
		if len(list) != 1 || list[0].value == nil || v.Parent() == p.Pkg.Scope() {
			continue
		}
		if lit, ok := ast.Unparen(list[0].value).(*ast.FuncLit); ok {
			literals[v] = lit
		}
	}
	around, calls := map[*ast.FuncLit]ast.Node{}, map[types.Object]int{}
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
	set := map[*ast.FuncLit]ast.Node{}
	for v, lit := range literals {
		if calls[v] > 0 && calls[v] == len(variableUses.Of(p)[v]) {
			set[lit] = around[lit]
		}
	}
	return set
})

// startsLater reports whether a call is that of a go or a defer statement.
func startsLater(call inspector.Cursor) bool {
	switch call.Parent().Node().(type) {
	case *ast.GoStmt, *ast.DeferStmt:
		return true
	}
	return false
}

// helpsCaller reports whether a loop is in a function literal that is only called where it is declared, in a function that is passed a
// context: the caller waits for it.
func helpsCaller(p *check.Pass, function ast.Node, ctx types.Object) bool {
	lit, ok := function.(*ast.FuncLit)
	if !ok {
		return false
	}
	around := calledInPlace.Of(p)[lit]
	if around == nil {
		return false
	}
	signature, _ := syntax.FuncParts(around)
	return syntax.Contains(signature.Params, ctx.Pos())
}

// laterCalls matches the names of functions that keep what they are passed, to call it later.
var laterCalls = regexp.MustCompile(
	`^(?i:add|append|register|handle|on|schedule|subscribe|every|defer|enqueue|submit|push|set|hook|start|spawn)([^a-z]|$)`)

// keepsForLater reports whether the error of a call may say no more than that the function it was passed was not taken:
//
//	err := cron.AddFunc("@daily", func() error { … })
func keepsForLater(p *check.Pass, call *ast.CallExpr) bool {
	fn := syntax.Callee(p.TypesInfo, call)
	return fn != nil && laterCalls.MatchString(fn.Name())
}

// answersCaller reports whether a loop is in a function literal that is passed to a call, both return an error, and the function around
// them is passed a context: what may tell of the loop's failure has waited for the loop.
//
//	return cache.Create(name, func() error { … })
func answersCaller(p *check.Pass, function ast.Node, ctx types.Object) bool {
	lit, ok := function.(*ast.FuncLit)
	if !ok || !p.IsParameter(ctx) || !syntax.MayFail(p.TypesInfo.TypeOf(lit)) {
		return false
	}
	at := p.Around(lit.Pos())
	found, ok := at.FindByPos(lit.Pos(), lit.End())
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

package libs

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"regexp"

	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/syntax"
)

// retriesOwnErrors reports whether the predicate of a library's call, or a loop, knows the errors that are worth a retry by values or
// types of this package: what the function has made of an answer, such as errNotAttachedYet. The errors of a client are none of them.
func retriesOwnErrors(p *check.Pass, node ast.Node) bool {
	switch node.(type) {
	case *ast.ForStmt, *ast.RangeStmt:
		return leavesUnlessOwn(p, node)
	}
	call := libCallAt.Of(p)[node]
	if call == nil {
		return false
	}
	predicate := predicateOf(p, call)
	if predicate == nil {
		return false
	}
	body := bodyOf(p, predicate)
	return asksForOwn(p, body) || asksForCodes(p, body)
}

// passing matches the names and codes of errors after which clients try again by themselves.
var passing = regexp.MustCompile(`(?i)throttl|time_?d?_?out|unavail|internal|slow|limit|too_?many|busy|reset|` +
	`transient|temporar|retr[iy]able`)

// codeName matches the names of what returns the code of an error: ErrorCode.
var codeName = regexp.MustCompile(`(?i)code$`)

// asksForCodes reports whether a predicate compares the code of an error with texts, after none of which a client tries again: the
// retries wait until something that has been made can be seen.
func asksForCodes(p *check.Pass, body *ast.BlockStmt) bool {
	if body == nil {
		return false
	}
	codes, named, other := false, false, false
	ast.Inspect(body, func(n ast.Node) bool {
		if e, ok := n.(ast.Expr); ok {
			if value := p.TypesInfo.Types[e].Value; value != nil && value.Kind() == constant.String {
				codes = true
				other = other || passing.MatchString(constant.StringVal(value))
			}
		}
		if id, ok := n.(*ast.Ident); ok {
			named = named || codeName.MatchString(id.Name)
			other = other || passing.MatchString(id.Name)
		}
		return true
	})
	return codes && named && !other
}

// libCallAt holds the calls that make libraries retry by their nodes.
var libCallAt = check.Share(func(p *check.Pass) map[ast.Node]*libCall {
	calls := map[ast.Node]*libCall{}
	for _, call := range libCalls.Of(p) {
		calls[call.CallExpr] = call
	}
	return calls
})

// asksForOwn reports whether all that a predicate asks is whether an error is one of some values of this package.
func asksForOwn(p *check.Pass, body *ast.BlockStmt) bool {
	if body == nil {
		return false
	}
	own, other := false, false
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BinaryExpr:
			if n.Op == token.EQL || n.Op == token.NEQ {
				own = own || isOwn(p, n.X) || isOwn(p, n.Y)
			}
		case *ast.CallExpr:
			if syntax.FullName(p.TypesInfo, n) == "errors.Is" && isOwn(p, n.Args[1]) {
				own = true
				return false
			}
			other = true
		}
		return true
	})
	return own && !other
}

// isOwn reports whether an expression is an error that a variable of this package holds, and no parameter.
func isOwn(p *check.Pass, e ast.Expr) bool {
	id, ok := ast.Unparen(e).(*ast.Ident)
	if !ok {
		return false
	}
	v, ok := p.TypesInfo.Uses[id].(*types.Var)
	return ok && v.Pkg() == p.Pkg && !p.IsParameter(v) && syntax.IsError(v.Type())
}

// leavesUnlessOwn reports whether a loop returns all errors but those of a type of this package:
//
//	if part, ok := err.(*errReading); ok { … } else { return err }
func leavesUnlessOwn(p *check.Pass, loop ast.Node) bool {
	found := false
	syntax.InspectOwn(loop, func(n ast.Node) {
		stmt, ok := n.(*ast.IfStmt)
		if !ok || !asksForOwnType(p, stmt) {
			return
		}
		block, _ := stmt.Else.(*ast.BlockStmt)
		if not, ok := ast.Unparen(stmt.Cond).(*ast.UnaryExpr); ok && not.Op == token.NOT {
			block = stmt.Body
		}
		found = found || block != nil && len(block.List) > 0 && returns(block.List[len(block.List)-1])
	})
	return found
}

func returns(stmt ast.Stmt) bool {
	_, ok := stmt.(*ast.ReturnStmt)
	return ok
}

// asksForOwnType reports whether an if statement asks whether an error is of a type of this package: by an assertion before its
// condition, or by errors.As or errors.AsType.
func asksForOwnType(p *check.Pass, stmt *ast.IfStmt) bool {
	if assign, ok := stmt.Init.(*ast.AssignStmt); ok && len(assign.Rhs) == 1 {
		switch asked := ast.Unparen(assign.Rhs[0]).(type) {
		case *ast.TypeAssertExpr:
			return asked.Type != nil && isOwnError(p, p.TypesInfo.TypeOf(asked.Type))
		case *ast.CallExpr:
			results, ok := p.TypesInfo.TypeOf(asked).(*types.Tuple)
			return ok && syntax.FullName(p.TypesInfo, asked) == "errors.AsType" && isOwnError(p, results.At(0).Type())
		}
		return false
	}
	cond := ast.Unparen(stmt.Cond)
	if not, ok := cond.(*ast.UnaryExpr); ok && not.Op == token.NOT {
		cond = ast.Unparen(not.X)
	}
	call, ok := cond.(*ast.CallExpr)
	if !ok || syntax.FullName(p.TypesInfo, call) != "errors.As" || len(call.Args) != 2 {
		return false
	}
	target, ok := p.TypesInfo.TypeOf(call.Args[1]).(*types.Pointer)
	return ok && isOwnError(p, target.Elem())
}

// isOwnError reports whether a type is an error that this package declares.
func isOwnError(p *check.Pass, t types.Type) bool {
	if !syntax.IsError(t) {
		return false
	}
	if pointer, ok := t.(*types.Pointer); ok {
		t = pointer.Elem()
	}
	named, ok := types.Unalias(t).(*types.Named)
	return ok && named.Obj().Pkg() == p.Pkg
}

package loops

import (
	"go/ast"
	"strings"

	"github.com/retrygen/retrygen/internal/syntax"
)

// never reports whether a call does not return: it panics, ends the process, or ends a test.
func (r *reader) never(call *ast.CallExpr) bool {
	if syntax.IsBuiltin(r.Info, call, "panic") {
		return true
	}
	name := syntax.FullName(r.Info, call)
	switch name {
	case "os.Exit", "runtime.Goexit":
		return true
	}
	of, method, _ := strings.Cut(name, ".")
	_, method, found := strings.Cut(method, ".")
	if !found {
		method = name[strings.LastIndexByte(name, '.')+1:]
	}
	switch of {
	case "log":
		return strings.HasPrefix(method, "Fatal") || strings.HasPrefix(method, "Panic")
	case "testing":
		return strings.HasPrefix(method, "Fatal") || strings.HasPrefix(method, "Skip") && method != "Skipped" || method == "FailNow"
	}
	return false
}

// isNever reports whether a statement is a call that does not return.
func (r *reader) isNever(stmt ast.Stmt) bool {
	e, ok := stmt.(*ast.ExprStmt)
	if !ok {
		return false
	}
	call, ok := e.X.(*ast.CallExpr)
	return ok && r.never(call)
}

// returns reports whether statements do nothing but go on to a return.
func returns(list []ast.Stmt) bool {
	for i, stmt := range list {
		switch stmt.(type) {
		case *ast.ReturnStmt:
			return i == len(list)-1
		case *ast.ExprStmt, *ast.AssignStmt, *ast.DeclStmt, *ast.DeferStmt:
		default:
			return false
		}
	}
	return false
}

package syntax

import (
	"go/ast"
	"go/types"
	"regexp"
	"strings"

	"golang.org/x/tools/go/types/typeutil"
)

// Callee returns the declared function or method that a call calls, nil for anything else.
func Callee(info *types.Info, call *ast.CallExpr) *types.Func {
	fn, _ := typeutil.Callee(info, call).(*types.Func)
	return fn
}

// FullName returns "path.Func" or "path.Type.Method" for the callee of a call, "" if it has no name. What golang.org/x/net/context has
// is named as that of package context, which it stands for.
func FullName(info *types.Info, call *ast.CallExpr) string {
	fn, _ := typeutil.Callee(info, call).(*types.Func)
	if fn == nil || fn.Pkg() == nil {
		return ""
	}
	path := fn.Pkg().Path()
	if path == "golang.org/x/net/context" {
		path = "context"
	}
	return path + "." + Qualified(fn)
}

// Qualified returns "Func" or "Type.Method".
func Qualified(fn *types.Func) string {
	recv := fn.Signature().Recv()
	if recv == nil {
		return fn.Name()
	}
	t := types.Unalias(recv.Type())
	if p, ok := t.(*types.Pointer); ok {
		t = types.Unalias(p.Elem())
	}
	if named, ok := t.(*types.Named); ok {
		return named.Obj().Name() + "." + fn.Name()
	}
	return fn.Name()
}

var versionPattern = regexp.MustCompile(`^v[0-9]+$`)

// Unversioned returns an import path without its major version, and the version, 1 if there is none.
func Unversioned(path string) (string, int) {
	at := strings.LastIndexByte(path, '/')
	if at < 0 || !versionPattern.MatchString(path[at+1:]) {
		return path, 1
	}
	major := 0
	for _, c := range path[at+2:] {
		major = 10*major + int(c-'0')
	}
	return path[:at], major
}

// Text returns the source of an expression.
func Text(e ast.Expr) string { return types.ExprString(e) }

// Identifiers returns the names in an expression, separated by spaces.
func Identifiers(e ast.Expr) string {
	var names []string
	ast.Inspect(e, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			names = append(names, id.Name)
		}
		return true
	})
	return strings.Join(names, " ")
}

// IsBuiltin reports whether a call calls a builtin function of a name.
func IsBuiltin(info *types.Info, call *ast.CallExpr, name string) bool {
	builtin, ok := typeutil.Callee(info, call).(*types.Builtin)
	return ok && builtin.Name() == name
}

// NameSet returns a set of names.
func NameSet(names ...string) map[string]bool {
	m := map[string]bool{}
	for _, name := range names {
		m[name] = true
	}
	return m
}

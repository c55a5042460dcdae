package analyzer

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"github.com/retrygen/retrygen/internal/syntax"
	"golang.org/x/tools/go/types/typeutil"
)

// consumed is RL403: a request or a reader that is made outside of what is retried, and used up by its first attempt.
func (r *reporter) consumed(function ast.Node, retried *ast.BlockStmt) {
	_, body := syntax.FuncParts(function)
	ast.Inspect(retried, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		for i, arg := range call.Args {
			id, ok := ast.Unparen(arg).(*ast.Ident)
			if !ok {
				continue
			}
			v, ok := r.TypesInfo.Uses[id].(*types.Var)
			if !ok || v.Parent() == r.Pkg.Scope() || retried.Pos() <= v.Pos() && v.Pos() < retried.End() || syntax.Writes(r.TypesInfo, retried, v) {
				continue
			}
			switch {
			case syntax.IsNamed(v.Type(), "net/http", "*Request"):
				if sends(r.TypesInfo, call) && r.hasBody(body, v, call.Pos()) && !r.rewound(retried, v) {
					r.report(finding{id: "RL403", pos: id.Pos(), end: id.End(), message: fmt.Sprintf(
						"the first attempt uses up the body of %s, and the others send none; make the request inside, or rewind it with GetBody", id.Name)})
				}
			case readOnce(v.Type()) && takesReader(r.TypesInfo, call, i):
				if !r.rewound(retried, v) {
					r.report(finding{id: "RL403", pos: id.Pos(), end: id.End(), message: fmt.Sprintf(
						"the first attempt reads %s to its end, and the others read nothing; make it inside, or rewind it first", id.Name)})
				}
			}
		}
		return true
	})
}

// sends reports whether a call sends a request: a method Do or RoundTrip.
func sends(info *types.Info, call *ast.CallExpr) bool {
	fn, _ := typeutil.Callee(info, call).(*types.Func)
	if fn == nil || fn.Pkg() == nil || fn.Pkg().Path() == retryablePath {
		return false
	}
	return fn.Name() == "Do" || fn.Name() == "RoundTrip"
}

// hasBody reports whether a request is made, in sight and before its use, with a body.
func (r *reporter) hasBody(function *ast.BlockStmt, v *types.Var, before token.Pos) bool {
	found := false
	ast.Inspect(function, func(n ast.Node) bool {
		assign, ok := n.(*ast.AssignStmt)
		if !ok || assign.Pos() > before || len(assign.Rhs) != 1 {
			return true
		}
		id, ok := assign.Lhs[0].(*ast.Ident)
		if !ok || r.TypesInfo.ObjectOf(id) != v {
			return true
		}
		found = false
		call, ok := assign.Rhs[0].(*ast.CallExpr)
		if !ok {
			return true
		}
		switch syntax.FullName(r.TypesInfo, call) {
		case "net/http.NewRequest", "net/http.NewRequestWithContext":
			reader := call.Args[len(call.Args)-1]
			found = !r.TypesInfo.Types[reader].IsNil() && !strings.HasSuffix(syntax.Text(reader), "NoBody")
			if id, ok := ast.Unparen(reader).(*ast.Ident); ok && found {
				// A variable that may be nil, or is nothing but an io.Reader, says too little.
				t := r.TypesInfo.TypeOf(id)
				found = t != nil && !types.IsInterface(t)
			}
		}
		return true
	})
	return found
}

// rewound reports whether the code that is retried does something about a request or a reader: it seeks, resets, gets
// the body again, or sets it.
func (r *reporter) rewound(retried *ast.BlockStmt, v *types.Var) bool {
	found := false
	ast.Inspect(retried, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		if !ok || !syntax.Mentions(r.TypesInfo, sel.X, v) {
			return true
		}
		switch sel.Sel.Name {
		case "Seek", "Reset", "GetBody", "Body", "Rewind", "Bytes", "String":
			found = true
		}
		return !found
	})
	return found
}

// readOnce reports whether a value is a reader that ends.
func readOnce(t types.Type) bool {
	return syntax.IsNamed(t, "bytes", "*Buffer") || syntax.IsNamed(t, "bytes", "*Reader") || syntax.IsNamed(t, "strings", "*Reader") || syntax.IsNamed(t, "io", "Reader") || syntax.IsNamed(t, "io", "ReadCloser") || syntax.IsNamed(t, "os", "*File")
}

// takesReader reports whether a parameter is a reader that the function is likely to read to its end: not one of the
// packages that read piece by piece.
func takesReader(info *types.Info, call *ast.CallExpr, at int) bool {
	fn, _ := typeutil.Callee(info, call).(*types.Func)
	if fn == nil || fn.Pkg() == nil {
		return false
	}
	path := fn.Pkg().Path()
	if path == "io" && fn.Name() != "ReadAll" && fn.Name() != "Copy" || path == "bufio" || path == "fmt" ||
		strings.HasPrefix(path, "encoding/") || strings.HasPrefix(path, "compress/") || strings.HasPrefix(path, "archive/") {
		return false
	}
	params := fn.Signature().Params()
	if at >= params.Len() || fn.Signature().Variadic() && at >= params.Len()-1 {
		return false
	}
	t := params.At(at).Type()
	return types.IsInterface(t) && syntax.HasMethod(t, "Read") && !syntax.HasMethod(t, "Write") && !syntax.HasMethod(t, "Seek")
}

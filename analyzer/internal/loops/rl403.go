package loops

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"golang.org/x/tools/go/types/typeutil"

	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/retries/library"
	"github.com/retrygen/retrygen/internal/syntax"
)

var _ = Checks.Add("RL403", rl403)

// rl403 finds requests and readers that are made outside of what is retried, and used up by its first attempt. A loop
// retries its body, a library the function literals that it is given.
func rl403(p *check.Pass) {
	for _, l := range retryLoops.Of(p) {
		if l.Body != nil {
			consumed(p, l.Function, l.Body)
		}
	}
	if !p.Followed() {
		return
	}
	for cursor := range p.Inspector().Root().Preorder((*ast.CallExpr)(nil)) {
		call := cursor.Node().(*ast.CallExpr)
		name, _ := library.Entry(syntax.Callee(p.TypesInfo, call))
		function := syntax.EnclosingFunc(cursor)
		if name == "" || function == nil {
			continue
		}
		for _, arg := range call.Args {
			if lit, ok := ast.Unparen(arg).(*ast.FuncLit); ok {
				consumed(p, function, lit.Body)
			}
		}
	}
}

// consumed looks at the calls in code that is retried.
func consumed(p *check.Pass, function ast.Node, retried *ast.BlockStmt) {
	_, body := syntax.FuncParts(function)
	ast.Inspect(retried, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			for i, arg := range call.Args {
				if id, ok := ast.Unparen(arg).(*ast.Ident); ok {
					consumedBy(p, call, i, id, body, retried)
				}
			}
		}
		return true
	})
}

// consumedBy reports an argument of a call that the call uses up.
func consumedBy(p *check.Pass, call *ast.CallExpr, i int, id *ast.Ident, body, retried *ast.BlockStmt) {
	v, ok := p.TypesInfo.Uses[id].(*types.Var)
	if !ok || v.Parent() == p.Pkg.Scope() || retried.Pos() <= v.Pos() && v.Pos() < retried.End() || syntax.Writes(p.TypesInfo, retried, v) {
		return
	}
	switch {
	case syntax.IsNamed(v.Type(), "net/http", "*Request"):
		if sends(p.TypesInfo, call) && hasBody(p, body, v, call.Pos()) && !rewound(p, retried, v) {
			p.Reportf(id, "the first attempt uses up the body of %s, and the others send none; "+
				"make the request inside, or rewind it with GetBody", id.Name)
		}
	case readOnce(v.Type()) && takesReader(p.TypesInfo, call, i):
		if !rewound(p, retried, v) {
			p.Reportf(id, "the first attempt reads %s to its end, and the others read nothing; make it inside, or rewind it first", id.Name)
		}
	}
}

// sends reports whether a call sends a request: a method Do or RoundTrip.
func sends(info *types.Info, call *ast.CallExpr) bool {
	fn, _ := typeutil.Callee(info, call).(*types.Func)
	if fn == nil || fn.Pkg() == nil || fn.Pkg().Path() == library.Retryable {
		return false
	}
	return fn.Name() == "Do" || fn.Name() == "RoundTrip"
}

// hasBody reports whether a request is made, in sight and before its use, with a body.
func hasBody(p *check.Pass, function *ast.BlockStmt, v *types.Var, before token.Pos) bool {
	found := false
	ast.Inspect(function, func(n ast.Node) bool {
		assign, ok := n.(*ast.AssignStmt)
		if !ok || assign.Pos() > before || len(assign.Rhs) != 1 {
			return true
		}
		id, ok := assign.Lhs[0].(*ast.Ident)
		if !ok || p.TypesInfo.ObjectOf(id) != v {
			return true
		}
		found = false
		call, ok := assign.Rhs[0].(*ast.CallExpr)
		if !ok {
			return true
		}
		switch syntax.FullName(p.TypesInfo, call) {
		case "net/http.NewRequest", "net/http.NewRequestWithContext":
			reader := call.Args[len(call.Args)-1]
			found = !p.TypesInfo.Types[reader].IsNil() && !strings.HasSuffix(syntax.Text(reader), "NoBody")
			if id, ok := ast.Unparen(reader).(*ast.Ident); ok && found {
				// A variable that may be nil, or is nothing but an io.Reader, says too little.
				t := p.TypesInfo.TypeOf(id)
				found = t != nil && !types.IsInterface(t)
			}
		}
		return true
	})
	return found
}

// rewound reports whether the code that is retried does something about a request or a reader: it seeks, resets, gets
// the body again, or sets it.
func rewound(p *check.Pass, retried *ast.BlockStmt, v *types.Var) bool {
	found := false
	ast.Inspect(retried, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		if !ok || !syntax.Mentions(p.TypesInfo, sel.X, v) {
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
	return syntax.IsNamed(t, "bytes", "*Buffer") || syntax.IsNamed(t, "bytes", "*Reader") || syntax.IsNamed(t, "strings", "*Reader") ||
		syntax.IsNamed(t, "io", "Reader") || syntax.IsNamed(t, "io", "ReadCloser") || syntax.IsNamed(t, "os", "*File")
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

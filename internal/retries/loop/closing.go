package loop

import (
	"go/ast"
	"regexp"
	"slices"

	"github.com/retrygen/retrygen/internal/syntax"
)

// reads matches the functions that read a body and leave it open, and those that only print.
var reads = regexp.MustCompile(
	`(?i)\b(ReadAll|Copy|CopyN|NewDecoder|NewReader|LimitReader|NewScanner|Read|Decode)$|log|print|debug|info|warn|error|trace`)

// judges matches the names of functions that look whether a response is good.
var judges = regexp.MustCompile(`(?i)^(is|has|should|can|must|check|valid|verif|inspect)|validat`)

// mayClose reports whether a call that is passed a response may close it: it does more than to read or to judge it. The functions
// of this package are known by their bodies.
func (f *function) mayClose(call *ast.CallExpr) bool {
	fn := syntax.Callee(f.info, call)
	if fn != nil && f.bodies[fn.Origin()] != nil {
		return f.closesParam(f.bodies[fn.Origin()])
	}
	if reads.MatchString(syntax.Text(call.Fun)) {
		return false
	}
	if fn != nil {
		return !judges.MatchString(fn.Name())
	}
	v, ok := variableOf(f.info, call.Fun)
	return !ok || !judges.MatchString(v.name())
}

// closesParam reports whether a function may close the response that is its parameter, or keep it: it closes something, returns it,
// or passes it on.
func (f *function) closesParam(decl *ast.FuncDecl) bool {
	found := false
	ast.Inspect(decl.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			found = found || closers.MatchString(syntax.Text(n.Fun)) || !reads.MatchString(syntax.Text(n.Fun)) && f.passesResponse(n.Args)
		case *ast.ReturnStmt:
			found = found || f.passesResponse(n.Results)
		case *ast.AssignStmt:
			found = found || f.passesResponse(n.Rhs)
		case *ast.CompositeLit:
			for _, e := range n.Elts {
				found = found || f.passesResponse([]ast.Expr{elementOf(e)})
			}
		}
		return !found
	})
	return found
}

// passesResponse reports whether an expression of a list is a response, or the body of one.
func (f *function) passesResponse(list []ast.Expr) bool {
	for _, e := range list {
		if sel, ok := ast.Unparen(e).(*ast.SelectorExpr); ok && sel.Sel.Name == "Body" {
			e = sel.X
		}
		if t := f.info.TypeOf(e); t != nil && syntax.IsNamed(t, "net/http", "*Response") {
			_, named := variableOf(f.info, e)
			return named
		}
	}
	return false
}

// passes reports whether a variable is an argument of a call.
func (f *function) passes(call *ast.CallExpr, v *ast.Ident) bool {
	return slices.ContainsFunc(call.Args, func(arg ast.Expr) bool {
		id, ok := ast.Unparen(arg).(*ast.Ident)
		return ok && f.info.Uses[id] != nil && f.info.Uses[id] == f.info.Uses[v]
	})
}

// closesIn reports whether a call is of a function of this package that closes something by itself.
func (f *function) closesIn(call *ast.CallExpr) bool {
	fn := syntax.Callee(f.info, call)
	if fn == nil || f.bodies[fn.Origin()] == nil {
		return false
	}
	found := false
	ast.Inspect(f.bodies[fn.Origin()].Body, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		found = found || ok && closers.MatchString(syntax.Text(call.Fun))
		return !found
	})
	return found
}

package spent

import (
	"go/ast"
	"go/types"
	"slices"
	"strings"

	"github.com/retrygen/retrygen/internal/syntax"
)

// Body says whether a request has a body, or whether a reader has anything to read.
type Body int

// What may be known of a body.
const (
	NoBody  Body = iota // there is none
	Unknown             // the caller decides
	HasBody
)

// farthest is how many assignments and calls are followed back from a request to what is in its body.
const farthest = 8

// bodyOfExpr returns what is known about the body of a request, or about a reader, in a function.
func (p *Package) bodyOfExpr(function ast.Node, e ast.Expr) Body {
	return p.bodyOf(function, e, farthest)
}

// bodyInVar is bodyOfExpr for a variable.
func (p *Package) bodyInVar(function ast.Node, v *types.Var) Body {
	return p.variableBody(function, v, farthest)
}

func (p *Package) bodyOf(function ast.Node, e ast.Expr, depth int) Body {
	info := p.pass.TypesInfo
	if depth == 0 {
		return Unknown
	}
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		if info.Types[e].IsNil() {
			return NoBody
		}
		if v, ok := info.ObjectOf(e).(*types.Var); ok {
			return p.variableBody(function, v, depth)
		}
	case *ast.SelectorExpr:
		if strings.HasSuffix(syntax.Text(e), "http.NoBody") {
			return NoBody
		}
		if IsReader(info.TypeOf(e)) && !types.IsInterface(info.TypeOf(e)) {
			return HasBody
		}
	case *ast.CallExpr:
		return p.callBody(function, e, depth)
	case *ast.UnaryExpr:
		return p.bodyOf(function, e.X, depth)
	case *ast.CompositeLit:
		if syntax.IsNamed(info.TypeOf(e), "net/http", "Request") && !sets(e, "Body") {
			return Unknown // who is given it may add one
		}
		return p.literalBody(function, e, depth)
	}
	return Unknown
}

// literalBody is bodyOf for the fields of a struct that can be used up. There is nothing to read if none is set.
func (p *Package) literalBody(function ast.Node, lit *ast.CompositeLit, depth int) Body {
	if t := p.pass.TypesInfo.TypeOf(lit); t == nil || single(t) || single(types.NewPointer(t)) && !IsRequest(types.NewPointer(t)) {
		return HasBody
	}
	body := NoBody
	for _, element := range lit.Elts {
		if pair, ok := element.(*ast.KeyValueExpr); ok {
			element = pair.Value
		}
		if p.carriers.carries(p.pass.TypesInfo.TypeOf(element)) || p.pass.TypesInfo.Types[element].IsNil() {
			body = max(body, p.bodyOf(function, element, depth-1))
		}
	}
	return body
}

// sets reports whether a literal of a struct sets a field by its name.
func sets(lit *ast.CompositeLit, field string) bool {
	return slices.ContainsFunc(lit.Elts, func(e ast.Expr) bool {
		pair, ok := e.(*ast.KeyValueExpr)
		if !ok {
			return false
		}
		id, ok := pair.Key.(*ast.Ident)
		return ok && id.Name == field
	})
}

// variableBody joins what is assigned to a variable.
func (p *Package) variableBody(function ast.Node, v *types.Var, depth int) Body {
	if syntax.IsNamed(v.Type(), "bytes", "Buffer") {
		return HasBody
	}
	values := p.assignedIn(function)[v]
	body := NoBody
	for _, value := range values {
		body = max(body, p.bodyOf(function, value, depth-1))
	}
	switch {
	case len(values) > 0:
		return body
	case function.Pos() <= v.Pos() && v.Pos() < bodyOfFunc(function).Pos():
		return Unknown // a parameter
	case types.IsInterface(v.Type()) && bodyOfFunc(function).Pos() <= v.Pos() && v.Pos() < function.End():
		return NoBody // it stays nil
	}
	return Unknown
}

// assignedIn returns what a function assigns to its variables: for one of several results of a call, the call.
func (p *Package) assignedIn(function ast.Node) map[*types.Var][]ast.Expr {
	if known, ok := p.assigned[function]; ok {
		return known
	}
	assigned := map[*types.Var][]ast.Expr{}
	add := func(target ast.Expr, values []ast.Expr, i int) {
		id, ok := target.(*ast.Ident)
		if !ok || len(values) == 0 {
			return
		}
		if v, ok := p.pass.TypesInfo.ObjectOf(id).(*types.Var); ok {
			assigned[v] = append(assigned[v], values[min(i, len(values)-1)])
		}
	}
	ast.Inspect(function, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for i, left := range n.Lhs {
				add(left, n.Rhs, i)
			}
		case *ast.ValueSpec:
			for i, id := range n.Names {
				add(id, n.Values, i)
			}
		}
		return true
	})
	p.assigned[function] = assigned
	return assigned
}

func bodyOfFunc(function ast.Node) ast.Node {
	if _, body := syntax.FuncParts(function); body != nil {
		return body
	}
	return function
}

// callBody is bodyOf for what a call returns.
func (p *Package) callBody(function ast.Node, call *ast.CallExpr, depth int) Body {
	info := p.pass.TypesInfo
	if len(call.Args) == 1 && info.Types[call.Fun].IsType() {
		return p.bodyOf(function, call.Args[0], depth)
	}
	s, operands := p.call(call)
	if s.bodied {
		return HasBody
	}
	t := info.TypeOf(call)
	if tuple, ok := t.(*types.Tuple); ok && tuple.Len() > 0 {
		t = tuple.At(0).Type()
	}
	if s.kept == 0 {
		if fn := syntax.Callee(info, call); fn != nil && p.decls[fn.Origin()] != nil && IsRequest(t) {
			return NoBody // none is made there, and none is handed on
		}
		if IsRequest(t) {
			return Unknown
		}
		return HasBody
	}
	body := NoBody
	for i, operand := range operands {
		if s.kept&bit(i) != 0 {
			body = max(body, p.bodyOf(function, operand, depth-1))
		}
	}
	if body == Unknown && asks(info, call) {
		return NoBody
	}
	return body
}

// asks reports whether a call makes a request with a method that has no body.
func asks(info *types.Info, call *ast.CallExpr) bool {
	for _, arg := range call.Args {
		if v := info.Types[arg].Value; v != nil {
			switch v.ExactString() {
			case `"GET"`, `"HEAD"`, `"OPTIONS"`:
				return true
			}
		}
	}
	return false
}

// returnsBody reports whether a statement returns a request with a body that the function has made.
func (p *Package) returnsBody(fn *types.Func, decl *ast.FuncDecl, ret *ast.ReturnStmt) bool {
	results := fn.Signature().Results()
	if results.Len() == 0 || !IsRequest(results.At(0).Type()) || len(ret.Results) == 0 {
		return false
	}
	return p.bodyOf(decl, ret.Results[0], farthest) == HasBody
}

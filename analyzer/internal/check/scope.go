package check

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/retrygen/retrygen/internal/syntax"
)

// ContextAt returns an expression for a context that is in scope at a position: a variable, or the context of a request
// that the function handles. It is "" where there is none. A variable that only ever holds context.Background or
// context.TODO does not count.
func (p *Pass) ContextAt(pos token.Pos) string {
	name, _ := p.ContextVar(pos)
	return name
}

// ContextVar is ContextAt with the variable.
func (p *Pass) ContextVar(pos token.Pos) (string, types.Object) {
	file := p.FileOf(pos)
	if file == nil {
		return "", nil
	}
	inner := p.innermost(file, pos)
	request, requestVar := "", types.Object(nil)
	for scope := inner; scope != nil && scope != p.Pkg.Scope() && scope != types.Universe; scope = scope.Parent() {
		for _, name := range scope.Names() {
			v := visible(inner, scope, name, pos)
			if v == nil {
				continue
			}
			if syntax.CarriesContext(v.Type()) && !neverDone.Of(p)[v] {
				return name, v
			}
			if request == "" && syntax.IsNamed(v.Type(), "net/http", "*Request") && p.IsParameter(v) {
				request, requestVar = name+".Context()", v
			}
		}
	}
	return request, requestVar
}

// visible returns the variable of a scope with a name, if a position in an inner scope can use it.
func visible(inner, scope *types.Scope, name string, pos token.Pos) *types.Var {
	v, ok := scope.Lookup(name).(*types.Var)
	if !ok || name == "_" || v.Pos() >= pos {
		return nil
	}
	if _, used := inner.LookupParent(name, pos); used != v {
		return nil
	}
	return v
}

// innermost returns the smallest scope around a position.
func (p *Pass) innermost(file *ast.File, pos token.Pos) *types.Scope {
	scope := p.TypesInfo.Scopes[file]
	if scope == nil {
		return nil
	}
	if inner := scope.Innermost(pos); inner != nil {
		return inner
	}
	return scope
}

// IsParameter reports whether a variable is a parameter or a receiver of a function.
func (p *Pass) IsParameter(v types.Object) bool { return parameters.Of(p)[v] }

// IsLocal reports whether a variable is declared in a function, and is not one of its parameters.
func (p *Pass) IsLocal(v types.Object) bool { return v.Parent() != p.Pkg.Scope() && !p.IsParameter(v) }

// parameters holds the parameters of all functions.
var parameters = Share(func(p *Pass) map[types.Object]bool {
	set := map[types.Object]bool{}
	add := func(list *ast.FieldList) {
		if list == nil {
			return
		}
		for _, field := range list.List {
			for _, id := range field.Names {
				set[p.TypesInfo.Defs[id]] = true
			}
		}
	}
	for cursor := range p.Inspector().Root().Preorder((*ast.FuncDecl)(nil), (*ast.FuncType)(nil)) {
		switch n := cursor.Node().(type) {
		case *ast.FuncDecl:
			add(n.Recv)
		case *ast.FuncType:
			add(n.Params)
		}
	}
	return set
})

// neverDone holds the contexts that are made in sight: true for those that are context.Background or context.TODO, and
// never anything else.
var neverDone = Share(func(p *Pass) map[types.Object]bool {
	fresh := map[types.Object]bool{}
	add := func(id *ast.Ident, value ast.Expr) {
		if !syntax.IsContext(p.TypesInfo.TypeOf(id)) {
			return
		}
		object := p.TypesInfo.ObjectOf(id)
		before, known := fresh[object]
		fresh[object] = (before || !known) && value != nil && syntax.IsFreshContext(p.TypesInfo, value)
	}
	for cursor := range p.Inspector().Root().Preorder((*ast.AssignStmt)(nil), (*ast.ValueSpec)(nil)) {
		switch n := cursor.Node().(type) {
		case *ast.AssignStmt:
			for i, left := range n.Lhs {
				if id, ok := left.(*ast.Ident); ok {
					add(id, onlyValue(n.Rhs, i, len(n.Lhs)))
				}
			}
		case *ast.ValueSpec:
			for i, id := range n.Names {
				if i < len(n.Values) {
					add(id, n.Values[i])
				}
			}
		}
	}
	return fresh
})

// onlyValue returns the value that is assigned to one target of an assignment, nil for one result of a call.
func onlyValue(values []ast.Expr, i, targets int) ast.Expr {
	if len(values) != targets {
		return nil
	}
	return values[i]
}

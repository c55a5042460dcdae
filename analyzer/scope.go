package analyzer

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/retrygen/retrygen/internal/syntax"
)

// contextAt gives an expression for a context that can be used at a position: a variable, or that of a request that the
// function handles. It is "" where there is none. One that is nothing but context.Background() does not count.
func (r *reporter) contextAt(pos token.Pos) string {
	name, _ := r.contextVar(pos)
	return name
}

// contextVar is contextAt with the variable.
func (r *reporter) contextVar(pos token.Pos) (string, types.Object) {
	file := r.fileOf(pos)
	if file == nil {
		return "", nil
	}
	request, requestVar := "", types.Object(nil)
	for scope := r.innermost(file, pos); scope != nil && scope != r.Pkg.Scope() && scope != types.Universe; scope = scope.Parent() {
		for _, name := range scope.Names() {
			object, ok := scope.Lookup(name).(*types.Var)
			if !ok || name == "_" || object.Pos() >= pos {
				continue
			}
			if _, hidden := r.innermost(file, pos).LookupParent(name, pos); hidden != object {
				continue
			}
			if syntax.IsContext(object.Type()) && !r.neverDone(object) {
				return name, object
			}
			if request == "" && syntax.IsNamed(object.Type(), "net/http", "*Request") && r.isParameter(object) {
				request, requestVar = name+".Context()", object
			}
		}
	}
	return request, requestVar
}

// neverDone reports whether a context is made by context.Background or context.TODO, and by nothing else.
func (r *reporter) neverDone(ctx types.Object) bool {
	if r.fresh == nil {
		r.fresh = map[types.Object]bool{}
		for cursor := range r.inspector().Root().Preorder((*ast.AssignStmt)(nil), (*ast.ValueSpec)(nil)) {
			switch n := cursor.Node().(type) {
			case *ast.AssignStmt:
				for i, left := range n.Lhs {
					if id, ok := left.(*ast.Ident); ok && syntax.IsContext(r.TypesInfo.TypeOf(id)) {
						r.noteContext(id, len(n.Rhs) == len(n.Lhs) && syntax.IsFreshContext(r.TypesInfo, n.Rhs[i]))
					}
				}
			case *ast.ValueSpec:
				for i, id := range n.Names {
					if i < len(n.Values) && syntax.IsContext(r.TypesInfo.TypeOf(id)) {
						r.noteContext(id, syntax.IsFreshContext(r.TypesInfo, n.Values[i]))
					}
				}
			}
		}
	}
	return r.fresh[ctx]
}

func (r *reporter) noteContext(id *ast.Ident, fresh bool) {
	object := r.TypesInfo.ObjectOf(id)
	if before, known := r.fresh[object]; known {
		fresh = fresh && before
	}
	r.fresh[object] = fresh
}

// isParameter reports whether a variable is a parameter of a function.
func (r *reporter) isParameter(v *types.Var) bool {
	for node, scope := range r.TypesInfo.Scopes {
		if signature, ok := node.(*ast.FuncType); ok && scope == v.Parent() {
			return v.Pos() < signature.End()
		}
	}
	return false
}

// innermost finds the smallest scope around a position.
func (r *reporter) innermost(file *ast.File, pos token.Pos) *types.Scope {
	if scope := r.TypesInfo.Scopes[file]; scope != nil {
		if inner := scope.Innermost(pos); inner != nil {
			return inner
		}
		return scope
	}
	return nil
}

package analyzer

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"strings"
	"time"
)

// isNamed reports whether t is path.name, or a pointer to it where the name begins with a star.
func isNamed(t types.Type, path, name string) bool {
	if t == nil {
		return false
	}
	t = types.Unalias(t)
	if rest, ok := strings.CutPrefix(name, "*"); ok {
		p, ok := t.(*types.Pointer)
		return ok && isNamed(p.Elem(), path, rest)
	}
	named, ok := t.(*types.Named)
	return ok && named.Obj().Name() == name && named.Obj().Pkg() != nil && named.Obj().Pkg().Path() == path
}

func isContext(t types.Type) bool { return isNamed(t, "context", "Context") }

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
			if isContext(object.Type()) && !r.neverDone(object) {
				return name, object
			}
			if request == "" && isNamed(object.Type(), "net/http", "*Request") && r.isParameter(object) {
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
					if id, ok := left.(*ast.Ident); ok && isContext(r.TypesInfo.TypeOf(id)) {
						r.noteContext(id, len(n.Rhs) == len(n.Lhs) && isFreshContext(r.TypesInfo, n.Rhs[i]))
					}
				}
			case *ast.ValueSpec:
				for i, id := range n.Names {
					if i < len(n.Values) && isContext(r.TypesInfo.TypeOf(id)) {
						r.noteContext(id, isFreshContext(r.TypesInfo, n.Values[i]))
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

// contextArg gives the first argument of a call that is a context, nil for none.
func contextArg(info *types.Info, call *ast.CallExpr) ast.Expr {
	for _, arg := range call.Args {
		if isContext(info.TypeOf(arg)) {
			return arg
		}
	}
	return nil
}

// deadline says what is known about the deadline of a context that a function uses: whether it has been given one in
// that function, and after how long where that is a constant.
func deadline(info *types.Info, body ast.Node, ctx ast.Expr) (given bool, after time.Duration) {
	id, ok := ast.Unparen(ctx).(*ast.Ident)
	if !ok {
		if call, ok := ast.Unparen(ctx).(*ast.CallExpr); ok {
			return deadlineOf(info, call)
		}
		return false, 0
	}
	object := info.Uses[id]
	if object == nil {
		return false, 0
	}
	ast.Inspect(body, func(n ast.Node) bool {
		assign, ok := n.(*ast.AssignStmt)
		if !ok || assign.Pos() > ctx.Pos() || len(assign.Rhs) != 1 || len(assign.Lhs) == 0 {
			return true
		}
		left, ok := assign.Lhs[0].(*ast.Ident)
		if !ok || info.ObjectOf(left) != object {
			return true
		}
		given, after = false, 0
		if call, ok := assign.Rhs[0].(*ast.CallExpr); ok {
			given, after = deadlineOf(info, call)
		}
		return true
	})
	return given, after
}

func deadlineOf(info *types.Info, call *ast.CallExpr) (given bool, after time.Duration) {
	switch fullName(info, call) {
	case "context.WithTimeout", "context.WithTimeoutCause":
		d, _ := constantDuration(info, call.Args[1])
		return true, d
	case "context.WithDeadline", "context.WithDeadlineCause":
		return true, 0
	}
	return false, 0
}

// constantDuration gives a duration that is a constant.
func constantDuration(info *types.Info, e ast.Expr) (time.Duration, bool) {
	value := info.Types[e].Value
	if value == nil || value.Kind() != constant.Int {
		return 0, false
	}
	n, exact := constant.Int64Val(value)
	return time.Duration(n), exact
}

// isFreshContext reports whether an expression is context.Background() or context.TODO().
func isFreshContext(info *types.Info, e ast.Expr) bool {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok {
		return false
	}
	name := fullName(info, call)
	return name == "context.Background" || name == "context.TODO"
}

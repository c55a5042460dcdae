package libs

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/retries/library"
	"github.com/retrygen/retrygen/internal/syntax"
)

// recipe is how the options or the backoff of a call were made: directly, by variables, slices and functions of the package
// that return them.
type recipe struct {
	*check.Pass
	library  string
	calls    []made
	literals []*ast.CompositeLit // of types of the library
	unseen   bool                // a part comes from a parameter, a field or elsewhere
	kept     bool                // a part is a backoff that a field or a variable keeps for longer than a call
	seen     map[ast.Node]bool
}

// made is a call of a library that makes an option or a backoff, and the function around it.
type made struct {
	*ast.CallExpr
	fn       *types.Func
	function ast.Node
}

// recipeOf follows what a call of a library is given besides the function that it retries, and what it is called on.
func recipeOf(p *check.Pass, call *libCall) *recipe {
	r := &recipe{Pass: p, library: call.name, seen: map[ast.Node]bool{}}
	if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok && call.fn.Signature().Recv() != nil {
		r.follow(sel.X, call.function, false)
	}
	for i, arg := range call.Args {
		t := p.TypesInfo.TypeOf(arg)
		if t == nil || syntax.IsContext(t) || isFunction(t) && (i == call.operation() || !r.isOption(t)) {
			continue
		}
		r.follow(arg, call.function, false)
	}
	return r
}

func isFunction(t types.Type) bool {
	_, ok := t.Underlying().(*types.Signature)
	return ok
}

// follow goes from an expression to the calls that made it. In a function that helps, the parameters are what the call of the
// helper is given, which is followed too.
func (r *recipe) follow(e ast.Expr, function ast.Node, helper bool) {
	e = ast.Unparen(e)
	if r.seen[e] || r.TypesInfo.Types[e].Value != nil || r.TypesInfo.Types[e].IsNil() {
		return
	}
	r.seen[e] = true
	switch e := e.(type) {
	case *ast.Ident:
		r.variable(e, function, helper)
	case *ast.CallExpr:
		r.call(e, function, helper)
	case *ast.CompositeLit:
		if r.ofLibrary(r.TypesInfo.TypeOf(e)) {
			r.literals = append(r.literals, e)
			return
		}
		if _, isSlice := syntax.Underlying(r.TypesInfo.TypeOf(e)).(*types.Slice); !isSlice {
			r.unseen = true
			return
		}
		for _, element := range e.Elts {
			r.follow(element, function, helper)
		}
	case *ast.UnaryExpr:
		r.follow(e.X, function, helper)
	case *ast.StarExpr:
		r.follow(e.X, function, helper)
	case *ast.SelectorExpr:
		r.field(e)
	default:
		r.unseen = true
	}
}

// ofLibrary reports whether a type is declared by the library.
func (r *recipe) ofLibrary(t types.Type) bool {
	return isDeclaredBy(r.library, t) || r.library == "kubernetes" && syntax.IsNamed(t, library.Wait, "Backoff")
}

// variable follows what is assigned to a variable of the function, or to a variable of the package where it is declared.
func (r *recipe) variable(id *ast.Ident, function ast.Node, helper bool) {
	v, ok := r.TypesInfo.Uses[id].(*types.Var)
	if !ok || v.IsField() {
		r.unseen = r.unseen || !ok
		return
	}
	outer := r.outermost(v.Pos(), function)
	assigned := false
	syntax.InspectAssigned(r.TypesInfo, outer, v, func(value ast.Expr) {
		assigned = true
		r.follow(value, outer, helper)
	})
	if !assigned && !(helper && isParameter(outer, v)) && !declared(outer, v) {
		r.unseen = true
	}
}

// field follows what the package assigns to an unexported field, or to a variable of the package in another file.
func (r *recipe) field(sel *ast.SelectorExpr) {
	v, ok := r.TypesInfo.Uses[sel.Sel].(*types.Var)
	if !ok || v.Pkg() != r.Pkg || v.Exported() || !v.IsField() {
		kept := ok && r.library == "backoff" && isPartOf(r.library, v.Type())
		r.kept, r.unseen = r.kept || kept, r.unseen || !kept
		return
	}
	values := check.FieldValues.Of(r.Pass)[v.Origin()]
	if len(values) == 0 {
		r.unseen = true
	}
	for _, value := range values {
		if value == nil {
			r.unseen = true
			continue
		}
		r.keep(v, value)
	}
}

// keep follows what the package assigns to a field. A backoff in a field that comes from a user is used by more calls than one.
func (r *recipe) keep(field *types.Var, value ast.Expr) {
	before := r.unseen
	r.unseen = false
	r.follow(value, r.outermost(value.Pos(), value), false)
	if r.unseen && r.library == "backoff" && isPartOf(r.library, field.Type()) {
		r.kept, r.unseen = true, false
	}
	r.unseen = r.unseen || before
}

// outermost returns the declaration around a position.
func (r *recipe) outermost(pos token.Pos, function ast.Node) ast.Node {
	file := r.FileOf(pos)
	if file == nil {
		return function
	}
	at, found := slices.BinarySearchFunc(file.Decls, pos, func(decl ast.Decl, pos token.Pos) int {
		switch {
		case decl.End() <= pos:
			return -1
		case pos < decl.Pos():
			return 1
		}
		return 0
	})
	if !found {
		return function
	}
	return file.Decls[at]
}

// isParameter reports whether a variable is a parameter of a function declaration.
func isParameter(function ast.Node, v *types.Var) bool {
	decl, ok := function.(*ast.FuncDecl)
	return ok && v.Pos() < decl.Type.End()
}

// declared reports whether a variable is declared in a function without a value, so that it is zero.
func declared(function ast.Node, v *types.Var) bool {
	decl, ok := function.(*ast.FuncDecl)
	if !ok || v.Pos() < decl.Type.End() {
		return false
	}
	found := false
	ast.Inspect(decl.Body, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if ok && len(spec.Values) == 0 {
			for _, id := range spec.Names {
				found = found || id.Pos() == v.Pos()
			}
		}
		return !found
	})
	return found
}

// call follows what a call returns.
func (r *recipe) call(call *ast.CallExpr, function ast.Node, helper bool) {
	info := r.TypesInfo
	if info.Types[call.Fun].IsType() || syntax.IsBuiltin(info, call, "append") {
		for _, arg := range call.Args {
			r.follow(arg, function, helper)
		}
		return
	}
	fn := syntax.Callee(info, call)
	if fn == nil || fn.Pkg() == nil {
		r.unseen = true
		return
	}
	if name, _ := library.Name(fn.Pkg().Path()); name == r.library {
		r.calls = append(r.calls, made{call, fn, function})
		if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok && fn.Signature().Recv() != nil {
			r.follow(sel.X, function, helper)
		}
		for _, arg := range call.Args {
			if r.isPart(info.TypeOf(arg)) {
				r.follow(arg, function, helper)
			}
		}
		return
	}
	decl := r.Bodies[fn.Origin()]
	if decl == nil {
		r.unseen = true
		return
	}
	for _, arg := range call.Args {
		if r.isPart(info.TypeOf(arg)) {
			r.follow(arg, function, helper)
		}
	}
	syntax.InspectOwn(decl.Body, func(n ast.Node) {
		if ret, ok := n.(*ast.ReturnStmt); ok {
			r.returned(ret, decl)
		}
	})
}

func (r *recipe) returned(ret *ast.ReturnStmt, decl *ast.FuncDecl) {
	if len(ret.Results) == 0 {
		r.unseen = true // a named result
		return
	}
	r.follow(ret.Results[0], decl, true)
}

// isPart reports whether a type is an option or a backoff, or a list of such: something that the library declares.
func (r *recipe) isPart(t types.Type) bool {
	if t == nil {
		return false
	}
	switch u := types.Unalias(t).(type) {
	case *types.Pointer:
		return r.isPart(u.Elem())
	case *types.Slice:
		return r.isPart(u.Elem())
	}
	return r.ofLibrary(t)
}

// has reports whether a function of the library with one of some names takes part.
func (r *recipe) has(names ...string) bool {
	for _, m := range r.calls {
		for _, name := range names {
			if m.fn.Name() == name {
				return true
			}
		}
	}
	return false
}

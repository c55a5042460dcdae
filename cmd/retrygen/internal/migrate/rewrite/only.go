package rewrite

import (
	"go/ast"
	"go/types"
	"slices"

	"github.com/retrygen/retrygen/internal/directive"
)

// onlyCall returns what an attempt calls, if it does nothing else and returns what that returns.
func (d *draft) onlyCall() (fun ast.Expr, args []ast.Expr, call *ast.CallExpr) {
	switch w := d.site.Work; {
	case len(w.Patches) > 0 || w.Results != nil || w.Body != "":
		return nil, nil, nil
	case w.Func != nil:
		return w.Func, nil, nil
	case w.Lit != nil:
		if len(w.Lit.Body.List) != 1 {
			return nil, nil, nil
		}
		ret, ok := w.Lit.Body.List[0].(*ast.ReturnStmt)
		if !ok || len(ret.Results) != 1 {
			return nil, nil, nil
		}
		call, _ = ast.Unparen(ret.Results[0]).(*ast.CallExpr)
	default:
		call = d.onlyAssigned()
	}
	if call == nil {
		return nil, nil, nil
	}
	return call.Fun, call.Args, call
}

// onlyAssigned returns the call of a block that is one assignment of its results, in the order in which they are needed.
func (d *draft) onlyAssigned() *ast.CallExpr {
	w := d.site.Work
	block := w.Block
	for len(block) > 1 && d.declaresYield(block[0]) {
		block = block[1:]
	}
	if len(block) != 1 || len(w.Exits) > 0 || w.Err == nil {
		return nil
	}
	assign, ok := block[0].(*ast.AssignStmt)
	if !ok || len(assign.Rhs) != 1 {
		return nil
	}
	call, ok := ast.Unparen(assign.Rhs[0]).(*ast.CallExpr)
	if !ok {
		return nil
	}
	outs, _ := d.outs()
	if len(assign.Lhs) != len(outs)+len(w.Yields)+1 {
		return nil
	}
	var want []types.Object
	for _, o := range outs {
		want = append(want, o.v)
	}
	for _, y := range w.Yields {
		want = append(want, y)
	}
	if id, ok := ast.Unparen(w.Err).(*ast.Ident); ok {
		want = append(want, d.Info.ObjectOf(id))
	}
	if len(want) != len(assign.Lhs) {
		return nil
	}
	for i, left := range assign.Lhs {
		if id, ok := left.(*ast.Ident); !ok || d.Info.ObjectOf(id) != want[i] {
			return nil
		}
	}
	d.results, d.wanted = nil, want
	for _, object := range want {
		d.results = append(d.results, object.Type())
	}
	return call
}

// declaresYield reports whether a statement declares a result of the block, without a value.
func (d *draft) declaresYield(stmt ast.Stmt) bool {
	decl, ok := stmt.(*ast.DeclStmt)
	if !ok {
		return false
	}
	spec, ok := decl.Decl.(*ast.GenDecl).Specs[0].(*ast.ValueSpec)
	if !ok || len(decl.Decl.(*ast.GenDecl).Specs) > 1 || len(spec.Names) > 1 || len(spec.Values) > 0 {
		return false
	}
	v, ok := d.Info.Defs[spec.Names[0]].(*types.Var)
	return ok && slices.Contains(d.site.Work.Yields, v)
}

// nameResults finds the names of the results of the function that an attempt calls.
func (d *draft) nameResults(decl *ast.FuncDecl) {
	d.resultNames = []string{}
	for _, field := range decl.Type.Results.List {
		for _, id := range field.Names {
			d.resultNames = append(d.resultNames, id.Name)
		}
	}
}

// nameOf returns the identifier of what is called, nil for none.
func nameOf(fun ast.Expr) *ast.Ident {
	switch fun := ast.Unparen(fun).(type) {
	case *ast.Ident:
		return fun
	case *ast.SelectorExpr:
		return fun.Sel
	}
	return nil
}

func hasDirective(doc *ast.CommentGroup) bool {
	for range directive.Calls(doc) {
		return true
	}
	return false
}

func tupleOf(list []types.Type) *types.Tuple {
	var vars []*types.Var
	for _, t := range list {
		vars = append(vars, types.NewVar(0, nil, "", t))
	}
	return types.NewTuple(vars...)
}

package retries

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/retrygen/retrygen/internal/syntax"
)

// locals is what is known of the variables of a function.
type locals struct {
	info   *types.Info
	params map[types.Object]bool     // parameters that are functions and are not assigned to
	yields map[types.Object]bool     // parameters of iterators that are function literals: the body of a loop
	values map[types.Object]ast.Expr // the values of variables that are assigned to once
	groups map[types.Object]bool     // groups of goroutines without a limit, which do not leave the function
}

func localsOf(info *types.Info, root ast.Node) *locals {
	l := &locals{
		info: info, params: map[types.Object]bool{}, yields: map[types.Object]bool{},
		values: map[types.Object]ast.Expr{}, groups: map[types.Object]bool{},
	}
	w := &writes{l, map[types.Object]int{}, map[types.Object]bool{}}
	ast.Inspect(root, func(n ast.Node) bool {
		w.add(n)
		return true
	})
	for object, n := range w.times {
		if n != 1 || !w.begins[object] {
			delete(l.values, object)
		}
	}
	if decl, ok := root.(*ast.FuncDecl); ok {
		l.findParams(decl, w.times)
	}
	l.findGroups(root)
	return l
}

// writes records the values of variables, and counts how often each is assigned to. A variable whose address is taken counts
// as assigned to more than once.
type writes struct {
	*locals
	times  map[types.Object]int
	begins map[types.Object]bool // variables that begin here with a zero or a known value; parameters and others do not
}

// add counts what a node assigns to.
func (w *writes) add(n ast.Node) {
	switch n := n.(type) {
	case *ast.AssignStmt:
		w.assign(n)
	case *ast.ValueSpec:
		w.declare(n)
	case *ast.IncDecStmt:
		w.change(n.X)
	case *ast.UnaryExpr:
		if n.Op == token.AND {
			w.change(n.X)
		}
	case *ast.RangeStmt:
		if n.Tok == token.ASSIGN {
			w.change(n.Key)
			w.change(n.Value)
		}
	case *ast.FuncLit:
		w.findYield(n)
	}
}

// assign counts an assignment.
func (w *writes) assign(stmt *ast.AssignStmt) {
	plain := stmt.Tok == token.ASSIGN || stmt.Tok == token.DEFINE
	for i, e := range stmt.Lhs {
		if id, ok := e.(*ast.Ident); ok && w.info.Defs[id] != nil {
			w.begins[w.info.Defs[id]] = true
		}
		if plain && len(stmt.Rhs) == len(stmt.Lhs) {
			w.set(e, stmt.Rhs[i])
		} else {
			w.change(e)
		}
	}
}

// declare counts the values of a declaration.
func (w *writes) declare(spec *ast.ValueSpec) {
	for i, name := range spec.Names {
		w.begins[w.info.Defs[name]] = true
		if len(spec.Values) == len(spec.Names) {
			w.set(name, spec.Values[i])
		} else if len(spec.Values) > 0 {
			w.change(name)
		}
	}
}

// set counts the assignment of a value.
func (w *writes) set(e, value ast.Expr) {
	if id, ok := ast.Unparen(e).(*ast.Ident); ok {
		object := w.info.ObjectOf(id)
		w.times[object]++
		w.values[object] = value
	}
}

// change counts an assignment whose value is not known, such as one through a pointer.
func (w *writes) change(e ast.Expr) {
	if id, ok := ast.Unparen(e).(*ast.Ident); ok {
		w.times[w.info.ObjectOf(id)] += 2
	}
}

// findParams finds the parameters that are functions.
func (l *locals) findParams(decl *ast.FuncDecl, assigned map[types.Object]int) {
	for _, field := range decl.Type.Params.List {
		for _, name := range field.Names {
			object := l.info.Defs[name]
			if object == nil || assigned[object] > 0 {
				continue
			}
			if _, ok := object.Type().Underlying().(*types.Signature); ok {
				l.params[object] = true
			}
		}
	}
}

// findYield finds the parameter of a function literal that is an iterator.
func (l *locals) findYield(lit *ast.FuncLit) {
	sig, ok := syntax.Underlying(l.info.TypeOf(lit)).(*types.Signature)
	if !ok || sig.Params().Len() != 1 || sig.Results().Len() != 0 {
		return
	}
	yield, ok := sig.Params().At(0).Type().Underlying().(*types.Signature)
	if ok && yield.Results().Len() == 1 && types.Identical(yield.Results().At(0).Type(), types.Typ[types.Bool]) {
		l.yields[sig.Params().At(0)] = true
	}
}

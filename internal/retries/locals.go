package retries

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"slices"

	"github.com/retrygen/retrygen/internal/syntax"
)

// locals is what is known of the variables of a function.
type locals struct {
	info   *types.Info
	params map[types.Object]bool     // parameters that are functions and are not assigned to
	values map[types.Object]ast.Expr // the values of variables that are assigned to once
	groups map[types.Object]bool     // groups of goroutines without a limit, which do not leave the function
}

func localsOf(info *types.Info, root ast.Node) *locals {
	l := &locals{info: info, params: map[types.Object]bool{}, values: map[types.Object]ast.Expr{}, groups: map[types.Object]bool{}}
	assigned := l.assignments(root)
	for object, n := range assigned {
		if n != 1 {
			delete(l.values, object)
		}
	}
	if decl, ok := root.(*ast.FuncDecl); ok {
		l.findParams(decl, assigned)
	}
	l.findGroups(root)
	return l
}

// assignments records the values of variables, and returns how often each variable is assigned to. A variable whose address
// is taken counts as assigned to more than once.
func (l *locals) assignments(root ast.Node) map[types.Object]int {
	w := &writes{l, map[types.Object]int{}}
	ast.Inspect(root, func(n ast.Node) bool {
		w.add(n)
		return true
	})
	return w.times
}

// writes counts how often variables are assigned to.
type writes struct {
	*locals
	times map[types.Object]int
}

// add counts what a node assigns to.
func (w *writes) add(n ast.Node) {
	switch n := n.(type) {
	case *ast.AssignStmt:
		w.assign(n)
	case *ast.ValueSpec:
		if len(n.Values) == len(n.Names) {
			for i, name := range n.Names {
				w.set(name, n.Values[i])
			}
		}
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
	}
}

// assign counts an assignment.
func (w *writes) assign(stmt *ast.AssignStmt) {
	plain := stmt.Tok == token.ASSIGN || stmt.Tok == token.DEFINE
	for i, e := range stmt.Lhs {
		if plain && len(stmt.Rhs) == len(stmt.Lhs) {
			w.set(e, stmt.Rhs[i])
		} else {
			w.change(e)
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

// rounds returns the number of rounds of a loop, if it is a constant.
func (l *locals) rounds(stmt ast.Stmt) (n int, ok bool) {
	switch stmt := stmt.(type) {
	case *ast.ForStmt:
		return l.counted(stmt)
	case *ast.RangeStmt:
		return l.length(stmt.X)
	}
	return 0, false
}

// length returns how many rounds a range over a value makes: an integer, an array, a string, or a slice that is written
// out.
func (l *locals) length(x ast.Expr) (int, bool) {
	x = ast.Unparen(x)
	if n, ok := syntax.ConstantInt(l.info, x); ok {
		return n, true
	}
	if value := l.info.Types[x].Value; value != nil && value.Kind() == constant.String {
		return len(constant.StringVal(value)), true
	}
	t := underlying(l.info.TypeOf(x))
	if p, ok := t.(*types.Pointer); ok {
		t = p.Elem().Underlying()
	}
	if array, ok := t.(*types.Array); ok {
		return int(array.Len()), true
	}
	if _, ok := t.(*types.Slice); !ok {
		return 0, false // a map may grow
	}
	if id, ok := x.(*ast.Ident); ok && l.values[l.info.Uses[id]] != nil {
		x = ast.Unparen(l.values[l.info.Uses[id]])
	}
	lit, ok := x.(*ast.CompositeLit)
	return l.elements(lit), ok && l.elements(lit) >= 0
}

// elements returns the number of elements that are written in a slice, -1 if there are indices among them.
func (l *locals) elements(lit *ast.CompositeLit) int {
	if lit == nil || slices.ContainsFunc(lit.Elts, func(e ast.Expr) bool { _, keyed := e.(*ast.KeyValueExpr); return keyed }) {
		return -1
	}
	return len(lit.Elts)
}

// counted returns the number of rounds of "for i := 0; i < 3; i++" and the like.
func (l *locals) counted(stmt *ast.ForStmt) (int, bool) {
	init, ok := stmt.Init.(*ast.AssignStmt)
	cond, isCond := stmt.Cond.(*ast.BinaryExpr)
	post, isPost := stmt.Post.(*ast.IncDecStmt)
	if !ok || !isCond || !isPost || init.Tok != token.DEFINE || len(init.Lhs) != 1 || len(init.Rhs) != 1 {
		return 0, false
	}
	counter := l.info.ObjectOf(init.Lhs[0].(*ast.Ident))
	from, known := syntax.ConstantInt(l.info, init.Rhs[0])
	to, limited := syntax.ConstantInt(l.info, cond.Y)
	if !known || !limited || !l.is(cond.X, counter) || !l.is(post.X, counter) || l.changed(stmt.Body, counter) {
		return 0, false
	}
	if post.Tok == token.DEC {
		from, to = to, from
	}
	switch {
	case cond.Op == token.LSS && post.Tok == token.INC, cond.Op == token.GTR && post.Tok == token.DEC:
		return max(to-from, 0), true
	case cond.Op == token.LEQ && post.Tok == token.INC, cond.Op == token.GEQ && post.Tok == token.DEC:
		return max(to-from+1, 0), true
	}
	return 0, false
}

// is reports whether an expression is a variable.
func (l *locals) is(e ast.Expr, object types.Object) bool {
	id, ok := ast.Unparen(e).(*ast.Ident)
	return ok && object != nil && l.info.ObjectOf(id) == object
}

// changed reports whether code assigns to a variable or takes its address.
func (l *locals) changed(root ast.Node, object types.Object) bool {
	found := false
	ast.Inspect(root, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for _, e := range n.Lhs {
				found = found || l.is(e, object)
			}
		case *ast.IncDecStmt:
			found = found || l.is(n.X, object)
		case *ast.UnaryExpr:
			found = found || n.Op == token.AND && l.is(n.X, object)
		case *ast.RangeStmt:
			found = found || n.Tok == token.ASSIGN && (n.Key != nil && l.is(n.Key, object) || n.Value != nil && l.is(n.Value, object))
		}
		return true
	})
	return found
}

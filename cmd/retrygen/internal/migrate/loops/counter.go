package loops

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"

	"github.com/retrygen/retrygen/internal/syntax"
)

// findCounter finds the variable that the rounds count: the one that a test compares.
func (r *reader) findCounter() {
	if s, ok := r.loop.Stmt.(*ast.RangeStmt); ok {
		if o := r.object(orBlank(s.Key)); o != nil {
			r.count.counter, r.count.step = o, 1
		}
		return
	}
	inspectOwn([]ast.Node{r.loop.Stmt}, func(n ast.Node) bool {
		stmt, step, target := stepOf(r.Info, n)
		if stmt == nil || r.object(target) == nil || r.count.counter != nil && !r.better(r.object(target)) {
			return true
		}
		r.count.counter, r.count.step, r.count.steps = r.object(target), step, stmt
		return true
	})
	if r.count.counter != nil {
		r.count.first = r.initial(r.count.counter)
	}
}

// better reports whether a variable that is counted is the one that limits the attempts, and not just another.
func (r *reader) better(o types.Object) bool { return o == r.loop.Bound.Counter }

func orBlank(e ast.Expr) ast.Expr {
	if e == nil {
		return ast.NewIdent("_")
	}
	return e
}

// stepOf returns the statement that a node is, if that changes a variable by 1.
func stepOf(info *types.Info, n ast.Node) (ast.Stmt, int64, ast.Expr) {
	switch n := n.(type) {
	case *ast.IncDecStmt:
		if n.Tok == token.DEC {
			return n, -1, n.X
		}
		return n, 1, n.X
	case *ast.AssignStmt:
		if len(n.Lhs) != 1 || n.Tok != token.ADD_ASSIGN && n.Tok != token.SUB_ASSIGN {
			return nil, 0, nil
		}
		value := info.Types[n.Rhs[0]].Value
		if value == nil || !constant.Compare(constant.ToInt(value), token.EQL, constant.MakeInt64(1)) {
			return nil, 0, nil
		}
		if n.Tok == token.SUB_ASSIGN {
			return n, -1, n.Lhs[0]
		}
		return n, 1, n.Lhs[0]
	}
	return nil, 0, nil
}

// initial returns what a variable is when the loop begins, nil if that cannot be seen: the loop's own assignment, or the last
// one before it in the same list, if nothing comes between that may change it.
func (r *reader) initial(o types.Object) ast.Expr {
	if s, ok := r.loop.Stmt.(*ast.ForStmt); ok && s.Init != nil {
		if e, found := r.assignment(s.Init, o); found {
			return e
		}
	}
	for i := r.at - 1; i >= 0; i-- {
		if e, found := r.assignment(r.list[i], o); found {
			return e
		}
		if r.assigned(r.list[i])[o] {
			return nil
		}
	}
	return nil
}

// assignment returns what a simple statement assigns to a variable, nil for what is no single value, and reports whether it
// assigns to it at all.
func (r *reader) assignment(s ast.Stmt, o types.Object) (ast.Expr, bool) {
	switch s := s.(type) {
	case *ast.AssignStmt:
		for i, left := range s.Lhs {
			if r.object(left) != o {
				continue
			}
			if len(s.Lhs) != len(s.Rhs) || s.Tok != token.ASSIGN && s.Tok != token.DEFINE {
				return nil, true
			}
			return s.Rhs[i], true
		}
	case *ast.DeclStmt:
		for _, spec := range s.Decl.(*ast.GenDecl).Specs {
			spec, ok := spec.(*ast.ValueSpec)
			if !ok {
				continue
			}
			for i, id := range spec.Names {
				if r.Info.Defs[id] != o {
					continue
				}
				if i < len(spec.Values) {
					return spec.Values[i], true
				}
				return zero, true
			}
		}
	}
	return nil, false
}

// zero stands for the value of a variable that is declared without one.
var zero = &ast.BasicLit{Kind: token.INT, Value: "0"}

// isTest reports whether a condition compares the counter, perhaps only where there is a limit.
func (r *reader) isTest(e ast.Expr) bool {
	test, _ := r.unlessUnlimited(e)
	return test != nil || r.compares(e)
}

// compares reports whether a condition compares the counter.
func (r *reader) compares(e ast.Expr) bool {
	b, ok := ast.Unparen(e).(*ast.BinaryExpr)
	if !ok || r.count.counter == nil {
		return false
	}
	x, _ := r.offset(b.X)
	y, _ := r.offset(b.Y)
	return syntax.Compares(b.Op) && (x == r.count.counter || y == r.count.counter)
}

// offset returns the variable that an expression is, plus a constant.
func (r *reader) offset(e ast.Expr) (types.Object, int64) {
	switch x := ast.Unparen(e).(type) {
	case *ast.Ident:
		return r.object(x), 0
	case *ast.BinaryExpr:
		value := r.Info.Types[x.Y].Value
		if value == nil || x.Op != token.ADD && x.Op != token.SUB {
			return nil, 0
		}
		o, off := r.offset(x.X)
		n, _ := constant.Int64Val(constant.ToInt(value))
		if x.Op == token.SUB {
			n = -n
		}
		return o, off + n
	case *ast.CallExpr:
		if len(x.Args) == 1 && r.Info.Types[x.Fun].IsType() {
			return r.offset(x.Args[0])
		}
	}
	return nil, 0
}

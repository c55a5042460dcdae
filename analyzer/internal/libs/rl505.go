package libs

import (
	"go/ast"
	"go/types"

	"golang.org/x/tools/go/ast/inspector"

	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/retries/library"
	"github.com/retrygen/retrygen/internal/syntax"
)

var _ = Checks.Add("RL505", rl505)

// rl505 finds a backoff that keeps the state of a run, and that several runs use: a variable of the package, a field, or a
// variable from outside of a loop.
func rl505(p *check.Pass) {
	inspect(p, (*ast.CallExpr)(nil), func(cursor inspector.Cursor) {
		call := cursor.Node().(*ast.CallExpr)
		fn := p.Callee(call)
		name, _ := library.Entry(fn)
		if name == "" && restarts(p, cursor, fn) {
			s := &sharing{Pass: p, cursor: cursor, library: "backoff"}
			s.backoff(ast.Unparen(call.Fun).(*ast.SelectorExpr).X)
		}
		if name != "backoff" && name != "sethvargo" {
			return
		}
		s := &sharing{Pass: p, cursor: cursor, library: name}
		for _, arg := range call.Args {
			s.backoff(arg)
		}
	})
}

// restarts reports whether a call begins a run of cenkalti's backoff with a Reset, in a function that waits for what it says by itself,
// or in a function literal that is called for each wait and begins a run again where its number says so.
func restarts(p *check.Pass, cursor inspector.Cursor, fn *types.Func) bool {
	if fn == nil || fn.Name() != "Reset" || !isOf(fn, "backoff") {
		return false
	}
	function := syntax.EnclosingFunc(cursor)
	if function == nil {
		return false
	}
	if lit, ok := function.(*ast.FuncLit); ok && underCondition(cursor, lit) && asksNext(p, lit) {
		return true
	}
	found := false
	ast.Inspect(function, func(n ast.Node) bool {
		loop, ok := n.(*ast.ForStmt)
		found = found || ok && loop.Pos() > cursor.Node().Pos() && asksNext(p, loop)
		return !found
	})
	return found
}

// underCondition reports whether code of a function literal runs in some of its calls only.
func underCondition(cursor inspector.Cursor, lit *ast.FuncLit) bool {
	for c := range cursor.Enclosing((*ast.IfStmt)(nil), (*ast.CaseClause)(nil), (*ast.FuncLit)(nil)) {
		return c.Node() != lit
	}
	return false
}

// asksNext reports whether code asks a backoff for the next wait.
func asksNext(p *check.Pass, code ast.Node) bool {
	found := false
	ast.Inspect(code, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		next := ok && syntax.Callee(p.TypesInfo, call) != nil && syntax.Callee(p.TypesInfo, call).Name() == "NextBackOff"
		found = found || next
		return !found
	})
	return found
}

// sharing looks at the backoff of a call.
type sharing struct {
	*check.Pass
	cursor  inspector.Cursor // of the call
	library string
}

// backoff goes from an argument to the backoff in it, through the calls of the library that wrap it.
func (s *sharing) backoff(e ast.Expr) {
	switch e := ast.Unparen(e).(type) {
	case *ast.CallExpr:
		if fn := syntax.Callee(s.TypesInfo, e); fn != nil && fn.Pkg() != nil {
			if name, _ := library.Name(fn.Pkg().Path()); name == s.library {
				for _, arg := range e.Args {
					s.backoff(arg)
				}
			}
		}
	case *ast.Ident:
		v, ok := s.TypesInfo.Uses[e].(*types.Var)
		switch {
		case !ok || !s.isStateful(e, 0):
		case v.Parent() == s.Pkg.Scope():
			s.report(e, "is shared by all calls of this function")
		case s.outsideLoop(v):
			s.report(e, "is shared by all rounds of the loop")
		case s.captured(v):
			s.report(e, "is shared by all calls of this function")
		}
	case *ast.SelectorExpr:
		v, ok := s.TypesInfo.Uses[e.Sel].(*types.Var)
		if ok && (v.IsField() || v.Parent() == v.Pkg().Scope()) && s.isStateful(e, 0) && !s.assigned(e) {
			s.report(e, "is shared by all calls of this function")
		}
	}
}

func (s *sharing) report(e ast.Expr, how string) {
	effect := "one run begins where another ended"
	if s.library == "backoff" {
		effect = "runs at the same time reset each other" // each run begins with a Reset
	}
	s.Reportf(e, "%s keeps the state of a run, and %s: %s; make a new one for each", syntax.Text(e), how, effect)
}

// outsideLoop reports whether a variable is declared outside of a loop around the call, and not assigned in it. A library that
// resets the backoff disturbs only runs at the same time: those of function literals.
func (s *sharing) outsideLoop(v *types.Var) bool {
	concurrent := s.library != "backoff"
	for c := range s.cursor.Enclosing((*ast.ForStmt)(nil), (*ast.RangeStmt)(nil), (*ast.GoStmt)(nil), (*ast.FuncDecl)(nil)) {
		switch n := c.Node().(type) {
		case *ast.FuncDecl:
			return false
		case *ast.GoStmt:
			concurrent = true
		default:
			if v.Pos() < n.Pos() && concurrent {
				return !syntax.Writes(s.TypesInfo, n, v)
			}
		}
	}
	return false
}

// assigned reports whether the function that makes the call gives a field its backoff.
func (s *sharing) assigned(field *ast.SelectorExpr) bool {
	found := false
	function := syntax.EnclosingFunc(s.cursor)
	if function == nil {
		return false
	}
	ast.Inspect(function, func(n ast.Node) bool {
		if assign, ok := n.(*ast.AssignStmt); ok {
			for _, left := range assign.Lhs {
				found = found || syntax.Text(left) == syntax.Text(field)
			}
		}
		return !found
	})
	return found
}

// captured reports whether a variable belongs to a function around the literal that makes the call, and that literal is returned
// or kept: each call of it uses the same backoff.
func (s *sharing) captured(v *types.Var) bool {
	if v.IsField() || s.IsParameter(v) {
		return false
	}
	for c := range s.cursor.Enclosing((*ast.FuncLit)(nil)) {
		if syntax.Contains(c.Node(), v.Pos()) {
			return false
		}
		switch parent := c.Parent().Node().(type) {
		case *ast.ReturnStmt, *ast.KeyValueExpr:
			return true
		case *ast.AssignStmt:
			_, isField := ast.Unparen(parent.Lhs[0]).(*ast.SelectorExpr)
			return isField
		}
	}
	return false
}

package handloop

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/retrygen/retrygen/internal/syntax"
)

// findWaits gathers time.Sleep, <-time.After and selects over a timer, in the loop's own statements.
func (l *Loop) findWaits(info *types.Info) {
	var path []ast.Node
	ast.Inspect(l.Body, func(n ast.Node) bool {
		if n == nil {
			path = path[:len(path)-1]
			return true
		}
		switch n := n.(type) {
		case *ast.FuncLit, *ast.ForStmt, *ast.RangeStmt, *ast.GoStmt, *ast.DeferStmt:
			return false
		case *ast.CallExpr:
			switch syntax.FullName(info, n) {
			case "time.Sleep":
				l.addWait(n, path, true, n.Args[0])
			case "time.After":
				l.addWait(n, path, false, n.Args[0])
			}
		case *ast.UnaryExpr:
			if sel, ok := ast.Unparen(n.X).(*ast.SelectorExpr); ok && n.Op == token.ARROW && sel.Sel.Name == "C" {
				l.addWait(n, path, false, nil)
			}
		}
		path = append(path, n)
		return true
	})
}

// addWait notes a wait with the innermost statement around it, which for a select is the select.
func (l *Loop) addWait(call ast.Node, path []ast.Node, sleep bool, delay ast.Expr) {
	w := &Wait{Call: call, Sleep: sleep, Delay: delay}
	for i := len(path) - 1; i >= 0; i-- {
		if stmt, ok := path[i].(ast.Stmt); ok && w.Stmt == nil {
			if _, clause := stmt.(*ast.CommClause); !clause {
				w.Stmt, w.Path = stmt, append([]ast.Node(nil), path[:i]...)
			}
		}
		if s, ok := path[i].(*ast.SelectStmt); ok {
			w.Stmt, w.Path = s, append([]ast.Node(nil), path[:i]...)
			break
		}
	}
	for _, other := range l.Waits {
		if other.Stmt == w.Stmt {
			return
		}
	}
	l.Waits = append(l.Waits, w)
}

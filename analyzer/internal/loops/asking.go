package loops

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/retrygen/retrygen/internal/retries/spent"
)

// askedIn returns the requests of a function whose method or body a condition looks at, or that a condition gives to a
// predicate, and the readers whose presence ends the attempts: the function is taken to know which of them may be sent again.
func (s *spending) askedIn(function ast.Node) map[types.Object]bool {
	if known, ok := s.conditions[function]; ok {
		return known
	}
	asked := map[types.Object]bool{}
	ast.Inspect(function, func(n ast.Node) bool {
		if branch, ok := n.(*ast.IfStmt); ok {
			s.askedAbout(branch.Cond, asked)
			if n := len(branch.Body.List); n > 0 && leavesLoop(branch.Body.List[n-1]) {
				s.leavesWith(branch.Cond, asked)
			}
		}
		return true
	})
	s.conditions[function] = asked
	return asked
}

func (s *spending) askedAbout(cond ast.Expr, asked map[types.Object]bool) {
	ast.Inspect(cond, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			switch n.Sel.Name {
			case "Body", "GetBody", "Method", "ContentLength":
				s.request(n.X, asked)
			}
		case *ast.CallExpr:
			if t, ok := s.TypesInfo.TypeOf(n).(*types.Basic); ok && t.Kind() == types.Bool {
				for _, arg := range n.Args {
					s.request(arg, asked)
				}
			}
		}
		return true
	})
}

// leavesWith adds the readers that a condition asks for, which ends the attempts where there is one: if done || body != nil { return }.
func (s *spending) leavesWith(cond ast.Expr, asked map[types.Object]bool) {
	test, ok := ast.Unparen(cond).(*ast.BinaryExpr)
	if !ok {
		return
	}
	switch test.Op {
	case token.LOR:
		s.leavesWith(test.X, asked)
		s.leavesWith(test.Y, asked)
	case token.NEQ:
		id, ok := ast.Unparen(test.X).(*ast.Ident)
		if ok && s.TypesInfo.Types[test.Y].IsNil() && spent.IsReader(s.TypesInfo.TypeOf(id)) {
			asked[s.TypesInfo.ObjectOf(id)] = true
		}
	}
}

// request adds the variable of a request.
func (s *spending) request(e ast.Expr, asked map[types.Object]bool) {
	if id, ok := ast.Unparen(e).(*ast.Ident); ok && spent.IsRequest(s.TypesInfo.TypeOf(id)) {
		asked[s.TypesInfo.ObjectOf(id)] = true
	}
}

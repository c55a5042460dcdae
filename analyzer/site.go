package analyzer

import (
	"go/ast"
	"go/types"

	"golang.org/x/tools/go/types/typeutil"

	"github.com/retrygen/retrygen/internal/chain"
)

// site is a place in a function from which retries may be reached: a call, or a loop or a library's call that retries
// what is inside.
type site struct {
	node   ast.Node
	callee *types.Func // nil for a loop or a library's call
	link   *chain.Link // of a loop or a library's call
	inner  []*site
}

// sitesIn lists the sites of a piece of code, function literals included.
func (m *model) sitesIn(root ast.Node) []*site {
	var sites []*site
	ast.Inspect(root, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ForStmt, *ast.RangeStmt:
			if l := retryLoop(m.pass.TypesInfo, n.(ast.Stmt)); l != nil && l.bound > 1 {
				sites = append(sites, &site{node: n, link: &chain.Link{Name: "a loop", Attempts: l.bound, Open: true, Client: true, Pos: m.place(n.Pos())}, inner: m.sitesIn(l.body)})
				return false
			}
		case *ast.CallExpr:
			callee, _ := typeutil.Callee(m.pass.TypesInfo, n).(*types.Func)
			if callee == nil {
				return true
			}
			if link := libraryLink(m.pass.TypesInfo, callee, n); link != nil {
				link.Pos = m.place(n.Pos())
				s := &site{node: n, link: link}
				for _, arg := range n.Args {
					s.inner = append(s.inner, m.argument(arg)...)
				}
				sites = append(sites, s)
				return false
			}
			sites = append(sites, &site{node: n, callee: callee})
		}
		return true
	})
	return sites
}

// argument lists the sites of what is handed to a library: a literal, or a function by its name.
func (m *model) argument(arg ast.Expr) []*site {
	var id *ast.Ident
	switch arg := ast.Unparen(arg).(type) {
	case *ast.Ident:
		id = arg
	case *ast.SelectorExpr:
		id = arg.Sel
	}
	if id != nil {
		if fn, ok := m.pass.TypesInfo.Uses[id].(*types.Func); ok {
			return []*site{{node: arg, callee: fn}}
		}
	}
	return m.sitesIn(arg)
}

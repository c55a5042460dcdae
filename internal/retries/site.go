package retries

import (
	"go/ast"
	"go/types"

	"golang.org/x/tools/go/types/typeutil"

	"github.com/retrygen/retrygen/internal/chain"
	"github.com/retrygen/retrygen/internal/retries/handloop"
	"github.com/retrygen/retrygen/internal/retries/library"
)

// Site is a place in a function from which retries may be reached: a call, or a loop or a library's call that retries
// what is inside.
type Site struct {
	Node   ast.Node
	Callee *types.Func // nil for a loop or a library's call
	Link   *chain.Link // of a loop or a library's call
	Inner  []*Site
}

// sitesIn lists the sites of a piece of code, function literals included.
func (g *Graph) sitesIn(root ast.Node) []*Site {
	var sites []*Site
	ast.Inspect(root, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ForStmt, *ast.RangeStmt:
			if l := handloop.Find(g.pass.TypesInfo, n.(ast.Stmt)); l != nil && l.Bound > 1 {
				sites = append(sites, &Site{Node: n, Link: &chain.Link{Name: "a loop", Attempts: l.Bound, Open: true, Client: true, Pos: g.position(n.Pos())}, Inner: g.sitesIn(l.Body)})
				return false
			}
		case *ast.CallExpr:
			callee, _ := typeutil.Callee(g.pass.TypesInfo, n).(*types.Func)
			if callee == nil {
				return true
			}
			if link := library.CallLink(g.pass.TypesInfo, callee, n); link != nil {
				link.Pos = g.position(n.Pos())
				s := &Site{Node: n, Link: link}
				for _, arg := range n.Args {
					s.Inner = append(s.Inner, g.argument(arg)...)
				}
				sites = append(sites, s)
				return false
			}
			sites = append(sites, &Site{Node: n, Callee: callee})
		}
		return true
	})
	return sites
}

// argument lists the sites of what is handed to a library: a literal, or a function by its name.
func (g *Graph) argument(arg ast.Expr) []*Site {
	var id *ast.Ident
	switch arg := ast.Unparen(arg).(type) {
	case *ast.Ident:
		id = arg
	case *ast.SelectorExpr:
		id = arg.Sel
	}
	if id != nil {
		if fn, ok := g.pass.TypesInfo.Uses[id].(*types.Func); ok {
			return []*Site{{Node: arg, Callee: fn}}
		}
	}
	return g.sitesIn(arg)
}

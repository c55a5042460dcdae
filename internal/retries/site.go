package retries

import (
	"go/ast"
	"go/types"

	"github.com/retrygen/retrygen/internal/retries/chain"
	"github.com/retrygen/retrygen/internal/retries/library"
	"github.com/retrygen/retrygen/internal/retries/loop"
	"github.com/retrygen/retrygen/internal/syntax"
)

// Site is code in a function that may begin a chain: a call, or a loop, a call of a library or a retried block, which
// retry what is inside.
type Site struct {
	Node   ast.Node
	Callee *types.Func // nil for a loop, a call of a library or a block
	Link   *chain.Link // the layer that a loop, a library or a block makes, else nil
	Inner  []*Site     // the sites that this layer retries

	counter types.Object // of a loop: what counts its attempts, nil if nothing does or if it has no name
}

// sitesIn returns the sites in code, function literals included.
func (g *Graph) sitesIn(root ast.Node) []*Site {
	var sites []*Site
	ast.Inspect(root, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ForStmt, *ast.RangeStmt:
			if s := g.loop(n.(ast.Stmt)); s != nil {
				sites = append(sites, s)
				return false
			}
		case *ast.GoStmt:
			// A named function that runs as a goroutine: its errors do not come back here.
			if _, literal := ast.Unparen(n.Call.Fun).(*ast.FuncLit); !literal {
				for _, arg := range n.Call.Args {
					sites = append(sites, g.sitesIn(arg)...)
				}
				return false
			}
		case *ast.CallExpr:
			if s := g.block(n); s != nil {
				sites = append(sites, s)
				for _, arg := range n.Args {
					sites = append(sites, g.sitesIn(arg)...)
				}
				return false
			}
			if s := g.call(n); s != nil {
				sites = append(sites, s)
				return s.Link == nil
			}
		}
		return true
	})
	return sites
}

// countLoops records the loops that try again after errors: those whose number of attempts is a constant, and those where it is
// configured. Loops that go on until it works wait for something, as a rule, and clients that retry do no harm in them.
func (g *Graph) countLoops() {
	g.loops, g.openLoops = map[ast.Stmt]*loop.Loop{}, map[ast.Stmt]*loop.Loop{}
	for _, l := range g.model.Loops {
		switch n := l.Counted(); {
		case n > 1:
			g.loops[l.Stmt] = l
		case n == 1:
			g.openLoops[l.Stmt] = l
		}
	}
}

// loop returns the site of a statement that is a retry loop, nil for any other.
func (g *Graph) loop(stmt ast.Stmt) *Site {
	if l := g.loops[stmt]; l != nil {
		return &Site{Node: stmt, Link: g.loopLink(l), Inner: g.retried(l.Body, endsLoop), counter: l.Bound.Counter}
	}
	if l := g.openLoops[stmt]; l != nil {
		return &Site{Node: stmt, Link: g.openLink(l), Inner: g.retried(l.Body, endsLoop), counter: l.Bound.Counter}
	}
	return nil
}

// loopLink returns the layer that a loop makes.
func (g *Graph) loopLink(l *loop.Loop) *chain.Link {
	return &chain.Link{Name: "a loop", Attempts: l.Bound.Attempts, Open: true, Client: true, Pos: g.position(l.Stmt.Pos())}
}

// openLink is loopLink for a loop whose number of attempts is configured.
func (g *Graph) openLink(l *loop.Loop) *chain.Link {
	return &chain.Link{
		Name: "a loop", Attempts: 1, Says: syntax.Text(l.Bound.Limit), Open: true, Client: true, Pos: g.position(l.Stmt.Pos()),
	}
}

// call returns the site of a call, nil if its callee is not declared.
func (g *Graph) call(call *ast.CallExpr) *Site {
	callee := g.Callee(call)
	if callee == nil {
		return nil
	}
	link := library.CallLink(g.pass.TypesInfo, callee, call)
	if inner := g.helper(callee); link == nil && inner != nil {
		link = library.CallLink(g.pass.TypesInfo, g.Callee(inner), inner)
	}
	if link == nil {
		if s := g.again(call, callee); s != nil {
			return s
		}
		return &Site{Node: call, Callee: callee}
	}
	link.Pos = g.position(call.Pos())
	s := &Site{Node: call, Link: link}
	name, _ := library.Entry(callee)
	for _, arg := range call.Args {
		s.Inner = append(s.Inner, g.argument(arg, name)...)
	}
	return s
}

// argument returns the sites of an argument of a library with a name, or of a helper: of a function literal, also of one that a
// variable holds, or of a function that is named.
func (g *Graph) argument(arg ast.Expr, name string) []*Site {
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
	if lit := g.literal(arg); lit != nil {
		return g.retried(lit.Body, g.endsLibrary(name))
	}
	return g.sitesIn(arg)
}

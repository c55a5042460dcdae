package loop

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/cfg"

	"github.com/retrygen/retrygen/internal/syntax"
)

// graph is the control flow of a function. Other than in package cfg, the terms of && and || are branches of their own.
type graph struct {
	blocks []*block // in reverse postorder; the first is the entry
	parent map[ast.Node]ast.Stmt
	known  map[ast.Expr]bool // conditions that decide nothing
}

// block is a sequence of simple statements and expressions, then perhaps a branch.
type block struct {
	nodes  []ast.Node
	branch *branch  // nil unless there are two successors
	succs  []*block // of a branch: where it holds, and where it does not
	preds  []*block

	kind cfg.BlockKind
	stmt ast.Stmt

	order   int // its place in graph.blocks
	idom    *block
	entered int      // see graph.number
	left    int      // the same
	loop    *natural // the innermost loop around it
}

// branch is what decides between two ways.
type branch struct {
	cond   ast.Expr       // a term without !, && and ||; for a case of a switch, the comparison with its tag
	clause ast.Stmt       // the *ast.CommClause of a select, the *ast.CaseClause of a type switch
	ranges *ast.RangeStmt // another element, or the end
}

// newGraph returns the control flow of a function's body. Again returns what a block does that leads back to the beginning of the
// function; it is nil if none does.
func newGraph(info *types.Info, body *ast.BlockStmt, again func(*cfg.Block) ([]ast.Node, bool)) *graph {
	g := &graph{parent: clausesOf(body), known: foregone(info, body)}
	flow := cfg.New(body, func(call *ast.CallExpr) bool { return returns(info, call) })
	known := map[*cfg.Block]*block{}
	for _, from := range flow.Blocks {
		if from.Live {
			known[from] = &block{nodes: from.Nodes, kind: from.Kind, stmt: from.Stmt}
		}
	}
	for _, from := range flow.Blocks {
		b := known[from]
		if b == nil {
			continue
		}
		if again != nil {
			if nodes, ok := again(from); ok {
				b.nodes, b.succs = nodes, []*block{known[flow.Blocks[0]]}
				continue
			}
		}
		g.connect(b, from, known)
	}
	g.sort(known[flow.Blocks[0]])
	return g
}

// drains reports whether a statement empties the channel of a timer that has run out, for which it need not wait: if !t.Stop() { <-t.C }.
func drains(stmt *ast.IfStmt) bool {
	return hasRunOut(stmt.Cond) && len(stmt.Body.List) == 1 && syntax.ReceivedFrom(stmt.Body.List[0]) != nil
}

// hasRunOut reports whether a condition is that a timer has not been stopped in time, or that its channel holds a time: !t.Stop(), which
// may be one of several conditions, or len(t.C) > 0.
func hasRunOut(cond ast.Expr) bool {
	switch cond := ast.Unparen(cond).(type) {
	case *ast.UnaryExpr:
		call, ok := ast.Unparen(cond.X).(*ast.CallExpr)
		return ok && cond.Op == token.NOT && len(call.Args) == 0 && called(call) == "Stop"
	case *ast.BinaryExpr:
		if cond.Op == token.LAND {
			return hasRunOut(cond.X) || hasRunOut(cond.Y)
		}
		call, ok := ast.Unparen(cond.X).(*ast.CallExpr)
		return ok && (cond.Op == token.GTR || cond.Op == token.NEQ) && called(call) == "len"
	}
	return false
}

// clausesOf returns the switch or select around each clause, the select around each communication, and the if around what drains a
// timer.
func clausesOf(body *ast.BlockStmt) map[ast.Node]ast.Stmt {
	parent := map[ast.Node]ast.Stmt{}
	syntax.InspectOwn(body, func(n ast.Node) {
		var list *ast.BlockStmt
		switch n := n.(type) {
		case *ast.SwitchStmt:
			list = n.Body
		case *ast.TypeSwitchStmt:
			list = n.Body
		case *ast.SelectStmt:
			list = n.Body
		case *ast.IfStmt:
			if !drains(n) {
				return
			}
			list = n.Body
		default:
			return
		}
		for _, clause := range list.List {
			parent[clause] = n.(ast.Stmt)
			if comm, ok := clause.(*ast.CommClause); ok && comm.Comm != nil {
				parent[comm.Comm] = n.(ast.Stmt)
			}
		}
	})
	return parent
}

// connect sets the successors of a block.
func (g *graph) connect(b *block, from *cfg.Block, known map[*cfg.Block]*block) {
	if len(from.Succs) < 2 {
		for _, to := range from.Succs {
			b.succs = append(b.succs, known[to])
		}
		return
	}
	yes, no := known[from.Succs[0]], known[from.Succs[1]]
	stmt := from.Succs[0].Stmt
	switch from.Succs[0].Kind {
	case cfg.KindSelectCaseBody:
		b.split(&branch{clause: stmt}, yes, no)
		return
	case cfg.KindRangeBody:
		ranges, _ := stmt.(*ast.RangeStmt)
		b.split(&branch{ranges: ranges}, yes, no)
		return
	case cfg.KindSwitchCaseBody:
		if _, ok := g.parent[stmt].(*ast.TypeSwitchStmt); ok {
			b.split(&branch{clause: stmt}, yes, no)
			return
		}
	}
	if len(b.nodes) == 0 {
		b.split(&branch{}, yes, no)
		return
	}
	cond, ok := b.nodes[len(b.nodes)-1].(ast.Expr)
	if !ok {
		b.split(&branch{}, yes, no)
		return
	}
	b.nodes = b.nodes[:len(b.nodes)-1]
	if s, ok := g.parent[stmt].(*ast.SwitchStmt); ok && s.Tag != nil && from.Succs[0].Kind == cfg.KindSwitchCaseBody {
		cond = &ast.BinaryExpr{X: s.Tag, OpPos: cond.Pos(), Op: token.EQL, Y: cond}
	}
	g.decide(b, cond, yes, no)
}

// decide makes a block end with a condition. Its second and later terms are blocks of their own.
func (g *graph) decide(b *block, cond ast.Expr, yes, no *block) {
	switch e := ast.Unparen(cond).(type) {
	case *ast.UnaryExpr:
		if e.Op == token.NOT {
			g.decide(b, e.X, no, yes)
			return
		}
	case *ast.BinaryExpr:
		if e.Op == token.LAND || e.Op == token.LOR {
			second := &block{}
			g.decide(second, e.Y, yes, no)
			if e.Op == token.LAND {
				g.decide(b, e.X, second, no)
			} else {
				g.decide(b, e.X, yes, second)
			}
			return
		}
		if truth, ok := g.known[e]; ok {
			b.succs = []*block{no}
			if truth {
				b.succs[0] = yes
			}
			return
		}
	}
	b.split(&branch{cond: ast.Unparen(cond)}, yes, no)
}

func (b *block) split(branch *branch, yes, no *block) { b.branch, b.succs = branch, []*block{yes, no} }

// blocks reports whether a block stands for a select without a default that none of its cases ends.
func (b *block) blocks() bool {
	return b.kind == cfg.KindSelectAfterCase && len(b.nodes) == 0 && len(b.succs) == 0
}

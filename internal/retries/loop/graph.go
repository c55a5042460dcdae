package loop

import (
	"go/ast"
	"go/token"
	"go/types"
	"regexp"
	"strings"

	"golang.org/x/tools/go/cfg"

	"github.com/retrygen/retrygen/internal/syntax"
)

// graph is the control flow of a function. Other than in package cfg, the terms of && and || are branches of their own.
type graph struct {
	blocks []*block // in reverse postorder; the first is the entry
	parent map[ast.Node]ast.Stmt
}

// block is a sequence of simple statements and expressions, then perhaps a branch.
type block struct {
	nodes  []ast.Node
	branch *branch  // nil unless there are two successors
	succs  []*block // of a branch: where it holds, and where it does not
	preds  []*block

	kind cfg.BlockKind
	stmt ast.Stmt

	order int // its place in graph.blocks
	idom  *block
	loop  *natural // the innermost loop around it
}

// branch is what decides between two ways.
type branch struct {
	cond   ast.Expr       // a term without !, && and ||; for a case of a switch, the comparison with its tag
	clause ast.Stmt       // the *ast.CommClause of a select, the *ast.CaseClause of a type switch
	ranges *ast.RangeStmt // another element, or the end
}

// newGraph returns the control flow of a function's body.
func newGraph(info *types.Info, body *ast.BlockStmt) *graph {
	g := &graph{parent: clausesOf(body)}
	flow := cfg.New(body, func(call *ast.CallExpr) bool { return returns(info, call) })
	known := map[*cfg.Block]*block{}
	for _, from := range flow.Blocks {
		if from.Live {
			known[from] = &block{nodes: from.Nodes, kind: from.Kind, stmt: from.Stmt}
		}
	}
	for _, from := range flow.Blocks {
		if b := known[from]; b != nil {
			g.connect(b, from, known)
		}
	}
	g.sort(known[flow.Blocks[0]])
	return g
}

// clausesOf returns the switch or select around each clause, and the select around each communication.
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
	b.decide(cond, yes, no)
}

// decide makes a block end with a condition. Its second and later terms are blocks of their own.
func (b *block) decide(cond ast.Expr, yes, no *block) {
	switch e := ast.Unparen(cond).(type) {
	case *ast.UnaryExpr:
		if e.Op == token.NOT {
			b.decide(e.X, no, yes)
			return
		}
	case *ast.BinaryExpr:
		if e.Op == token.LAND || e.Op == token.LOR {
			second := &block{}
			second.decide(e.Y, yes, no)
			if e.Op == token.LAND {
				b.decide(e.X, second, no)
			} else {
				b.decide(e.X, yes, second)
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

// sort puts the blocks that can be reached into reverse postorder, and finds their predecessors and dominators.
func (g *graph) sort(entry *block) {
	type visit struct {
		b    *block
		next int
	}
	seen := map[*block]bool{entry: true}
	stack := []visit{{b: entry}}
	var post []*block
	for len(stack) > 0 {
		top := &stack[len(stack)-1]
		if top.next == len(top.b.succs) {
			post = append(post, top.b)
			stack = stack[:len(stack)-1]
			continue
		}
		to := top.b.succs[top.next]
		top.next++
		to.preds = append(to.preds, top.b)
		if !seen[to] {
			seen[to] = true
			stack = append(stack, visit{b: to})
		}
	}
	for i := len(post) - 1; i >= 0; i-- {
		post[i].order = len(g.blocks)
		g.blocks = append(g.blocks, post[i])
	}
	g.dominate()
}

// dominate finds the immediate dominator of each block, by the algorithm of Cooper, Harvey and Kennedy.
func (g *graph) dominate() {
	entry := g.blocks[0]
	entry.idom = entry
	for changed := true; changed; {
		changed = false
		for _, b := range g.blocks[1:] {
			var idom *block
			for _, p := range b.preds {
				switch {
				case p.idom == nil:
				case idom == nil:
					idom = p
				default:
					idom = common(p, idom)
				}
			}
			if b.idom != idom {
				b.idom, changed = idom, true
			}
		}
	}
}

// common returns the nearest block that dominates two blocks.
func common(a, b *block) *block {
	for a != b {
		for a.order > b.order {
			a = a.idom
		}
		for b.order > a.order {
			b = b.idom
		}
	}
	return a
}

// dominates reports whether every way to b leads through a.
func (a *block) dominates(b *block) bool {
	for b.order > a.order {
		b = b.idom
	}
	return a == b
}

// natural is a loop of the control flow: the blocks from which its head can be reached again without leaving it.
type natural struct {
	head   *block
	blocks []*block
	has    map[*block]bool
	outer  *natural
}

// loops returns the loops of a graph, inner ones before those around them, and sets the innermost loop of each block.
func (g *graph) loops() []*natural {
	var list []*natural
	for i := len(g.blocks) - 1; i >= 0; i-- {
		head := g.blocks[i]
		var back []*block
		for _, p := range head.preds {
			if head.dominates(p) {
				back = append(back, p)
			}
		}
		if len(back) > 0 {
			list = append(list, newNatural(head, back))
		}
	}
	return list
}

func newNatural(head *block, back []*block) *natural {
	l := &natural{head: head, has: map[*block]bool{head: true}}
	work := back
	for len(work) > 0 {
		b := work[len(work)-1]
		work = work[:len(work)-1]
		if !l.has[b] {
			l.has[b] = true
			work = append(work, b.preds...)
		}
	}
	for b := range l.has {
		l.blocks = append(l.blocks, b)
	}
	sortBlocks(l.blocks)
	for _, b := range l.blocks {
		if b.loop == nil {
			b.loop = l
			continue
		}
		inner := b.loop
		for inner.outer != nil && inner.outer != l {
			inner = inner.outer
		}
		if inner != l {
			inner.outer = l
		}
	}
	return l
}

var endsTest = regexp.MustCompile(`\.(Fatal|Skip|FailNow)`)

// returns reports whether a call may return.
func returns(info *types.Info, call *ast.CallExpr) bool {
	if syntax.IsBuiltin(info, call, "panic") {
		return false
	}
	name := syntax.FullName(info, call)
	switch {
	case name == "os.Exit", name == "runtime.Goexit", strings.HasPrefix(name, "log.Fatal"), strings.HasPrefix(name, "log.Panic"),
		strings.HasPrefix(name, "log.Logger.Fatal"), strings.HasPrefix(name, "log.Logger.Panic"),
		strings.HasPrefix(name, "testing.") && endsTest.MatchString(name):
		return false
	}
	return true
}

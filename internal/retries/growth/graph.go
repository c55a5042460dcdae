package growth

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/cfg"

	"github.com/retrygen/retrygen/internal/syntax"
)

// graph is the control flow of a function, with its loops.
type graph struct {
	blocks []*cfg.Block
	order  []int                 // by block: its place in an order in which a way goes forward
	loops  map[*cfg.Block]*loop  // by head
	tags   map[ast.Stmt]ast.Expr // what a clause of a switch compares with
	inner  map[*cfg.Block]*loop  // the smallest loop around a block
	nodes  []placed              // by position
	code   []*code               // by block, nil for one that has not run
}

// placed is a node that a block evaluates.
type placed struct {
	ast.Node
	block *cfg.Block
}

// loop is a natural loop: what lies on a way from its head back to it.
type loop struct {
	head   *cfg.Block
	body   map[*cfg.Block]bool
	parent *loop
}

func newGraph(info *types.Info, body *ast.BlockStmt) *graph {
	flow := cfg.New(body, func(call *ast.CallExpr) bool { return !neverReturns(info, call) })
	g := &graph{
		blocks: flow.Blocks, order: make([]int, len(flow.Blocks)), loops: map[*cfg.Block]*loop{}, tags: map[ast.Stmt]ast.Expr{},
		inner: map[*cfg.Block]*loop{}, code: make([]*code, len(flow.Blocks)),
	}
	ast.Inspect(body, func(n ast.Node) bool {
		if s, ok := n.(*ast.SwitchStmt); ok && s.Tag != nil {
			for _, clause := range s.Body.List {
				g.tags[clause] = s.Tag
			}
		}
		return true
	})
	for _, b := range g.blocks {
		for _, n := range b.Nodes {
			if b.Live {
				g.nodes = append(g.nodes, placed{n, b})
			}
		}
	}
	slices.SortStableFunc(g.nodes, func(a, b placed) int { return int(a.Pos() - b.Pos()) })
	g.findLoops()
	return g
}

// blockOf returns the block in which a node is evaluated, nil if control does not get there.
func (g *graph) blockOf(n ast.Node) *cfg.Block {
	at, _ := slices.BinarySearchFunc(g.nodes, n.Pos(), func(p placed, pos token.Pos) int { return int(p.Pos() - pos) })
	for at < len(g.nodes) && g.nodes[at].Pos() == n.Pos() {
		at++
	}
	for at--; at >= 0; at-- {
		if n.End() <= g.nodes[at].End() {
			return g.nodes[at].block
		}
	}
	return nil
}

var ends = syntax.NameSet("os.Exit", "runtime.Goexit", "log.Fatal", "log.Fatalf", "log.Fatalln", "log.Panic", "log.Panicf")

func neverReturns(info *types.Info, call *ast.CallExpr) bool {
	return syntax.IsBuiltin(info, call, "panic") || ends[syntax.FullName(info, call)]
}

// findLoops orders the blocks, and collects the loops from the edges that lead back.
func (g *graph) findLoops() {
	back := g.number()
	before := make([][]*cfg.Block, len(g.blocks))
	for _, b := range g.blocks {
		for _, next := range b.Succs {
			before[next.Index] = append(before[next.Index], b)
		}
	}
	for _, edge := range back {
		l := g.loops[edge[1]]
		if l == nil {
			l = &loop{head: edge[1], body: map[*cfg.Block]bool{edge[1]: true}}
			g.loops[edge[1]] = l
		}
		todo := []*cfg.Block{edge[0]}
		for len(todo) > 0 {
			b := todo[len(todo)-1]
			todo = todo[:len(todo)-1]
			if b.Live && !l.body[b] {
				l.body[b] = true
				todo = append(todo, before[b.Index]...)
			}
		}
	}
	g.nest()
}

// number numbers the blocks in reverse postorder, and returns the edges that lead back.
func (g *graph) number() (back [][2]*cfg.Block) {
	type visit struct {
		block *cfg.Block
		next  int
	}
	state := make([]byte, len(g.blocks)) // 1 while it is on the stack, 2 afterwards
	stack, last := []visit{{block: g.blocks[0]}}, len(g.blocks)
	state[0] = 1
	for len(stack) > 0 {
		top := &stack[len(stack)-1]
		if top.next == len(top.block.Succs) {
			last--
			g.order[top.block.Index], state[top.block.Index] = last, 2
			stack = stack[:len(stack)-1]
			continue
		}
		next := top.block.Succs[top.next]
		top.next++
		switch state[next.Index] {
		case 0:
			state[next.Index] = 1
			stack = append(stack, visit{block: next})
		case 1:
			back = append(back, [2]*cfg.Block{top.block, next})
		}
	}
	return back
}

// nest finds the loop around each loop and each block, smaller ones first.
func (g *graph) nest() {
	var list []*loop
	for _, l := range g.loops {
		list = append(list, l)
	}
	slices.SortFunc(list, func(a, b *loop) int {
		if d := len(a.body) - len(b.body); d != 0 {
			return d
		}
		return int(a.head.Index - b.head.Index)
	})
	for _, l := range list {
		for b := range l.body {
			if inside := g.inner[b]; inside == nil {
				g.inner[b] = l
			} else if top := inside.outermost(); top != l {
				top.parent = l
			}
		}
	}
}

func (l *loop) outermost() *loop {
	for l.parent != nil {
		l = l.parent
	}
	return l
}

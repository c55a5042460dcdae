package loops

import (
	"go/ast"

	"golang.org/x/tools/go/cfg"
)

// ways are the ways through a function, from call to call.
type ways struct {
	blocks map[*ast.CallExpr]*cfg.Block
	rounds map[*cfg.Block]int // the number of the round that a block belongs to, 0 for a block that runs once
}

// newWays reads the body of a function.
func newWays(body *ast.BlockStmt) *ways {
	graph := cfg.New(body, func(*ast.CallExpr) bool { return true })
	w := &ways{map[*ast.CallExpr]*cfg.Block{}, roundsOf(graph)}
	for _, b := range graph.Blocks {
		for _, n := range b.Nodes {
			ast.Inspect(n, func(n ast.Node) bool {
				if call, ok := n.(*ast.CallExpr); ok {
					w.blocks[call] = b
				}
				return true
			})
		}
	}
	return w
}

// repeats reports whether the function may come back to a call.
func (w *ways) repeats(call *ast.CallExpr) bool { return w.rounds[w.blocks[call]] > 0 }

// lead reports whether the function may get from one call to another, behind it.
func (w *ways) lead(from, to *ast.CallExpr) bool {
	start, target := w.blocks[from], w.blocks[to]
	if start == nil || target == nil {
		return false
	}
	if start == target && from.Pos() < to.Pos() {
		return true
	}
	seen := map[*cfg.Block]bool{}
	waiting := []*cfg.Block{start}
	for len(waiting) > 0 {
		b := waiting[len(waiting)-1]
		waiting = waiting[:len(waiting)-1]
		for _, next := range b.Succs {
			if next == target {
				return true
			}
			if !seen[next] {
				seen[next] = true
				waiting = append(waiting, next)
			}
		}
	}
	return false
}

// roundsOf numbers the strongly connected components of a graph with more than one block, or with a block that leads to
// itself (Tarjan 1972).
func roundsOf(graph *cfg.CFG) map[*cfg.Block]int {
	t := &tarjan{index: map[*cfg.Block]int{}, low: map[*cfg.Block]int{}, open: map[*cfg.Block]bool{}, rounds: map[*cfg.Block]int{}}
	for _, b := range graph.Blocks {
		if t.index[b] == 0 {
			t.visit(b)
		}
	}
	return t.rounds
}

type tarjan struct {
	index, low map[*cfg.Block]int
	open       map[*cfg.Block]bool
	stack      []*cfg.Block
	rounds     map[*cfg.Block]int
	found      int
}

func (t *tarjan) visit(b *cfg.Block) {
	t.index[b] = len(t.index) + 1
	t.low[b] = t.index[b]
	t.stack = append(t.stack, b)
	t.open[b] = true
	toItself := false
	for _, next := range b.Succs {
		toItself = toItself || next == b
		if t.index[next] == 0 {
			t.visit(next)
			t.low[b] = min(t.low[b], t.low[next])
		} else if t.open[next] {
			t.low[b] = min(t.low[b], t.index[next])
		}
	}
	if t.low[b] == t.index[b] {
		t.component(b, toItself)
	}
}

// component takes a component off the stack, down to its first block.
func (t *tarjan) component(first *cfg.Block, toItself bool) {
	at := len(t.stack) - 1
	for t.stack[at] != first {
		at--
	}
	if len(t.stack)-at > 1 || toItself {
		t.found++
	}
	for _, b := range t.stack[at:] {
		t.open[b] = false
		if len(t.stack)-at > 1 || toItself {
			t.rounds[b] = t.found
		}
	}
	t.stack = t.stack[:at]
}

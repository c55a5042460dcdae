package loops

import (
	"go/ast"

	"golang.org/x/tools/go/cfg"
)

// ways are the ways through a function, from call to call.
type ways struct {
	graph  *cfg.CFG
	blocks map[*ast.CallExpr]*cfg.Block
}

// newWays reads the body of a function.
func newWays(body *ast.BlockStmt) *ways {
	w := &ways{cfg.New(body, func(*ast.CallExpr) bool { return true }), map[*ast.CallExpr]*cfg.Block{}}
	for _, b := range w.graph.Blocks {
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

// lead reports whether the function may get from one call to another behind it, or back to the same one.
func (w *ways) lead(from, to *ast.CallExpr) bool {
	start, target := w.blocks[from], w.blocks[to]
	if start == nil || target == nil {
		return false
	}
	if start == target && from.Pos() < to.Pos() {
		return true
	}
	seen := map[*cfg.Block]bool{}
	var reach func(*cfg.Block) bool
	reach = func(b *cfg.Block) bool {
		for _, next := range b.Succs {
			if next == target {
				return true
			}
			if !seen[next] {
				seen[next] = true
				if reach(next) {
					return true
				}
			}
		}
		return false
	}
	return reach(start)
}

// comesBack reports whether the function may get from one call to another, or back to the same one.
func (f *spender) comesBack(from, to *ast.CallExpr) bool {
	if f.ways == nil {
		f.ways = newWays(f.body)
	}
	return f.ways.lead(from, to)
}

package growth

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/cfg"

	"github.com/retrygen/retrygen/internal/syntax"
)

// code is a block as it runs. Most of what a loop of attempts does has nothing to do with delays, and is left out.
type code struct {
	steps   []step
	cond    ast.Expr // what decides between the two blocks that follow, nil for nothing that is known
	decides bool     // cond is not idle
}

// step is a node that runs.
type step struct {
	node    ast.Node // nil if the node is idle but for what it forgets
	forgets []*slot  // the places that are set to something that is no number
	again   bool     // each call of the function may set them to the same
}

// codeOf returns the code of a block.
func (f *function) codeOf(p *program, b *cfg.Block) *code {
	g := f.graph(p.info)
	if g.code[b.Index] == nil {
		g.code[b.Index] = p.compile(g, b)
	}
	return g.code[b.Index]
}

func (p *program) compile(g *graph, b *cfg.Block) *code {
	c := &code{cond: g.condition(b)}
	nodes := b.Nodes
	if c.cond != nil {
		nodes = nodes[:len(nodes)-1]
		c.decides = !p.idle(c.cond)
	}
	for _, n := range nodes {
		assign, _ := n.(*ast.AssignStmt)
		switch {
		case !p.idle(n):
			c.steps = append(c.steps, step{node: n})
		case assign != nil:
			if forgets := p.forgotten(assign); forgets != nil {
				c.steps = append(c.steps, step{forgets: forgets, again: p.looksUp(assign)})
			}
		}
	}
	return c
}

// looksUp reports whether an assignment looks up something that exists: p := peers[id].
func (p *program) looksUp(s *ast.AssignStmt) bool {
	if s.Tok != token.DEFINE || len(s.Rhs) != 1 {
		return false
	}
	t := p.info.TypeOf(s.Lhs[0])
	if t == nil {
		return false
	}
	if _, pointer := t.Underlying().(*types.Pointer); !pointer {
		return false
	}
	switch ast.Unparen(s.Rhs[0]).(type) {
	case *ast.IndexExpr, *ast.CallExpr, *ast.SelectorExpr, *ast.TypeAssertExpr:
		return true
	}
	return false
}

// forgotten returns the places that an assignment without numbers sets, and that numbers may be parts of.
func (p *program) forgotten(s *ast.AssignStmt) []*slot {
	var list []*slot
	for _, target := range s.Lhs {
		if at, ok := placeOf(p.info, target); ok && at.root != nil && !p.partless(target) {
			list = append(list, p.slotOf(at))
		}
	}
	return list
}

// condition returns what decides between the two blocks that follow one, nil for nothing that is known.
func (g *graph) condition(b *cfg.Block) ast.Expr {
	if len(b.Succs) != 2 || len(b.Nodes) == 0 {
		return nil
	}
	cond, ok := b.Nodes[len(b.Nodes)-1].(ast.Expr)
	if !ok {
		return nil
	}
	switch b.Succs[0].Kind {
	case cfg.KindIfThen, cfg.KindForBody:
		return cond
	case cfg.KindSwitchCaseBody:
		clause, ok := b.Succs[0].Stmt.(*ast.CaseClause)
		if !ok || b.Kind == cfg.KindRangeLoop || !slices.Contains(clause.List, cond) { // those of a type switch are types
			return nil
		}
		if tag := g.tags[clause]; tag != nil {
			return &ast.BinaryExpr{X: tag, OpPos: cond.Pos(), Op: token.EQL, Y: cond}
		}
		return cond
	}
	return nil
}

// idle reports whether running a node changes and shows nothing: no number is in it, and no function called in it that a
// delay grows in.
func (p *program) idle(n ast.Node) bool {
	idle := true
	syntax.InspectOwn(n, func(n ast.Node) {
		switch n := n.(type) {
		case *ast.ValueSpec:
			for _, name := range n.Names {
				idle = idle && p.partless(name)
			}
		case *ast.CallExpr:
			idle = idle && p.idleCall(n)
		case *ast.ReturnStmt:
			idle = false
		}
		if e, ok := n.(ast.Expr); ok && idle {
			_, number := numberOf(p.info.TypeOf(e))
			v := p.info.Types[e].Value
			idle = !number && (v == nil || v.Kind() != constant.Bool)
		}
	})
	return idle
}

// partless reports whether setting a variable sets no number: it has no parts that could be places.
func (p *program) partless(target ast.Expr) bool {
	if id, ok := target.(*ast.Ident); ok && id.Name == "_" {
		return true
	}
	t := p.info.TypeOf(target)
	if t == nil {
		return false
	}
	if _, parameter := types.Unalias(t).(*types.TypeParam); parameter {
		return false
	}
	switch t.Underlying().(type) {
	case *types.Basic, *types.Interface, *types.Signature, *types.Chan:
		return true
	}
	return false
}

// idleCall reports whether a call without numbers as arguments computes none.
func (p *program) idleCall(call *ast.CallExpr) bool {
	if _, ok := loaded(p.info, call); ok {
		return false
	}
	if fn := syntax.Callee(p.info, call); fn != nil && (p.grows[fn.Origin()] || p.imported(fn.Origin()) != nil) {
		return false
	}
	tv := p.info.Types[call.Fun]
	if tv.IsType() || tv.IsBuiltin() {
		return true
	}
	if tv.Type == nil {
		return false
	}
	sig, ok := tv.Type.Underlying().(*types.Signature)
	return ok && !returnsNumbers(sig)
}

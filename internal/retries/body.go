package retries

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/retrygen/retrygen/internal/retries/chain"
	"github.com/retrygen/retrygen/internal/syntax"
)

// body adds up what the statements of a function call, function literals included. Statements in a row and deferred calls
// add up, branches count the larger one, loops their constant number of rounds.
type body struct {
	*summer
	locals   *locals
	literals map[*ast.FuncLit]chain.Bound
	busy     map[*ast.FuncLit]bool // a literal that calls itself is looked at once
}

func newBody(s *summer, root ast.Node) *body {
	return &body{s, localsOf(s.pass.TypesInfo, root), map[*ast.FuncLit]chain.Bound{}, map[*ast.FuncLit]bool{}}
}

// block returns the bound of the body of a function or of a literal.
func (b *body) block(block *ast.BlockStmt) chain.Bound {
	sum := b.list(block.List)
	if at := backward(block); at.IsValid() {
		sum = sum.Often(b.site(at) + ": a goto that goes back")
	}
	return sum
}

// list returns the bound of statements in a row. What follows a branch that leaves the list is its alternative.
func (b *body) list(list []ast.Stmt) chain.Bound {
	var sum chain.Bound
	for i := 0; i < len(list); i++ {
		if n, together := b.together(list[i:]); n > 0 {
			sum = sum.Plus(together)
			i += n - 1
			continue
		}
		branch, ok := list[i].(*ast.IfStmt)
		if !ok || !leaves(branch.Body) {
			sum = sum.Plus(b.stmt(list[i]))
			continue
		}
		otherwise := b.stmt(branch.Else).Plus(b.list(list[i+1:]))
		return sum.Plus(b.stmt(branch.Init)).Plus(b.expr(branch.Cond)).Plus(b.stmt(branch.Body).Or(otherwise))
	}
	return sum
}

// leaves reports whether nothing behind a block runs when the block has run.
func leaves(block *ast.BlockStmt) bool {
	if len(block.List) == 0 {
		return false
	}
	switch last := block.List[len(block.List)-1].(type) {
	case *ast.ReturnStmt:
		return true
	case *ast.BranchStmt:
		return last.Tok == token.BREAK || last.Tok == token.CONTINUE
	}
	return false
}

// stmt returns the bound of a statement, which may be nil.
func (b *body) stmt(stmt ast.Stmt) chain.Bound {
	switch stmt := stmt.(type) {
	case nil:
		return chain.Bound{}
	case *ast.BlockStmt:
		return b.list(stmt.List)
	case *ast.LabeledStmt:
		return b.stmt(stmt.Stmt)
	case *ast.IfStmt:
		return b.stmt(stmt.Init).Plus(b.expr(stmt.Cond)).Plus(b.stmt(stmt.Body).Or(b.stmt(stmt.Else)))
	case *ast.SwitchStmt:
		return b.stmt(stmt.Init).Plus(b.expr(stmt.Tag)).Plus(b.clauses(stmt.Body))
	case *ast.TypeSwitchStmt:
		return b.stmt(stmt.Init).Plus(b.stmt(stmt.Assign)).Plus(b.clauses(stmt.Body))
	case *ast.SelectStmt:
		sum := b.clauses(stmt.Body)
		sum.Blocks = true
		return sum
	case *ast.ForStmt, *ast.RangeStmt:
		return b.loop(stmt)
	}
	return b.expr(stmt)
}

// clauses returns the bound of the cases of a switch or a select: all that they ask, and the largest of what they do.
func (b *body) clauses(block *ast.BlockStmt) chain.Bound {
	var asked, done chain.Bound
	for _, clause := range block.List {
		var doing []ast.Stmt
		switch clause := clause.(type) {
		case *ast.CaseClause:
			doing = clause.Body
			for _, e := range clause.List {
				asked = asked.Plus(b.expr(e))
			}
		case *ast.CommClause:
			doing = clause.Body
			asked = asked.Plus(b.stmt(clause.Comm))
		}
		if fallsThrough(block) {
			done = done.Plus(b.list(doing))
		} else {
			done = done.Or(b.list(doing))
		}
	}
	return asked.Plus(done)
}

// fallsThrough reports whether a case of a switch goes on with the next one.
func fallsThrough(block *ast.BlockStmt) bool {
	for _, clause := range block.List {
		clause, ok := clause.(*ast.CaseClause)
		if !ok || len(clause.Body) == 0 {
			continue
		}
		if last, ok := clause.Body[len(clause.Body)-1].(*ast.BranchStmt); ok && last.Tok == token.FALLTHROUGH {
			return true
		}
	}
	return false
}

// backward returns the position of a goto that goes back, if there is one.
func backward(block *ast.BlockStmt) token.Pos {
	at := token.NoPos
	labels := map[string]token.Pos{}
	ast.Inspect(block, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.LabeledStmt:
			labels[n.Label.Name] = n.Pos()
		case *ast.BranchStmt:
			if n.Tok == token.GOTO && labels[n.Label.Name].IsValid() {
				at = n.Pos()
			}
		}
		return true
	})
	return at
}

// loop returns the bound of a loop.
func (b *body) loop(stmt ast.Stmt) chain.Bound {
	before, head, inside := b.parts(stmt)
	if l := b.loops[stmt]; l != nil {
		b.inside[stmt] = head.Plus(inside)
		return before.Plus(head.Plus(inside).Inside(*b.loopLink(l)))
	}
	if b.openLoops[stmt] != nil {
		b.inside[stmt] = head.Plus(inside)
	}
	if n, ok := b.locals.rounds(stmt); ok {
		return before.Plus(head).Plus(head.Plus(inside).Times(n))
	}
	return before.Plus(head.Plus(inside).Often(b.site(stmt.Pos()) + ": a loop whose number of rounds is not a constant"))
}

// parts returns the bounds of what a loop does once, of what it does before each round and at the end, and of a round.
func (b *body) parts(stmt ast.Stmt) (before, head, inside chain.Bound) {
	switch stmt := stmt.(type) {
	case *ast.ForStmt:
		return b.stmt(stmt.Init), b.expr(stmt.Cond).Plus(b.stmt(stmt.Post)), b.stmt(stmt.Body)
	case *ast.RangeStmt:
		before = b.expr(stmt.X)
		switch syntax.Underlying(b.pass.TypesInfo.TypeOf(stmt.X)).(type) {
		case *types.Chan:
			before.Blocks = true
		case *types.Signature:
			iterator := b.value(stmt.X)
			iterator.Params = false // its parameter is the body of the loop
			before = before.Plus(iterator)
		}
		return before, chain.Bound{}, b.stmt(stmt.Body)
	}
	return before, head, inside
}

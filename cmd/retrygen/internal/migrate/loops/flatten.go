package loops

import (
	"go/ast"
	"go/token"
	"slices"

	"github.com/retrygen/retrygen/internal/syntax"
)

// flatten reads a round that stands in a select as one that begins with the select:
//
//	for {
//		select {
//		case <-ctx.Done():
//			return ctx.Err()
//		case <-time.After(d): // or default
//			err := work()
//			…
//		}
//	}
//
// A break in the round would end the select alone, so that there must be none.
func (r *reader) flatten() {
	for i, stmt := range r.body {
		s, ok := stmt.(*ast.SelectStmt)
		if !ok || !r.worksIn(s) {
			continue
		}
		round := r.roundOf(s)
		if round == nil || breaks(round.Body) || r.hides(round.Body, r.body[i+1:]) {
			return
		}
		head := r.headOf(s, round)
		r.body = slices.Concat(r.body[:i], []ast.Stmt{head}, round.Body, r.body[i+1:])
		r.flat = flat{head: head, whole: s, round: round}
		return
	}
}

// flat is a select whose clause is the rest of a round.
type flat struct {
	head  *ast.SelectStmt // without what the clause does
	whole *ast.SelectStmt
	round *ast.CommClause
}

// roundOf returns the clause of a select that makes the attempt, nil if the other is not a context's that leaves the loop.
func (r *reader) roundOf(s *ast.SelectStmt) *ast.CommClause {
	var round *ast.CommClause
	leaves := false
	for _, c := range s.Body.List {
		c := c.(*ast.CommClause)
		from := syntax.ReceivedFrom(c.Comm)
		switch {
		case from != nil && r.done(from) != nil && syntax.Leaves(c.Body, true):
			leaves = true
		case c.Comm == nil, from != nil && syntax.DeliversTimes(r.Info.TypeOf(from)):
			round = c
		}
	}
	if len(s.Body.List) != 2 || !leaves {
		return nil
	}
	return round
}

// headOf returns a select without what one of its clauses does.
func (r *reader) headOf(s *ast.SelectStmt, round *ast.CommClause) *ast.SelectStmt {
	body := &ast.BlockStmt{Lbrace: s.Body.Lbrace, Rbrace: round.Colon}
	for _, c := range s.Body.List {
		c := c.(*ast.CommClause)
		if c == round {
			c = &ast.CommClause{Case: c.Case, Comm: c.Comm, Colon: c.Colon}
		}
		body.List = append(body.List, c)
	}
	return &ast.SelectStmt{Select: s.Select, Body: body}
}

// breaks reports whether statements have a break that ends what is around them.
func breaks(list []ast.Stmt) bool {
	found := false
	for _, s := range list {
		ast.Inspect(s, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncLit, *ast.ForStmt, *ast.RangeStmt, *ast.SwitchStmt, *ast.TypeSwitchStmt, *ast.SelectStmt:
				return false
			case *ast.BranchStmt:
				found = found || n.Tok == token.BREAK && n.Label == nil
			}
			return true
		})
	}
	return found
}

// hides reports whether statements declare a name that others, for which that was out of scope, mention.
func (r *reader) hides(list, others []ast.Stmt) bool {
	names := map[string]bool{}
	for _, s := range list {
		for o := range r.assigned(s) {
			names[o.Name()] = true
		}
	}
	found := false
	for _, s := range others {
		ast.Inspect(s, func(n ast.Node) bool {
			id, ok := n.(*ast.Ident)
			found = found || ok && names[id.Name] && !r.declaredBeforeLoop(id)
			return true
		})
	}
	return found
}

// declaredBeforeLoop reports whether an identifier means a variable that is known around the loop.
func (r *reader) declaredBeforeLoop(id *ast.Ident) bool {
	o := r.Info.ObjectOf(id)
	return o != nil && (o.Pos() < r.loop.Stmt.Pos() || o.Pos() >= r.loop.Stmt.End())
}

package loops

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/retrygen/retrygen/internal/syntax"
)

// tells reports whether a tag calls nothing, or a function that tells something about an error or a result, such as
// status.Code(err). It may be called for each case.
func (r *reader) tells(tag ast.Expr) bool {
	if !syntax.HasCall(tag) {
		return true
	}
	call, ok := ast.Unparen(tag).(*ast.CallExpr)
	if !ok || len(call.Args) != 1 || syntax.HasCall(call.Args[0]) || syntax.ReturnsError(r.Info, call) {
		return false
	}
	_, basic := r.Info.TypeOf(tag).Underlying().(*types.Basic)
	o := r.object(call.Args[0])
	return basic && o != nil && syntax.IsError(o.Type())
}

// readSwitch reads a switch as the ifs that it stands for.
func (r *reader) readSwitch(stmt *ast.SwitchStmt) (*step, error) {
	if !r.exits(stmt) && !r.holdsWait(stmt) {
		return &step{stmt: stmt}, nil
	}
	if stmt.Init != nil || stmt.Tag != nil && !r.tells(stmt.Tag) {
		return nil, r.fail(stmt, "a switch decides that calls something first")
	}
	r.switches++
	defer func() { r.switches-- }()
	var els *list
	var clauses []*ast.CaseClause
	for _, c := range stmt.Body.List {
		c := c.(*ast.CaseClause)
		way, err := r.readList(c.Body)
		switch {
		case err != nil:
			return nil, err
		case c.List == nil && els != nil:
			return nil, r.fail(c, "a default that is not the last case decides")
		case c.List == nil:
			els = way
		default:
			clauses = append(clauses, c)
		}
	}
	for i := len(clauses) - 1; i >= 0; i-- {
		way, _ := r.readList(clauses[i].Body)
		s := &step{stmt: stmt, cond: r.caseOf(stmt.Tag, clauses[i].List), then: way, els: els}
		if i == 0 {
			return s, nil
		}
		els = &list{steps: []*step{s}, end: s.end()}
	}
	return nil, r.fail(stmt, "a switch without conditions decides")
}

// caseOf returns the condition that a case stands for: tag == a || tag == b.
func (r *reader) caseOf(tag ast.Expr, list []ast.Expr) ast.Expr {
	var sum ast.Expr
	for _, e := range list {
		if tag != nil {
			e = r.compose(tag, token.EQL, e)
		}
		if sum == nil {
			sum = e
		} else {
			sum = r.compose(sum, token.LOR, e)
		}
	}
	return sum
}

// compose makes an expression of two that stand apart.
func (r *reader) compose(x ast.Expr, op token.Token, y ast.Expr) ast.Expr {
	e := &ast.BinaryExpr{X: x, OpPos: y.Pos(), Op: op, Y: y}
	r.written[e] = r.operandText(x, op) + " " + op.String() + " " + r.operandText(y, op)
	return e
}

// operandText writes an operand, in parentheses where its own operator binds less.
func (r *reader) operandText(e ast.Expr, op token.Token) string {
	text := r.Source(e)
	if b, ok := e.(*ast.BinaryExpr); ok && b.Op.Precedence() < op.Precedence() {
		return "(" + text + ")"
	}
	return text
}

// Source returns the source text of a node, or the text of a condition that stands nowhere.
func (r *reader) Source(n ast.Node) string {
	if text, ok := r.written[n]; ok {
		return text
	}
	return r.Package.Source(n)
}

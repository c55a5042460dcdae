package analyzer

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/analysis"

	"github.com/retrygen/retrygen/internal/directive"
	"github.com/retrygen/retrygen/internal/values"
)

// sharesReceiver is RL209. Generated code copies the results that it can; the others are kept as they are.
func (r *reporter) sharesReceiver(fn *directive.Func) {
	if fn.Checkpoint == nil || fn.Decl == nil || fn.Decl.Body == nil || fn.Sig.Recv() == nil {
		return
	}
	results := fn.Sig.Results()
	inspectOwn(fn.Decl.Body, func(n ast.Node) {
		give, ok := n.(*ast.ReturnStmt)
		if !ok {
			return
		}
		given := give.Results
		if len(given) == 0 {
			given = namedResults(fn.Decl)
		}
		if len(given) != results.Len() {
			return // those of a call
		}
		for i, e := range given[:results.Len()-1] {
			if t := results.At(i).Type(); values.SharingOf(t, r.Pkg) != values.Shared || r.isResource(t) {
				continue
			}
			part := r.partOf(fn, give, e, 0)
			if part == nil {
				continue
			}
			if write := r.changedAt(part); write.IsValid() {
				r.report(finding{id: "RL209", pos: e.Pos(), end: e.End(), message: fmt.Sprintf(
					"what %s gives is remembered, and is still part of %s, which goes on changing it: a later attempt of the flow is given what has become of it; give back a copy",
					fn.Name, fn.Sig.Recv().Name()),
					related: []analysis.RelatedInformation{{Pos: write, Message: "it is changed here"}}})
			}
		}
	})
}

// namedResults lists what a return statement without results gives.
func namedResults(decl *ast.FuncDecl) []ast.Expr {
	var list []ast.Expr
	for _, field := range decl.Type.Results.List {
		for _, name := range field.Names {
			list = append(list, name)
		}
	}
	return list
}

// isResource reports whether RL208 finds a result.
func (r *reporter) isResource(t types.Type) bool {
	_, harm := resourceIn(t, r.Pkg)
	return harm != "" && r.on("RL208")
}

// inspectOwn goes through a body without the function literals in it.
func inspectOwn(body ast.Node, visit func(ast.Node)) {
	ast.Inspect(body, func(n ast.Node) bool {
		if _, literal := n.(*ast.FuncLit); literal {
			return false
		}
		if n != nil {
			visit(n)
		}
		return true
	})
}

// receiverPart is memory of a receiver.
type receiverPart struct {
	field   *types.Var // the last field on the way to it, nil for the receiver itself
	depth   int        // how many elements deep in that field
	address bool       // what is given points to the field
	t       types.Type // of what is given: a pointer, a map or a slice
}

// partOf finds the part of the receiver that an expression gives, nil for none. A variable counts by what was last
// assigned to it on the straight way to the return statement.
func (r *reporter) partOf(fn *directive.Func, give *ast.ReturnStmt, e ast.Expr, steps int) *receiverPart {
	t := r.TypesInfo.TypeOf(e)
	if pair, ok := t.(*types.Tuple); ok && pair.Len() > 0 {
		t = pair.At(0).Type() // value, ok := m[key]
	}
	if t == nil || steps > 5 {
		return nil
	}
	switch t.Underlying().(type) {
	case *types.Pointer, *types.Map, *types.Slice:
	default:
		return nil
	}
	part := &receiverPart{t: t}
	for at := e; ; {
		switch x := ast.Unparen(at).(type) {
		case *ast.UnaryExpr:
			part.address = x.Op == token.AND
			at = x.X
		case *ast.SelectorExpr:
			field, ok := r.TypesInfo.Uses[x.Sel].(*types.Var)
			if !ok || !field.IsField() {
				return nil
			}
			if part.field == nil {
				part.field = field.Origin()
			}
			at = x.X
		case *ast.IndexExpr:
			if part.field == nil {
				part.depth++
			}
			at = x.X
		case *ast.SliceExpr:
			at = x.X
		case *ast.TypeAssertExpr:
			at = x.X
		case *ast.Ident:
			return r.partBehind(fn, give, x, part, steps)
		default:
			return nil
		}
	}
}

// partBehind is partOf for the variable that an expression begins with.
func (r *reporter) partBehind(fn *directive.Func, give *ast.ReturnStmt, id *ast.Ident, part *receiverPart, steps int) *receiverPart {
	object := r.TypesInfo.ObjectOf(id)
	if object == fn.Sig.Recv() {
		_, pointer := fn.Sig.Recv().Type().Underlying().(*types.Pointer)
		if !pointer && (part.address || part.field == nil) {
			return nil // of a copy
		}
		return part
	}
	if part.field != nil || part.depth > 0 || part.address || object == nil {
		return nil
	}
	assigned, ranged := r.lastAssigned(fn.Decl.Body, give, object)
	if assigned == nil {
		return nil
	}
	if !ranged {
		return r.partOf(fn, give, assigned, steps+1)
	}
	if around := r.partOf(fn, give, assigned, steps+1); around != nil {
		return &receiverPart{field: around.field, depth: around.depth + 1, t: part.t}
	}
	return nil
}

// lastAssigned finds what a variable holds at a return statement: an expression, or an element of it.
func (r *reporter) lastAssigned(body *ast.BlockStmt, give *ast.ReturnStmt, v types.Object) (e ast.Expr, ranged bool) {
	is := func(e ast.Expr) bool {
		id, ok := e.(*ast.Ident)
		return ok && r.TypesInfo.ObjectOf(id) == v
	}
	ast.Inspect(body, func(n ast.Node) bool {
		loop, ok := n.(*ast.RangeStmt)
		if ok && loop.Value != nil && is(loop.Value) && loop.Pos() <= give.Pos() && give.End() <= loop.End() {
			e, ranged = loop.X, true
		}
		return true
	})
	r.walkTo(body.List, give, func(stmt ast.Stmt) {
		assign, ok := stmt.(*ast.AssignStmt)
		if !ok {
			return
		}
		for i, left := range assign.Lhs {
			if is(left) {
				e, ranged = assign.Rhs[min(i, len(assign.Rhs)-1)], false
			} else if len(assign.Rhs) == len(assign.Lhs) && is(assign.Rhs[i]) {
				if _, local := left.(*ast.Ident); !local {
					e, ranged = left, false // it becomes part of something else
				}
			}
		}
	})
	return e, ranged
}

// changedAt finds where the package changes what a part of a receiver holds, after it was made.
func (r *reporter) changedAt(part *receiverPart) token.Pos {
	if r.writes == nil {
		r.writes = r.findWrites()
	}
	if part.field != nil {
		if pos, ok := r.writes.fields[part.field]; ok && part.address {
			return pos
		}
		if write, ok := r.writes.elements[part.field]; ok && write.depth > part.depth {
			return write.pos
		}
	}
	return r.writes.inside(part.t, map[types.Type]bool{})
}

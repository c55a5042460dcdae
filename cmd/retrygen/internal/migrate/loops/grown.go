package loops

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/parser"
	"go/token"
	"go/types"
	"time"

	"github.com/retrygen/retrygen/internal/syntax"
	"github.com/retrygen/retrygen/internal/units"
)

// readGrown reads a wait in front of each attempt whose length depends on the number of the attempt:
//
//	for i := 0; i < 5; i++ {
//		pause := time.Second << i
//		time.Sleep(pause)
//		err := work()
//		…
//	}
//
// What the first of them is stays in front of the call, if it is a constant; nothing stays where that is 0.
func (r *reader) readGrown(stmt ast.Stmt) error {
	refused := r.fail(stmt, "it waits before the first attempt")
	delay := r.waitAt(stmt).Delay
	if delay == nil || len(r.attempt) > 1 || stmt == r.flat.head || r.count.steps != nil && !r.isPost(r.count.steps) {
		return refused
	}
	formula := delay
	if len(r.attempt) == 1 { // pause := time.Second << i
		o := r.object(delay)
		value, sets := r.assignment(r.attempt[0], o)
		if a, ok := r.attempt[0].(*ast.AssignStmt); !ok || a.Tok != token.DEFINE || !sets || value == nil || r.usedAfterWait(o, stmt) {
			return refused
		}
		formula = value
	}
	first, known := r.atFirst(formula)
	if !known {
		return refused
	}
	r.attempt, r.headKnown = nil, true
	if first <= 0 {
		if call, ok := stmt.(*ast.ExprStmt); !ok || r.mentionsContext(call) {
			r.site.Differ("a context that is done before the first attempt does not keep it from being made")
		}
		return nil
	}
	text := r.Text(stmt.Pos(), delay.Pos()) + goDuration(first) + r.Text(delay.End(), stmt.End())
	r.site.Head = r.withComments(stmt, text)
	return nil
}

// usedAfterWait reports whether a round mentions a variable elsewhere than in the wait and in what comes before it.
func (r *reader) usedAfterWait(o types.Object, wait ast.Stmt) bool {
	for _, stmt := range r.body {
		if stmt.Pos() > wait.Pos() && r.mentions(stmt, o) {
			return true
		}
	}
	return r.usesTwice(wait, o)
}

// usesTwice reports whether a statement mentions a variable more than once.
func (r *reader) usesTwice(stmt ast.Stmt, o types.Object) bool {
	n := 0
	ast.Inspect(stmt, func(node ast.Node) bool {
		if id, ok := node.(*ast.Ident); ok && r.object(id) == o {
			n++
		}
		return true
	})
	return n > 1
}

// mentionsContext reports whether code mentions a context.
func (r *reader) mentionsContext(n ast.Node) bool {
	found := false
	ast.Inspect(n, func(n ast.Node) bool {
		if e, ok := n.(ast.Expr); ok && !found {
			t := r.Info.TypeOf(e)
			found = t != nil && syntax.CarriesContext(t)
		}
		return !found
	})
	return found
}

// atFirst returns what an expression of the counter is in the first round, if that is a constant. A product with 0 is one.
func (r *reader) atFirst(e ast.Expr) (time.Duration, bool) {
	if b, ok := ast.Unparen(e).(*ast.BinaryExpr); ok && b.Op == token.MUL {
		for _, factor := range []ast.Expr{b.X, b.Y} {
			if d, known := r.atFirst(factor); known && d == 0 && r.callsNothing(e) {
				return 0, true
			}
		}
	}
	first, ok := r.integer(orBlank(r.count.first))
	if !ok || r.count.counter == nil {
		return 0, false
	}
	text, at := "", e.Pos()
	ast.Inspect(e, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && r.object(id) == r.count.counter {
			text, at = text+r.Text(at, id.Pos())+fmt.Sprintf("%s(%d)", r.typeText(r.count.counter.Type()), first), id.End()
		}
		return true
	})
	parsed, err := parser.ParseExpr(text + r.Text(at, e.End()))
	if err != nil {
		return 0, false
	}
	info := &types.Info{Types: map[ast.Expr]types.TypeAndValue{}}
	if types.CheckExpr(token.NewFileSet(), r.Types, r.loop.Stmt.Pos(), parsed, info) != nil || info.Types[parsed].Value == nil {
		return 0, false
	}
	n, exact := constant.Int64Val(constant.ToInt(info.Types[parsed].Value))
	return time.Duration(n), exact
}

// callsNothing reports whether an expression has no call but conversions: nothing happens where it is left out.
func (r *reader) callsNothing(e ast.Expr) bool {
	only := true
	ast.Inspect(e, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			only = only && r.Info.Types[call.Fun].IsType()
		}
		return only
	})
	return only
}

// goDuration writes a duration as an expression.
func goDuration(d time.Duration) string {
	n, unit := units.Go(d)
	if n == 1 {
		return "time." + unit
	}
	return fmt.Sprintf("%d * time.%s", n, unit)
}

package loops

import (
	"go/ast"
	"go/types"
	"slices"

	"github.com/retrygen/retrygen/internal/retries/loop"
	"github.com/retrygen/retrygen/internal/syntax"
)

// wait is the wait before another attempt.
type wait struct {
	*loop.Wait
	stmt  ast.Stmt   // that waits
	delay ast.Expr   // how long; nil if code computes it
	code  *code      // of a function that computes how long it waits
	ctx   ast.Expr   // the context that ends it; nil for none
	cut   []ast.Stmt // what is done then
	timer types.Object
	early bool // it stands before the attempt
}

// waitIn returns the wait that stands inside of a statement, nil if there is none.
func (r *reader) waitIn(stmt ast.Stmt) *loop.Wait {
	if w := r.waitAt(stmt); w != nil {
		return w
	}
	for _, w := range r.loop.Waits {
		if stmt.Pos() <= w.Node.Pos() && w.Node.End() <= stmt.End() {
			return w
		}
	}
	return nil
}

// waitAt returns the wait that a statement is: one that waits, or an if that waits in its head.
func (r *reader) waitAt(stmt ast.Stmt) *loop.Wait {
	if branch, ok := stmt.(*ast.IfStmt); ok {
		for _, w := range r.loop.Waits {
			if stmt.Pos() <= w.Node.Pos() && w.Node.Pos() < branch.Body.Lbrace {
				return w
			}
		}
		return nil
	}
	if r.flat.head == stmt {
		stmt = r.flat.whole
	}
	for _, w := range r.loop.Waits {
		if w.Stmt == stmt {
			return w
		}
	}
	return nil
}

// readWait finds the way to another attempt, and the wait on it.
func (r *reader) readWait() error {
	if err := r.readAgain(); err != nil {
		return err
	}
	if err := r.addFirst(); err != nil {
		return err
	}
	for _, s := range r.way.steps {
		w := r.waitAt(s.stmt)
		if w == nil {
			continue
		}
		if r.wait != nil {
			return r.fail(s.stmt, "it waits twice before another attempt")
		}
		r.wait = &wait{Wait: w, stmt: s.stmt, early: s.early || r.whole == nil && !r.early && s.stmt.Pos() < r.tree.steps[0].stmt.Pos()}
		s.gone = true
		if err := r.readWaitStmt(); err != nil {
			return err
		}
	}
	r.sayLast()
	for _, w := range r.loop.Waits {
		if r.wait == nil || w != r.wait.Wait && (w.Node.Pos() < r.wait.stmt.Pos() || w.Node.End() > r.wait.stmt.End()) {
			if r.whole != nil && r.whole.copied(w.Node) {
				continue
			}
			return r.fail(w.Node, "it waits in several places")
		}
	}
	return nil
}

// addFirst adds the steps that all rounds but the first begin with to the way to another attempt.
func (r *reader) addFirst() error {
	if r.first == nil {
		return nil
	}
	ways, err := r.paths(r.first)
	if err != nil {
		return err
	}
	ways = slices.DeleteFunc(ways, func(w path) bool { return w.end != again })
	if len(ways) != 1 || slices.ContainsFunc(ways[0].terms, func(t term) bool { return r.looksAtContext(t.cond) == nil }) {
		return r.fail(r.first.steps[0].stmt, "it decides something before the wait")
	}
	for _, s := range ways[0].steps {
		s.early = true
	}
	r.way.steps = append(slices.Clip(r.way.steps), ways[0].steps...)
	return nil
}

// sayLast says that the wait after the last attempt is gone.
func (r *reader) sayLast() {
	if r.wait == nil || r.wait.early || !r.count.known && r.duration == nil && r.headTerm == nil {
		return
	}
	for _, pos := range r.tests {
		if pos < r.wait.stmt.Pos() {
			return
		}
	}
	r.site.Differ("after the last attempt there is no wait; before, the loop waited once more")
}

// readWaitStmt reads the statement that waits.
func (r *reader) readWaitStmt() error {
	w := r.wait
	w.delay = w.Wait.Delay
	switch stmt := w.stmt.(type) {
	case *ast.SelectStmt:
		return r.readSelect(stmt)
	case *ast.IfStmt:
		return r.readHelper(stmt)
	}
	if w.Helper != nil {
		return r.readHelperCall()
	}
	if w.delay == nil {
		return r.timed(w.stmt, syntax.ReceivedFrom(w.stmt))
	}
	return nil
}

// readSelect reads a wait of a timer and a context.
func (r *reader) readSelect(stmt *ast.SelectStmt) error {
	var channel ast.Expr
	for _, clause := range stmt.Body.List {
		clause := clause.(*ast.CommClause)
		from := syntax.ReceivedFrom(clause.Comm)
		if from == nil {
			return r.fail(clause, "the wait also ends when it can send")
		}
		if ctx := r.done(from); ctx != nil {
			r.wait.ctx, r.wait.cut = ctx, clause.Body
			continue
		}
		if channel != nil || !syntax.DeliversTimes(r.Info.TypeOf(from)) {
			return r.fail(clause, "the wait also ends with %s, which is no context", r.Source(from))
		}
		channel = from
		for _, inner := range clause.Body {
			if e, _ := r.endOf(inner); e != again {
				return r.fail(inner, "something is done at the end of a wait")
			}
		}
	}
	if r.wait.delay == nil {
		return r.timed(stmt, channel)
	}
	return nil
}

// done returns the context whose Done channel an expression is.
func (r *reader) done(e ast.Expr) ast.Expr {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok {
		return nil
	}
	if ctx, method := syntax.AskedContext(r.Info, call); method == "Done" {
		return ctx
	}
	return nil
}

// timed finds the delay of a timer that is made, or set anew, before the wait.
func (r *reader) timed(at ast.Stmt, channel ast.Expr) error {
	sel, ok := ast.Unparen(orBlank(channel)).(*ast.SelectorExpr)
	if ok {
		r.wait.timer = r.object(sel.X)
	} else {
		r.wait.timer = r.object(orBlank(channel))
	}
	if r.wait.timer == nil {
		return r.fail(at, "how long it waits is not to be seen")
	}
	if syntax.IsNamed(r.wait.timer.Type(), "time", "*Ticker") {
		return r.ticked(at)
	}
	steps := r.way.steps
	for i := len(steps) - 1; i >= 0; i-- {
		if d := r.timerDelay(steps[i].stmt); d != nil {
			r.wait.delay = d
			steps[i].gone = true
			return nil
		}
	}
	return r.fail(at, "how long it waits is not to be seen")
}

// timerDelay returns the delay that a statement makes or sets the timer with.
func (r *reader) timerDelay(stmt ast.Stmt) ast.Expr {
	var call *ast.CallExpr
	switch stmt := stmt.(type) {
	case *ast.AssignStmt:
		if len(stmt.Lhs) == 1 && r.object(stmt.Lhs[0]) == r.wait.timer {
			call, _ = stmt.Rhs[0].(*ast.CallExpr)
		}
	case *ast.ExprStmt:
		call, _ = stmt.X.(*ast.CallExpr)
		if call != nil {
			sel, ok := call.Fun.(*ast.SelectorExpr)
			if !ok || sel.Sel.Name != "Reset" || r.object(sel.X) != r.wait.timer {
				return nil
			}
		}
	}
	if call == nil || len(call.Args) != 1 || !syntax.IsNamed(r.Info.TypeOf(call.Args[0]), "time", "Duration") {
		return nil
	}
	return call.Args[0]
}

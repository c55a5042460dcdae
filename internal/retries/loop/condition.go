package loop

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"regexp"

	"github.com/retrygen/retrygen/internal/syntax"
)

// A Kind says how a condition judges an operation.
type Kind int

// The kinds of judgements.
const (
	NilError   Kind = iota + 1 // an error is compared with nil
	ErrorKind                  // an error is of a certain kind: errors.Is, a type assertion, a predicate
	Truth                      // a bool that the operation returns
	Predicate                  // a function decides by the results
	Value                      // a result is compared with something, such as a status code
	ContextEnd                 // a context has ended
)

// Judge is a condition that decides whether an operation has failed.
type Judge struct {
	Kind Kind
	Cond ast.Expr // nil for a case of a type switch
	Pos  token.Pos

	// Operations are the calls and receives whose results are judged. Where some work on results of others, those others.
	Operations []ast.Expr

	block *block
	last  *block // where what is judged has been computed
	fail  int    // which successor means failure: 0, 1, or -1 if that is not known
}

// failure returns the successor that means failure.
func (j *Judge) failure() *block { return j.block.succs[j.fail] }

// success returns the successor that means success.
func (j *Judge) success() *block { return j.block.succs[1-j.fail] }

var (
	failing    = regexp.MustCompile(`(?i)retr[iy]|tempor|transient|throttl|time(d)?out|busy|conflict|again|unavail|fail|should_?wait|limited`)
	succeeding = regexp.MustCompile(`(?i)succe|^ok|ok$|ready|done|complete|finish|health|alive|connected|valid|exists|found`)
)

// lifecycle matches the names of functions that say whether to go on at all.
var lifecycle = regexp.MustCompile(`(?i)closed|closing|stop|shut|quit|exit|cancel|kill|abort|dead|expire|running|active|enabled`)

// judge reads the branch at the end of a block. It returns nil if that judges no operation of the loop.
func (w *flow) judge(b *block) *Judge {
	if b.branch == nil {
		return nil
	}
	j := &Judge{block: b, Cond: b.branch.cond, fail: -1}
	w.at = b
	switch {
	case b.branch.cond != nil:
		j.Pos = b.branch.cond.Pos()
		j.Kind, j.fail = w.condition(b.branch.cond, 0)
		j.Operations = w.operations(b.branch.cond)
		j.last = w.lastSite(b.branch.cond)
	case b.branch.clause != nil:
		w.clause(j, b.branch.clause)
	}
	if j.Kind == 0 || j.Kind != ContextEnd && len(j.Operations) == 0 {
		return nil
	}
	return j
}

// clause reads the case of a type switch or select.
func (w *flow) clause(j *Judge, clause ast.Stmt) {
	j.Pos = clause.Pos()
	switch clause := clause.(type) {
	case *ast.CommClause:
		if channel := received(clause.Comm); channel != nil && isDone(w.info, channel) {
			j.Kind, j.fail = ContextEnd, 0
		}
	case *ast.CaseClause:
		stmt, ok := w.graph.parent[clause].(*ast.TypeSwitchStmt)
		if !ok {
			return
		}
		x := switched(stmt)
		if t := w.info.TypeOf(x); t == nil || !types.Identical(t, syntax.ErrorType) {
			return
		}
		j.Kind, j.fail, j.Operations, j.last = ErrorKind, 0, w.operations(x), w.lastSite(x)
		for _, e := range clause.List {
			if w.info.Types[e].IsNil() {
				j.Kind, j.fail = NilError, 1
			}
		}
	}
}

// switched returns the x of switch x.(type).
func switched(stmt *ast.TypeSwitchStmt) ast.Expr {
	var e ast.Expr
	switch assign := stmt.Assign.(type) {
	case *ast.ExprStmt:
		e = assign.X
	case *ast.AssignStmt:
		e = assign.Rhs[0]
	}
	if assertion, ok := ast.Unparen(e).(*ast.TypeAssertExpr); ok {
		return assertion.X
	}
	return e
}

// isDone reports whether a channel is that of a context, directly or by a variable's name and type.
func isDone(info *types.Info, channel ast.Expr) bool {
	t := info.TypeOf(channel)
	if t == nil {
		return false
	}
	if !isEmpty(t) {
		return false
	}
	call, ok := ast.Unparen(channel).(*ast.CallExpr)
	if !ok {
		return t.Underlying().(*types.Chan).Dir() == types.RecvOnly
	}
	sel, ok := call.Fun.(*ast.SelectorExpr)
	return ok && sel.Sel.Name == "Done"
}

// isEmpty reports whether a type is a channel of empty structs.
func isEmpty(t types.Type) bool {
	c, ok := t.Underlying().(*types.Chan)
	if !ok {
		return false
	}
	s, ok := c.Elem().Underlying().(*types.Struct)
	return ok && s.NumFields() == 0
}

// operations returns the operations behind an expression, but for those that work on results of others.
func (w *flow) operations(e ast.Expr) []ast.Expr {
	var list []ast.Expr
	for _, op := range w.results(e, w.at) {
		if !w.isWait(op) && !isSignal(w.info, op) && !w.consumes(op) {
			list = append(list, op)
		}
	}
	return list
}

// lastSite returns the last block in which an operation behind an expression is made.
func (w *flow) lastSite(e ast.Expr) *block {
	var last *block
	for _, op := range w.results(e, w.at) {
		if b := w.sites[op]; b != nil && (last == nil || b.order > last.order) && !w.isWait(op) {
			last = b
		}
	}
	return last
}

// consumes reports whether a call works on results of other operations of the loop.
func (w *flow) consumes(op ast.Expr) bool {
	call, ok := op.(*ast.CallExpr)
	if !ok {
		return false
	}
	at := w.at
	if site := w.sites[op]; site != nil {
		at = site
	}
	for _, e := range append([]ast.Expr{receiver(call)}, call.Args...) {
		for _, other := range w.before(e, at, call.Pos()) {
			if other != op && !w.isWait(other) && !isSignal(w.info, other) {
				return true
			}
		}
	}
	return false
}

// before is results for an expression at a position in a block.
func (w *flow) before(e ast.Expr, at *block, pos token.Pos) []ast.Expr {
	s := &search{w: w, seen: map[any]bool{}}
	s.expr(e, at, pos, 1)
	return s.found
}

// receiver returns the x of x.f(), nil for any other call.
func receiver(call *ast.CallExpr) ast.Expr {
	if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok {
		return sel.X
	}
	return nil
}

// isSignal reports whether an operation receives from a channel that carries no results.
func isSignal(info *types.Info, op ast.Expr) bool {
	u, ok := op.(*ast.UnaryExpr)
	if !ok {
		return false
	}
	t := info.TypeOf(u.X)
	return t == nil || isTimes(t) || isEmpty(t)
}

// condition returns how a condition judges, and which way means failure.
func (w *flow) condition(e ast.Expr, depth int) (Kind, int) {
	if depth > deepest {
		return 0, -1
	}
	switch e := ast.Unparen(e).(type) {
	case *ast.UnaryExpr:
		if e.Op == token.NOT {
			return flip(w.condition(e.X, depth+1))
		}
	case *ast.BinaryExpr:
		return w.comparison(e, depth)
	case *ast.CallExpr:
		return w.asks(e)
	case *ast.Ident, *ast.SelectorExpr:
		return w.flag(e, depth)
	}
	return 0, -1
}

func flip(kind Kind, fail int) (Kind, int) {
	if fail < 0 {
		return kind, fail
	}
	return kind, 1 - fail
}

// comparison is condition for x == y and the like. For && and || the first term that judges an error decides.
func (w *flow) comparison(e *ast.BinaryExpr, depth int) (Kind, int) {
	switch e.Op {
	case token.LAND, token.LOR:
		if kind, fail := w.condition(e.X, depth+1); kind != 0 {
			return kind, fail
		}
		return w.condition(e.Y, depth+1)
	case token.EQL:
		return w.equals(e, depth)
	case token.NEQ:
		return flip(w.equals(e, depth))
	case token.LSS, token.LEQ, token.GTR, token.GEQ:
		return Value, w.status(e)
	}
	return 0, -1
}

// equals is comparison for x == y.
func (w *flow) equals(e *ast.BinaryExpr, depth int) (Kind, int) {
	x, y := e.X, e.Y
	if w.info.Types[x].IsNil() {
		x, y = y, x
	}
	t := w.info.TypeOf(x)
	if t == nil {
		return 0, -1
	}
	switch {
	case w.info.Types[y].IsNil() && syntax.IsError(t):
		if isContextError(w.info, x) {
			return ContextEnd, 1
		}
		return NilError, 1
	case w.info.Types[y].IsNil():
		return Value, 0 // nothing has been returned
	case types.Identical(t, syntax.ErrorType):
		if mentionsContextErrors(w.info, e) {
			return ContextEnd, 0
		}
		return ErrorKind, 0
	}
	if value := w.info.Types[y].Value; value != nil && value.Kind() == constant.Bool {
		kind, fail := w.condition(x, depth+1)
		if constant.BoolVal(value) {
			return kind, fail
		}
		return flip(kind, fail)
	}
	return Value, w.status(e)
}

// isContextError reports whether an expression is ctx.Err() or context.Cause(ctx).
func isContextError(info *types.Info, e ast.Expr) bool {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok {
		return false
	}
	if sel, ok := call.Fun.(*ast.SelectorExpr); ok && sel.Sel.Name == "Err" && syntax.CarriesContext(info.TypeOf(sel.X)) {
		return true
	}
	return syntax.FullName(info, call) == "context.Cause"
}

var statusName = regexp.MustCompile(`(?i)status|code`)

// status returns which way of a comparison with a status code of HTTP means failure, -1 if it is no such comparison.
func (w *flow) status(e *ast.BinaryExpr) int {
	x, y, op := e.X, e.Y, e.Op
	if w.info.Types[x].Value != nil {
		x, y = y, x
		op = mirrored(op)
	}
	code, ok := syntax.ConstantInt(w.info, y)
	if !ok || code < 100 || code > 599 || !statusName.MatchString(syntax.Identifiers(x)) {
		return -1
	}
	good := code < 300
	switch op {
	case token.EQL, token.LSS, token.LEQ:
		if op != token.EQL {
			return 1 // below 400, at most 299
		}
		if good {
			return 1
		}
		return 0
	case token.GTR, token.GEQ:
		if good && code < 299 {
			return -1
		}
		return 0
	}
	return -1
}

// asks is condition for the call of a function that returns a bool.
func (w *flow) asks(call *ast.CallExpr) (Kind, int) {
	if basic, ok := w.info.TypeOf(call).(*types.Basic); !ok || basic.Info()&types.IsBoolean == 0 {
		return 0, -1
	}
	if w.isWait(call) {
		return 0, -1
	}
	if mentionsContextErrors(w.info, call) {
		return ContextEnd, 0
	}
	for _, e := range append([]ast.Expr{receiver(call)}, call.Args...) {
		if e != nil && isErrorValue(w.info, e) {
			return ErrorKind, 0
		}
	}
	name := ""
	if fn := syntax.Callee(w.info, call); fn != nil {
		name = fn.Name()
	} else if v, ok := variableOf(w.info, call.Fun); ok {
		name = v.object.Name() + v.fields
	}
	switch {
	case failing.MatchString(name):
		return Predicate, 0
	case lifecycle.MatchString(name):
		return 0, -1
	case !w.consumes(call):
		return Truth, 1
	case succeeding.MatchString(name):
		return Predicate, 1
	}
	return Predicate, -1
}

// isErrorValue reports whether an expression is an error or its text.
func isErrorValue(info *types.Info, e ast.Expr) bool {
	t := info.TypeOf(e)
	return t != nil && !info.Types[e].IsNil() && syntax.IsError(t) || isErrorText(info, e)
}

// flag is condition for a variable.
func (w *flow) flag(e ast.Expr, depth int) (Kind, int) {
	v, ok := variableOf(w.info, e)
	if t := w.info.TypeOf(e); !ok || t == nil || !isBool(t) {
		return 0, -1
	}
	for _, a := range w.set[v] {
		if a.value == nil || w.info.Types[a.value].Value != nil {
			continue
		}
		if a.index < 0 {
			return w.condition(a.value, depth+1)
		}
		return w.result(a, v)
	}
	return Value, -1
}

// result is condition for one of several results.
func (w *flow) result(a *assignment, v variable) (Kind, int) {
	kind, fail := Truth, 1
	switch value := ast.Unparen(a.value).(type) {
	case *ast.TypeAssertExpr:
		if isErrorValue(w.info, value.X) {
			return ErrorKind, 0
		}
		return 0, -1
	case *ast.IndexExpr:
		return 0, -1
	case *ast.CallExpr:
		if w.consumes(value) {
			kind, fail = Predicate, -1
		}
	}
	name := v.object.Name() + v.fields
	switch {
	case failing.MatchString(name):
		return Predicate, 0
	case fail < 0 && succeeding.MatchString(name):
		return kind, 1
	}
	return kind, fail
}

func isBool(t types.Type) bool {
	basic, ok := t.Underlying().(*types.Basic)
	return ok && basic.Info()&types.IsBoolean != 0
}

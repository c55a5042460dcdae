package loop

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"regexp"
	"slices"

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

var (
	endsRetry  = regexp.MustCompile(`(?i)(stop|no|non|not|un|never|dont|skip|disable)_?(retr[iy]|again|tempor|transient)`)
	failing    = regexp.MustCompile(`(?i)retr[iy]|tempor|transient|throttl|time(d)?out|busy|conflict|again|unavail|fail|should_?wait|limited`)
	succeeding = regexp.MustCompile(`(?i)succe|^ok|ok$|ready|done|complete|finish|health|alive|connected|valid|exists|found`)
)

// saysFailing reports whether a name says that something has failed, or is to be tried again.
func saysFailing(name string) bool { return failing.MatchString(name) && !endsRetry.MatchString(name) }

// lifecycle matches the names of functions that say whether to go on at all.
var lifecycle = regexp.MustCompile(`(?i)closed|closing|stop|shut|quit|exit|cancel|kill|abort|dead|expire|running|active|enabled`)

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
	case syntax.IsErrorItself(t):
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
	_, method := syntax.AskedContext(info, call)
	return method == "Err" || syntax.FullName(info, call) == "context.Cause"
}

var statusName = regexp.MustCompile(`(?i)status|code`)

// status returns which way of a comparison with a status code of HTTP means failure, -1 if it is no such comparison.
func (w *flow) status(e *ast.BinaryExpr) int {
	x, y, op := e.X, e.Y, e.Op
	if w.info.Types[x].Value != nil {
		x, y = y, x
		op = syntax.Mirrored(op)
	}
	code, ok := syntax.ConstantInt(w.info, y)
	if !ok || code < 100 || code > 599 || !statusName.MatchString(syntax.Identifiers(x)) {
		return -1
	}
	good := code < 300
	switch op {
	case token.LSS, token.LEQ:
		return 1 // below 400, at most 299
	case token.EQL, token.NEQ: // which is turned round by who asks
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
	if takesError(w.info, call) {
		return ErrorKind, 0
	}
	name := ""
	if fn := syntax.Callee(w.info, call); fn != nil {
		name = fn.Name()
		if v, ok := variableOf(w.info, orNil(receiver(call))); ok && isAtomicLoad(fn) {
			if goingOn.MatchString(v.name()) {
				return 0, -1
			}
			name = v.name()
		}
	} else if v, ok := variableOf(w.info, call.Fun); ok {
		name = v.object.Name() + v.fields
	}
	switch {
	case saysFailing(name):
		return Predicate, 0
	case lifecycle.MatchString(name) && !w.consumes(call):
		return 0, -1
	case !w.consumes(call):
		return Truth, 1
	case succeeding.MatchString(name):
		return Predicate, 1
	}
	return Predicate, -1
}

// takesError reports whether a call is about an error: it is passed one or its text, or is one of its methods.
func takesError(info *types.Info, call *ast.CallExpr) bool {
	return slices.ContainsFunc(append([]ast.Expr{receiver(call)}, call.Args...), func(e ast.Expr) bool {
		return e != nil && isErrorValue(info, e)
	})
}

// goingOn matches the names of flags that say that a loop goes on.
var goingOn = regexp.MustCompile(lifecycle.String() + `|(?i)alive|started`)

// isAtomicLoad reports whether a function returns what an atomic variable holds.
func isAtomicLoad(fn *types.Func) bool {
	return fn.Name() == "Load" && fn.Pkg() != nil && fn.Pkg().Path() == "sync/atomic"
}

// isErrorValue reports whether an expression is an error or its text.
func isErrorValue(info *types.Info, e ast.Expr) bool {
	t := info.TypeOf(e)
	return t != nil && !info.Types[e].IsNil() && syntax.IsError(t) || (&texts{info: info}).is(e)
}

// flag is condition for a variable.
func (w *flow) flag(e ast.Expr, depth int) (Kind, int) {
	v, ok := variableOf(w.info, e)
	if t := w.info.TypeOf(e); !ok || t == nil || !syntax.IsBool(t) {
		return 0, -1
	}
	for _, a := range w.set[v] {
		if a.value == nil || w.info.Types[a.value].Value != nil {
			continue
		}
		if a.index < 0 {
			kind, fail := w.condition(a.value, depth+1)
			if kind == Truth && saysFailing(v.name()) {
				return Predicate, 0 // again := execute()
			}
			return kind, fail
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
		if takesError(w.info, value) {
			return ErrorKind, 0 // again, wait := retryable(err)
		}
		if w.consumes(value) {
			kind, fail = Predicate, -1
		}
	}
	name := v.object.Name() + v.fields
	switch {
	case saysFailing(name):
		return Predicate, 0
	case fail < 0 && succeeding.MatchString(name):
		return kind, 1
	}
	return kind, fail
}

package loop

import (
	"go/ast"
	"go/token"
	"go/types"
	"regexp"
	"slices"

	"github.com/retrygen/retrygen/internal/retries/library"
	"github.com/retrygen/retrygen/internal/syntax"
)

// Wait is a place in a loop where it waits.
type Wait struct {
	Stmt   ast.Stmt    // the whole statement, for a select the select; nil for a condition
	Node   ast.Node    // what waits: a call, a receive, or the select
	Delay  ast.Expr    // how long, nil where that is not in sight
	Sleeps bool        // nothing but the time ends it
	Helper *types.Func // the function that waits, nil for the loop itself
	Until  []ast.Expr  // the channels and contexts that end it too, as far as they are in sight
	Stops  bool        // nothing but the time ends it, and channels that tell that something has been stopped

	block *block
	index int // of the node in the block
}

// helperPattern matches the names of functions that wait.
var helperPattern = regexp.MustCompile(`(?i)^(sleep|back_?off|pause|wait(for|backoff|retry|with|ctx|$))`)

// sleepName matches the names of function values that wait, such as TimeSleep.
var sleepName = regexp.MustCompile(helperPattern.String() + `|(?i)sleep(er|for|func)?$`)

// waiter finds waits in single statements.
type waiter struct {
	info    *types.Info
	body    *ast.BlockStmt // of the function
	parent  map[ast.Node]ast.Stmt
	summary func(*types.Func) Summary
	literal func(*types.Var) Summary // of a function literal that is assigned to a variable once
}

// in returns the waits in a simple statement or an expression, but for those of function literals.
func (s *waiter) in(n ast.Node) []*Wait {
	if stmt, ok := s.parent[n].(*ast.IfStmt); ok && drains(stmt) {
		return nil
	}
	if comm, ok := s.parent[n].(*ast.SelectStmt); ok {
		if w := s.selects(comm, n); w != nil {
			return []*Wait{w}
		}
		return nil
	}
	var list []*Wait
	ast.Inspect(n, func(inner ast.Node) bool {
		switch inner := inner.(type) {
		case *ast.FuncLit, *ast.GoStmt, *ast.DeferStmt:
			return false
		case *ast.CallExpr:
			if w := s.call(inner); w != nil {
				list = append(list, w)
			}
		case *ast.UnaryExpr:
			if inner.Op == token.ARROW && syntax.DeliversTimes(s.info.TypeOf(inner.X)) {
				list = append(list, &Wait{Node: inner, Delay: s.after(inner.X), Sleeps: !isLibrarysTicker(s.info, inner.X)})
			}
		}
		return true
	})
	for _, w := range list {
		w.Stmt, _ = n.(ast.Stmt)
	}
	return list
}

// selects returns the wait that a select is, if it waits at all and the communication at a place is with a timer. It has a wait
// for each timer among its channels: one may end the loop, and another begin the next round.
func (s *waiter) selects(stmt *ast.SelectStmt, at ast.Node) *Wait {
	w := &Wait{Stmt: stmt, Node: stmt}
	timer := false
	for _, clause := range stmt.Body.List {
		comm := clause.(*ast.CommClause).Comm
		if comm == nil {
			return nil // default: it does not wait
		}
		channel := syntax.ReceivedFrom(comm)
		switch {
		case channel == nil:
			w.Until = append(w.Until, nil) // it sends
		case !syntax.DeliversTimes(s.info.TypeOf(channel)):
			w.Until = append(w.Until, channel)
		case comm == at:
			timer, w.Delay = true, s.after(channel)
		}
	}
	if !timer {
		return nil
	}
	w.Sleeps = len(w.Until) == 0
	w.Stops = !w.Sleeps && !slices.ContainsFunc(w.Until, func(channel ast.Expr) bool { return !isStop(s.info, channel) })
	return w
}

// isLibrarysTicker reports whether a channel is that of a retry library's ticker, which closes it when its backoff ends, perhaps with a
// context that it was wrapped in.
func isLibrarysTicker(info *types.Info, channel ast.Expr) bool {
	sel, ok := ast.Unparen(channel).(*ast.SelectorExpr)
	return ok && library.Declares(info.TypeOf(sel.X))
}

// takesContext reports whether a channel is that of a call which is passed a context, and closes it when that ends.
func takesContext(info *types.Info, channel ast.Expr) bool {
	call, ok := ast.Unparen(channel).(*ast.CallExpr)
	return ok && syntax.ContextArg(info, call) != nil
}

// after returns the delay of the timer whose channel an expression is, if it is written there.
func (s *waiter) after(channel ast.Expr) ast.Expr {
	call, ok := ast.Unparen(channel).(*ast.CallExpr)
	if sel, selects := ast.Unparen(channel).(*ast.SelectorExpr); selects {
		call, ok = ast.Unparen(sel.X).(*ast.CallExpr)
	}
	if ok && len(call.Args) == 1 && syntax.IsNamed(s.info.TypeOf(call.Args[0]), "time", "Duration") {
		return call.Args[0]
	}
	return nil
}

// call returns the wait that a call is.
func (s *waiter) call(call *ast.CallExpr) *Wait {
	fn := syntax.Callee(s.info, call)
	if fn == nil {
		if v, ok := variableOf(s.info, call.Fun); ok && v.object != nil {
			if summary := s.literal(v.object.(*types.Var)); summary.Waits {
				return summary.wait(call, nil)
			}
			if isDuration(s.info.TypeOf(call)) {
				return nil // it computes a delay
			}
			if sleepName.MatchString(v.name()) {
				if w := s.named(call, nil); w != nil {
					return w
				}
			}
			if waitsFor.MatchString(v.name()) && s.takesNumber(call) {
				return &Wait{Node: call, Sleeps: true}
			}
		}
		return nil
	}
	if fn.Name() == "Sleep" && len(call.Args) == 1 && (takesDelay(s.info, call) || helperOf(fn) == nil) {
		return &Wait{Node: call, Delay: call.Args[0], Sleeps: true, Helper: helperOf(fn)}
	}
	if summary := s.summary(fn.Origin()); summary.Waits && !summary.Never {
		return summary.wait(call, fn)
	}
	if sleepOf.MatchString(fn.Name()) && !isDuration(s.info.TypeOf(call)) {
		if w := s.named(call, fn); w != nil {
			return w
		}
	}
	if isSleeper(fn) {
		return &Wait{Node: call, Sleeps: true, Helper: fn}
	}
	if waitsForBackoff(fn) {
		return &Wait{Node: call, Helper: fn, Sleeps: s.madeWithout(receiver(call))}
	}
	return nil
}

// sleepOf matches the names of functions that sleep, with a context or without.
var sleepOf = regexp.MustCompile(`(?i)^sleep(_?(ctx|context|with_?(ctx|context)))?$`)

// named returns the wait that the call of something is which is named like one and takes a delay, perhaps with a context:
// sleep(ctx, delay).
func (s *waiter) named(call *ast.CallExpr, fn *types.Func) *Wait {
	w := &Wait{Node: call, Sleeps: true, Helper: fn}
	for _, arg := range call.Args {
		switch t := s.info.TypeOf(arg); {
		case isDuration(t) && w.Delay == nil:
			w.Delay = arg
		case syntax.IsContext(t):
			w.Until, w.Sleeps = append(w.Until, arg), false
		default:
			return nil
		}
	}
	if w.Delay == nil {
		return nil
	}
	return w
}

// isSleeper reports whether a function is an interface's method that can do nothing but wait: Sleep().
func isSleeper(fn *types.Func) bool {
	sig := fn.Signature()
	return sig.Recv() != nil && types.IsInterface(sig.Recv().Type()) && sig.Params().Len() == 0 && sig.Results().Len() == 0 &&
		sleeping.MatchString(fn.Name())
}

var sleeping = regexp.MustCompile(`(?i)^(sleep|back_?off|pause)$`)

// waitsFor matches the names of function values that wait for the number of an attempt: wait := strategy.Backoff(…).
var waitsFor = regexp.MustCompile(`(?i)^(sleep|back_?off|pause|wait)$`)

// takesNumber reports whether the only argument of a call is a number.
func (s *waiter) takesNumber(call *ast.CallExpr) bool {
	return len(call.Args) == 1 && isInteger(s.info.TypeOf(call.Args[0]))
}

// helperOf returns a function that is not time.Sleep.
func helperOf(fn *types.Func) *types.Func {
	if fn.Pkg() != nil && fn.Pkg().Path() == "time" {
		return nil
	}
	return fn
}

// takesDelay reports whether the only argument of a call is a delay.
func takesDelay(info *types.Info, call *ast.CallExpr) bool {
	return len(call.Args) == 1 && syntax.IsNamed(info.TypeOf(call.Args[0]), "time", "Duration")
}

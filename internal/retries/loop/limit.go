package loop

import (
	"go/ast"
	"go/types"
	"regexp"
	"slices"

	"github.com/retrygen/retrygen/internal/syntax"
)

// limit is a test that ends the loop whatever an attempt has brought: something that counts or grows has reached a limit. The time is
// none: a deadline may pass during a wait, and how long that still is depends on how long the attempts took.
type limit struct {
	test    *block
	reached int // which successor of the test ends the loop

	moved variable // what the test compares, nil for what is ranged over

	// counter is what the test compares with last, if all rounds move it by one; last is its value then.
	counter variable
	last    bound
	step    *assignment // nil for that of a range statement
}

// limits returns the limits of the loop by their tests. Bound is one of them.
func (l *Loop) limits() map[*block]*limit {
	if l.limited != nil {
		return l.limited
	}
	l.limited = map[*block]*limit{}
	for b, reached := range l.bounds {
		l.limited[b] = l.newLimit(b, reached)
	}
	for _, b := range l.flow.blocks {
		if l.limited[b] != nil || b.branch == nil || b.loop != l.flow.natural {
			continue
		}
		if t := l.endsByItself(b); t != nil {
			l.limited[b] = t
		}
	}
	return l.limited
}

// endsByItself returns the limit that a branch is which ends the loop with no attempt deciding about it, nil if it is none.
func (l *Loop) endsByItself(b *block) *limit {
	cond := b.branch.cond
	if cond == nil {
		return nil
	}
	t := &limit{test: b, moved: l.compared(cond, b)}
	if t.moved.object == nil {
		return nil
	}
	s := &finder{flow: l.flow, loop: l}
	yes, no := s.endsAt(b.succs[0], cond), s.endsAt(b.succs[1], cond)
	if yes == no {
		return nil
	}
	t.reached = wayOf(yes)
	return t
}

// compared returns the variable in a comparison that the loop moves on by itself, such as a delay that grows.
func (l *Loop) compared(cond ast.Expr, b *block) variable {
	if call, ok := ast.Unparen(cond).(*ast.CallExpr); ok {
		return l.flow.askedAbout(call)
	}
	e, ok := ast.Unparen(cond).(*ast.BinaryExpr)
	if !ok || reachedBy(e.Op, false) < 0 || len(l.flow.results(e, b)) > 0 {
		return variable{}
	}
	none := asksForNone(l.flow.info, e.Op, e.Y)
	for _, side := range []ast.Expr{e.X, e.Y} {
		v, ok := variableOf(l.flow.info, side)
		moves := func(a *assignment) bool { return a.moves && !(none && a.step && a.up) }
		if ok && !l.declaresAnew(v) && slices.ContainsFunc(l.flow.set[v], moves) {
			return v
		}
	}
	return variable{}
}

// askedAbout returns what counts the rounds where a call asks a function that compares whether there is to be another one:
// for i := 0; mayRetry(i, limit); i++.
func (w *flow) askedAbout(call *ast.CallExpr) variable {
	fn := syntax.Callee(w.info, call)
	if fn == nil || !w.summary(fn).Asks {
		return variable{}
	}
	var of variable
	for _, arg := range call.Args {
		v, ok := variableOf(w.info, arg)
		if ok && slices.ContainsFunc(w.set[v], func(a *assignment) bool { return a.step }) {
			of = v
		}
	}
	if of.object == nil {
		of = w.countedBehind(call, fn)
	}
	return of
}

// countedBehind returns the field that counts the rounds where a method asks for it: for c.mayRetry() { c.attempts++; … }.
func (w *flow) countedBehind(call *ast.CallExpr, method *types.Func) variable {
	self, ok := variableOf(w.info, orNil(receiver(call)))
	decl := w.bodies[method.Origin()]
	if !ok || decl == nil {
		return variable{}
	}
	var of variable
	syntax.InspectOwn(decl.Body, func(n ast.Node) {
		asked, ok := n.(*ast.SelectorExpr)
		if !ok || of.object != nil {
			return
		}
		v, ok := variableOf(w.info, asked)
		if !ok || v.object != method.Origin().Signature().Recv() {
			return
		}
		field := variable{self.object, self.fields + v.fields}
		if slices.ContainsFunc(w.set[field], func(a *assignment) bool { return a.step }) {
			of = field
		}
	})
	return of
}

// countsInARow reports whether a limit is that of a count which the loop sets back, as it does after a success: it counts failures.
func (l *Loop) countsInARow(t *limit) bool {
	steps, resets := false, false
	for _, a := range l.flow.set[t.moved] {
		steps = steps || a.step && a.up
		resets = resets || a.value != nil && !a.moves && l.flow.info.Types[a.value].Value != nil
	}
	return steps && resets
}

// clockName matches the names of functions that tell the time.
var clockName = regexp.MustCompile(`^(Now|Since|Until|UtcNow|NowUTC|Elapsed)$`)

// asksTime reports whether a condition asks for the time, and for nothing that an attempt has brought.
func (l *Loop) asksTime(cond ast.Expr) bool {
	return l.tellsTime(cond) && l.onlyTime(cond, map[variable]bool{})
}

// onlyTime reports whether an expression calls nothing but clocks, directly or in what the loop assigns to its variables. What
// has been seen is not looked at again.
func (l *Loop) onlyTime(e ast.Expr, seen map[variable]bool) bool {
	only := true
	ast.Inspect(orNil(e), func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			only = only && (l.isClock(n) || computes(l.flow.info, n))
		case *ast.SelectorExpr:
			only = only && !l.maySet(n)
		case *ast.Ident:
			v, ok := variableOf(l.flow.info, n)
			if !ok || seen[v] {
				break
			}
			seen[v] = true
			for _, a := range l.flow.set[v] {
				only = only && (a.moves || l.onlyTime(a.value, seen))
			}
		}
		return only
	})
	return only
}

// maySet reports whether a time is a field of something whose methods the loop calls: they may set it.
func (l *Loop) maySet(e *ast.SelectorExpr) bool {
	v, ok := variableOf(l.flow.info, e)
	return ok && v.fields != "" && syntax.IsNamed(l.flow.info.TypeOf(e), "time", "Time") && len(l.flow.methods[variable{object: v.object}]) > 0
}

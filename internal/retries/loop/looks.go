package loop

import (
	"go/ast"
	"go/token"
	"go/types"
	"regexp"
	"slices"

	"github.com/retrygen/retrygen/internal/syntax"
)

// looks reports whether a block looks at a context.
func (l *Loop) looks(b *block) bool {
	for _, n := range b.nodes {
		if l.looksIn(n) {
			return true
		}
	}
	if b.branch != nil && b.branch.cond != nil && l.looksIn(b.branch.cond) {
		return true
	}
	// Where a call that takes the context fails, the loop ends.
	j := l.flow.judge(b)
	return j != nil && j.Kind == NilError && !l.flow.has[j.failure()] && l.givenContext(j) && !l.onlyMakes(j)
}

// onlyMakes reports whether all that is judged makes requests, which fails for other reasons than an ended context.
func (l *Loop) onlyMakes(j *Judge) bool {
	return !slices.ContainsFunc(j.Operations, func(op ast.Expr) bool {
		call, ok := op.(*ast.CallExpr)
		return !ok || syntax.FullName(l.flow.info, call) != "net/http.NewRequestWithContext"
	})
}

// givenContext reports whether what is judged is passed a context, or a request that has one, also where it works on the results of
// others.
func (l *Loop) givenContext(j *Judge) bool {
	if slices.ContainsFunc(j.Operations, l.isGivenContext) {
		return true
	}
	if j.Cond == nil || j.last == nil {
		return false
	}
	l.flow.at = j.block
	return slices.ContainsFunc(l.flow.results(j.Cond, j.block), func(op ast.Expr) bool {
		return l.flow.sites[op] == j.last && l.isGivenContext(op)
	})
}

func (l *Loop) isGivenContext(op ast.Expr) bool {
	call, ok := op.(*ast.CallExpr)
	return ok && (syntax.ContextArg(l.flow.info, call) != nil || slices.ContainsFunc(call.Args, l.carriesContext))
}

// carriesContext reports whether an argument is a request that a caller has made, or one that has been made with a context.
func (l *Loop) carriesContext(e ast.Expr) bool {
	if !syntax.IsNamed(l.flow.info.TypeOf(e), "net/http", "*Request") {
		return false
	}
	if v := l.outside(e); v != nil && l.flow.isParameter(v) {
		return true
	}
	v, ok := variableOf(l.flow.info, e)
	return ok && l.flow.madeWithContext(v)
}

func (l *Loop) looksIn(root ast.Node) bool {
	info, found := l.flow.info, mentionsContextErrors(l.flow.info, root)
	ast.Inspect(root, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			ctx, _ := syntax.AskedContext(info, n)
			found = found || ctx != nil || l.looksByCall(n)
		case *ast.UnaryExpr:
			found = found || n.Op == token.ARROW && isDone(info, n.X)
		}
		return !found
	})
	return found
}

// looksByCall reports whether a call waits until a context ends, or judges an error with contexts in mind.
func (l *Loop) looksByCall(call *ast.CallExpr) bool {
	fn := syntax.Callee(l.flow.info, call)
	if fn == nil { // a function in a variable or a field, such as that of a clock
		v, ok := variableOf(l.flow.info, call.Fun)
		if !ok || v.object == nil {
			return false
		}
		if literal, isVar := v.object.(*types.Var); isVar && v.fields == "" {
			if sum := l.flow.literal(literal); sum.Waits && sum.Ends {
				return true
			}
		}
		return waitingName.MatchString(v.object.Name()+v.fields) && l.takesContext(call)
	}
	sum := l.flow.summary(fn)
	if sum.Context || sum.Looks || sum.Waits && sum.Ends {
		return true
	}
	given := l.takesContext(call)
	v, ok := variableOf(l.flow.info, orNil(receiver(call)))
	if ok && l.flow.madeWithContext(v) && syntax.IsBool(typeOrInvalid(l.flow.info, call)) {
		return true // for b := backoff.New(ctx, …); b.Ongoing(); b.Wait()
	}
	if ok && !given {
		given = l.flow.madeWithContext(v) || syntax.ContextField(v.object.Type()) != nil // b := backoff.New(ctx, …)
	}
	return given && (helperPattern.MatchString(fn.Name()) || waitingName.MatchString(fn.Name()))
}

func typeOrInvalid(info *types.Info, e ast.Expr) types.Type {
	if t := info.TypeOf(e); t != nil {
		return t
	}
	return types.Typ[types.Invalid]
}

// takesContext reports whether an argument of a call is a context.
func (l *Loop) takesContext(call *ast.CallExpr) bool {
	for _, arg := range call.Args {
		if syntax.CarriesContext(l.flow.info.TypeOf(arg)) {
			return true
		}
	}
	return false
}

// madeWithContext reports whether a variable is what a call with a context has returned.
func (f *function) madeWithContext(v variable) bool {
	if f.made == nil {
		f.made = map[variable]bool{}
		for _, b := range f.graph.blocks {
			for _, a := range f.assignmentsOf(b) {
				if call, ok := ast.Unparen(orNil(a.value)).(*ast.CallExpr); ok && !a.state && syntax.ContextArg(f.info, call) != nil {
					f.made[a.to] = true
				}
			}
		}
	}
	return f.made[v]
}

// WaitsOtherwise reports whether the loop has another way besides a wait, on which it waits until a context ends, and takes that
// where there is a context which may end.
func (l *Loop) WaitsOtherwise(w *Wait) bool {
	for _, other := range slices.Concat(l.Waits, l.Polling) {
		if len(other.Until) > 0 && l.endsWithContext(other) && !l.leadsTo(other.block, w.block) && !l.leadsTo(w.block, other.block) &&
			l.asksForContext(common(other.block, w.block)) {
			return true
		}
	}
	return false
}

// aboutContext matches the names of contexts and of what is known of them.
var aboutContext = regexp.MustCompile(`(?i)ctx|context|done|deadline`)

// asksForContext reports whether a block decides by whether there is a context, or one that may end.
func (l *Loop) asksForContext(b *block) bool {
	return b == nil || b.branch == nil || b.branch.cond == nil || aboutContext.MatchString(syntax.Identifiers(b.branch.cond))
}

// Replaces reports whether the loop sets a variable that is a context to one that does not come from it.
func (l *Loop) Replaces(ctx types.Object) bool {
	return slices.ContainsFunc(l.flow.set[variable{object: ctx}], func(a *assignment) bool {
		return a.value != nil && !syntax.Mentions(l.flow.info, a.value, ctx)
	})
}

// Sets reports whether the loop assigns to what an expression stands for, as c.ctx = ctx does.
func (l *Loop) Sets(e ast.Expr) bool {
	v, ok := variableOf(l.flow.info, e)
	return ok && len(l.flow.set[v]) > 0
}

// endsWithContext reports whether a wait ends with a context.
func (l *Loop) endsWithContext(w *Wait) bool {
	for _, e := range w.Until {
		if e != nil && (isDone(l.flow.info, e) || syntax.CarriesContext(l.flow.info.TypeOf(e))) {
			return true
		}
	}
	return false
}

// isStop reports whether a channel is one that is closed to stop something, and not that of a context.
func isStop(info *types.Info, channel ast.Expr) bool {
	if channel == nil || !syntax.DeliversNothing(info.TypeOf(channel)) {
		return false
	}
	switch e := ast.Unparen(channel).(type) {
	case *ast.CallExpr:
		self := receiver(e)
		return self != nil && !syntax.CarriesContext(info.TypeOf(self)) && stopName.MatchString(called(e))
	case *ast.SelectorExpr:
		return stopName.MatchString(e.Sel.Name) && !isDone(info, channel)
	}
	return false
}

package loop

import (
	"go/ast"
	"go/token"
	"go/types"
	"regexp"
	"slices"

	"github.com/retrygen/retrygen/internal/syntax"
)

var failures = regexp.MustCompile(`(?i)giv(e|es|ing|en) up|gave up|fail|unable|unavailable|no .*available|could( not|n't)|` +
	`exhaust|exceed|no more|max|timed? ?out`)

// tells reports whether a statement tells somebody that the attempts have failed: it calls something with a text or by a name that
// speaks of failure, or with an error of the loop, sends such an error, or keeps it where it outlives the function.
func (w *walk) tells(n ast.Node, inside bool) bool {
	switch n := n.(type) {
	case *ast.ExprStmt:
		return w.speaksOfFailure(n.X) || w.asserts(n.X)
	case *ast.SendStmt:
		return w.isFailure(n.Value) || w.speaksOfFailure(n.Value)
	case *ast.AssignStmt:
		return !inside && w.keepsError(n)
	}
	return false
}

// asserts reports whether an expression calls a function with the test that it is part of, which ends that where it is not so, and
// asks for nothing new: require.Len(t, list, n).
func (w *walk) asserts(e ast.Expr) bool {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok || len(call.Args) < 2 || !syntax.IsTest(w.flow.info.TypeOf(call.Args[0])) {
		return false
	}
	return !slices.ContainsFunc(call.Args, func(arg ast.Expr) bool { return len(w.operations(arg)) > 0 })
}

// mayExit reports whether a statement ends the process where an error of the loop is not nil, by its name: checkErr(err).
func (w *walk) mayExit(n ast.Node) bool {
	stmt, ok := n.(*ast.ExprStmt)
	if !ok {
		return false
	}
	call, ok := stmt.X.(*ast.CallExpr)
	return ok && len(call.Args) > 0 && w.isFailure(call.Args[0]) && checking.MatchString(called(call))
}

// checking matches the names of functions that end the process where there is an error.
var checking = regexp.MustCompile(`(?i)^(check|must|panic|exit|die)_?(if|on)?_?(err(or)?s?)?$`)

// speaksOfFailure reports whether an expression holds a text or a name of failure, or an error of the loop.
func (w *walk) speaksOfFailure(e ast.Expr) bool {
	found := false
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.BasicLit:
			found = found || n.Kind == token.STRING && failures.MatchString(n.Value)
		case *ast.SelectorExpr:
			found = found || failedName.MatchString(n.Sel.Name)
		case *ast.Ident:
			found = found || w.isFailure(n)
		}
		return !found
	})
	return found
}

// failedName matches the names of functions and values that stand for a failure.
var failedName = regexp.MustCompile(`(?i)fail(ed|ure)|timed?out|exhausted|dropped|unavailable|unreachable|^(Fatal|Error)`)

// isFailure reports whether an expression is an error that the loop has set.
func (w *walk) isFailure(e ast.Expr) bool {
	v, ok := variableOf(w.flow.info, e)
	return ok && isErrorType(w.flow.info, v) && len(w.flow.set[v]) > 0
}

// keepsError reports whether a statement assigns an error of the loop to something that outlives the function: b.err = err.
func (w *walk) keepsError(assign *ast.AssignStmt) bool {
	if len(assign.Lhs) != len(assign.Rhs) {
		return false
	}
	for i, left := range assign.Lhs {
		if _, selects := left.(*ast.SelectorExpr); selects && w.isFailure(assign.Rhs[i]) {
			return true
		}
	}
	return false
}

// stop describes the end of a function without results.
func (w *walk) stop(d done) Ending {
	signature, _ := syntax.FuncParts(w.Function)
	gives := signature.Results == nil && w.ends(d)
	return w.lost(Ending{Works: d.works, givesUp: gives, says: gives && d.told && d.sure()}, d)
}

// next describes the way to the next round of a loop around this one.
func (w *walk) next(d done) Ending {
	return w.lost(Ending{Works: d.works, givesUp: w.ends(d), says: d.told && d.sure()}, d)
}

// ends reports whether a function without results gives up. It does nothing more after the loop, and there is a sign of the failure: a
// message in a log, an error of an attempt, or a result that it stores. A function that asks whether all attempts have failed, and then
// does less, gives up too. One that only waits for a state does not: its caller may look at the state.
func (w *walk) ends(d done) bool {
	return !d.worked && (d.told || d.failed || w.judgesErrors() || w.keepsResult())
}

// judgesErrors reports whether an attempt fails by an error, or by the kind of its error alone.
func (w *walk) judgesErrors() bool {
	return w.JudgesErrors() || slices.ContainsFunc(w.Judges, func(j *Judge) bool { return j.Kind == ErrorKind && j.fail == 0 })
}

// keepsResult reports whether what the loop looks for outlives the function: it sets a variable of another one, or a field.
func (w *walk) keepsResult() bool {
	var conds []ast.Expr
	for _, j := range w.Judges {
		conds = append(conds, orNil(j.Cond))
	}
	for _, b := range w.polled {
		conds = append(conds, orNil(b.branch.cond))
	}
	found := false
	for _, cond := range conds {
		inspectVariables(w.flow.info, cond, func(v variable) {
			found = found || len(w.flow.set[v]) > 0 && (v.fields != "" || !w.own(v.object))
		})
	}
	return found
}

// ending describes a return.
func (w *walk) ending(ret *ast.ReturnStmt, d done) Ending {
	e := Ending{Return: ret, Works: d.works, Asks: d.asks}
	signature, _ := syntax.FuncParts(w.Function)
	switch {
	case signature.Results == nil:
		e.givesUp = w.ends(d)
		e.says = e.givesUp && d.told && d.sure()
	case len(ret.Results) == 0:
		e.givesUp = w.returnsNamed(signature, d)
	default:
		e.givesUp = w.returns(ret, signature, d)
		e.says = e.givesUp && d.sure() && w.isBad(ret.Results[len(ret.Results)-1], signature)
	}
	return w.lost(e, d)
}

// returnsNamed reports whether a return without values gives up: the loop sets the last of the named results, in a round or where it
// succeeds. If that is no error which a round sets, the function must also have done nothing since.
func (w *walk) returnsNamed(signature *ast.FuncType, d done) bool {
	last := signature.Results.List[len(signature.Results.List)-1]
	if len(last.Names) == 0 {
		return false // it does not build
	}
	v := variable{object: w.flow.info.Defs[last.Names[len(last.Names)-1]]}
	return isErrorType(w.flow.info, v) && w.setInside(v.object) || !d.worked && (w.setInside(v.object) || w.setLeaving()[v])
}

// returns reports whether a return with values gives up: it returns a failure, or what was known before the last wait.
func (w *walk) returns(ret *ast.ReturnStmt, signature *ast.FuncType, d done) bool {
	info := w.flow.info
	last := signature.Results.List[len(signature.Results.List)-1]
	t := info.TypeOf(last.Type)
	result := ast.Unparen(ret.Results[len(ret.Results)-1])
	if call, ok := result.(*ast.CallExpr); ok && leavesBy(call) {
		return true // return s.Fatal("…")
	}
	value := info.Types[result]
	switch {
	case t == nil:
		return false
	case syntax.IsError(t) && !value.IsNil():
		return !w.asksAnew(result, d.fresh)
	case syntax.IsBool(t) && value.Value != nil:
		return value.Value.ExactString() == "false" && !d.worked
	case d.worked || w.isPoll() && !d.told:
		return false
	case value.IsNil():
		if d.told && w.known(ret.Results, d.fresh) {
			return true
		}
		return w.ofAttempts(ret.Results) && (len(ret.Results) > 1 || !syntax.IsError(t) || d.told || w.judgesErrors() || !w.ReturnsWithin())
	}
	return w.known(ret.Results, d.fresh)
}

// isBad reports whether a result says by itself that something has failed: it is an error, or false.
func (w *walk) isBad(result ast.Expr, signature *ast.FuncType) bool {
	last := signature.Results.List[len(signature.Results.List)-1]
	t, value := w.flow.info.TypeOf(last.Type), w.flow.info.Types[result]
	return t != nil && (syntax.IsError(t) && !value.IsNil() || syntax.IsBool(t) && value.Value != nil)
}

// isPoll reports whether nothing is judged.
func (w *walk) isPoll() bool { return len(w.Judges) == 0 }

// known reports whether values have been known before the loop ended, or come from nothing else: NewClient(conn).
func (w *walk) known(results []ast.Expr, fresh []variable) bool {
	for _, e := range results {
		if w.speaksOfFailure(e) {
			continue
		}
		if slices.ContainsFunc(w.operations(e), func(call *ast.CallExpr) bool { return !w.worksOnSeen(call) }) {
			return false
		}
		if mentionsAny(w.flow.info, e, fresh) {
			return false
		}
	}
	return true
}

// operations returns the calls in an expression that do more than compute.
func (w *walk) operations(e ast.Expr) []*ast.CallExpr {
	return (&finder{flow: w.flow, loop: w.Loop}).called(e)
}

// setInside reports whether the loop assigns to a variable.
func (l *Loop) setInside(object types.Object) bool {
	return len(l.flow.set[variable{object: object}]) > 0
}

// ofAttempts reports whether nothing but zero values and results of the attempts is returned.
func (w *walk) ofAttempts(results []ast.Expr) bool {
	for _, e := range results {
		if t := w.flow.info.Types[e]; t.IsNil() || t.Value != nil {
			continue
		}
		if v, ok := variableOf(w.flow.info, e); ok && len(w.flow.set[v]) > 0 {
			continue
		}
		if lit, ok := ast.Unparen(e).(*ast.CompositeLit); !ok || len(lit.Elts) > 0 {
			return false
		}
	}
	return true
}

// asksAnew reports whether an error that is returned comes from something else than the loop.
func (w *walk) asksAnew(result ast.Expr, fresh []variable) bool {
	if v, ok := variableOf(w.flow.info, result); ok {
		return slices.Contains(fresh, v)
	}
	call, ok := result.(*ast.CallExpr)
	return ok && !computes(w.flow.info, call) && !w.flow.makesError(call)
}

// says reports whether a call makes an error of a text that speaks of failure: trace.LimitExceeded("failed to ping %s", name).
func (f *function) says(call *ast.CallExpr) bool {
	return syntax.IsErrorItself(f.info.TypeOf(call)) && syntax.ContextArg(f.info, call) == nil &&
		slices.ContainsFunc(call.Args, func(arg ast.Expr) bool {
			lit, ok := ast.Unparen(arg).(*ast.BasicLit)
			return ok && lit.Kind == token.STRING && failures.MatchString(lit.Value)
		})
}

var errorMaker = regexp.MustCompile(`(?i)err|fail|wrap|new`)

// makesError reports whether a call makes an error, or another one of one that it is given, and does nothing else.
func (f *function) makesError(call *ast.CallExpr) bool {
	for _, arg := range call.Args {
		if isErrorValue(f.info, arg) {
			return true
		}
	}
	if f.says(call) {
		return true
	}
	fn := syntax.Callee(f.info, call)
	return fn != nil && errorMaker.MatchString(syntax.Qualified(fn)) && syntax.ContextArg(f.info, call) == nil
}

// asksKind reports whether a block asks what kind an error is.
func (w *walk) asksKind(b *block) bool {
	if b.branch == nil || b.branch.cond == nil {
		return b.branch != nil && b.branch.clause != nil
	}
	call, ok := b.branch.cond.(*ast.CallExpr)
	return ok && slices.ContainsFunc(call.Args, func(arg ast.Expr) bool { return isErrorValue(w.flow.info, arg) })
}

package loop

import (
	"go/ast"
	"go/token"
	"go/types"
	"regexp"

	"github.com/retrygen/retrygen/internal/syntax"
)

var (
	leaving  = regexp.MustCompile(`^(Fatal|Panic|Exit|FailNow)`)
	failures = regexp.MustCompile(`(?i)giv(e|es|ing|en) up|gave up|fail|unable|unavailable|no .*available|could( not|n't)|` +
		`exhaust|exceed|no more|max|timed? ?out`)
)

// exits reports whether a statement ends the process or the test, by whatever logger.
func exits(info *types.Info, n ast.Node) bool {
	stmt, ok := n.(*ast.ExprStmt)
	if !ok {
		return false
	}
	call, ok := stmt.X.(*ast.CallExpr)
	if !ok {
		return false
	}
	return !returns(info, call) || leavesBy(call)
}

// leavesBy reports whether a call is of a method that is named like one which ends the process or the test.
func leavesBy(call *ast.CallExpr) bool {
	sel, ok := call.Fun.(*ast.SelectorExpr)
	return ok && leaving.MatchString(sel.Sel.Name)
}

// tellsFailure reports whether a statement calls something with a text that speaks of failure.
func tellsFailure(n ast.Node) bool {
	stmt, ok := n.(*ast.ExprStmt)
	found := false
	if ok {
		ast.Inspect(stmt, func(n ast.Node) bool {
			if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
				found = found || failures.MatchString(lit.Value)
			}
			return !found
		})
	}
	return found
}

// keepsError reports whether a statement assigns an error of the loop to something that outlives the function: b.err = err.
func (w *walk) keepsError(n ast.Node) bool {
	assign, ok := n.(*ast.AssignStmt)
	if !ok || len(assign.Lhs) != len(assign.Rhs) {
		return false
	}
	for i, left := range assign.Lhs {
		v, ok := variableOf(w.flow.info, assign.Rhs[i])
		if _, selects := left.(*ast.SelectorExpr); ok && selects && isErrorType(w.flow.info, v) && len(w.flow.set[v]) > 0 {
			return true
		}
	}
	return false
}

// stop describes the end of a function without results.
func (w *walk) stop(b *block, works bool) Ending {
	signature, _ := syntax.FuncParts(w.Function)
	return Ending{Works: works, givesUp: signature.Results == nil && w.ends(works)}
}

// ends reports whether a function without results gives up: it does nothing more, after an error or a message. A function that asks
// for a state again and again does not: its caller may look at the state.
func (w *walk) ends(works bool) bool {
	if works || w.told {
		return !works
	}
	_, errs := w.RetriesErrors()
	return errs
}

// ending describes a return.
func (w *walk) ending(ret *ast.ReturnStmt, works bool, fresh []variable) Ending {
	e := Ending{Return: ret, Works: works}
	signature, _ := syntax.FuncParts(w.Function)
	if signature.Results == nil {
		e.givesUp = w.ends(works)
		return e
	}
	info := w.flow.info
	last := signature.Results.List[len(signature.Results.List)-1]
	t := info.TypeOf(last.Type)
	if len(ret.Results) == 0 {
		object := info.Defs[last.Names[len(last.Names)-1]]
		e.givesUp = isErrorType(info, variable{object: object}) && w.setInside(object)
		return e
	}
	result := ast.Unparen(ret.Results[len(ret.Results)-1])
	if call, ok := result.(*ast.CallExpr); ok && leavesBy(call) {
		e.givesUp = true // return s.Fatal("…")
		return e
	}
	value := info.Types[result]
	switch {
	case t == nil:
	case isBool(t):
		e.givesUp = value.Value != nil && value.Value.ExactString() == "false" && !works
	case value.IsNil():
		e.givesUp = !works && w.ofAttempts(ret.Results)
	case syntax.IsError(t):
		e.givesUp = !w.asksAnew(result, fresh)
	}
	return e
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
		for _, other := range fresh {
			if v == other {
				return true
			}
		}
		return false
	}
	call, ok := result.(*ast.CallExpr)
	return ok && !computes(w.flow.info, call) && !w.flow.makesError(call)
}

var errorMaker = regexp.MustCompile(`(?i)err|fail|wrap|new`)

// makesError reports whether a call makes an error, or another one of one that it is given, and does nothing else.
func (f *function) makesError(call *ast.CallExpr) bool {
	for _, arg := range call.Args {
		if isErrorValue(f.info, arg) {
			return true
		}
	}
	fn := syntax.Callee(f.info, call)
	return fn != nil && errorMaker.MatchString(syntax.Qualified(fn)) && syntax.ContextArg(f.info, call) == nil
}

package loops

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"github.com/retrygen/retrygen/internal/syntax"
)

// wholeKept finds the variable of the function around that keeps the error of a failure, if there is one.
func (r *reader) wholeKept() error {
	w := r.whole
	for _, o := range sorted(r.assigned(r.loop.Stmt)) {
		if r.within(o) || !syntax.IsError(o.Type()) {
			continue
		}
		always := !slices.ContainsFunc(w.again, func(way path) bool {
			return !slices.ContainsFunc(way.steps, func(s *step) bool { return r.assigned(s.stmt)[o] })
		})
		if !always || w.kept != nil {
			return r.fail(r.loop.Stmt, "not every failure keeps its error in %s", o.Name())
		}
		w.kept = o
	}
	if w.kept == nil {
		return nil
	}
	r.err = w.kept
	for _, way := range slices.Concat(w.again, w.leave) {
		if n := r.readsEarlier(way, w.kept); n != nil {
			return r.fail(n, "%s may be the error of an earlier attempt", w.kept.Name())
		}
	}
	return nil
}

// readsEarlier returns what reads a variable on a way before that has set it, nil if nothing does.
func (r *reader) readsEarlier(way path, v types.Object) ast.Node {
	never := r.loop.Stmt.End()
	set := never
	for _, s := range way.steps {
		if r.assigned(s.stmt)[v] {
			set = min(set, s.stmt.Pos())
		}
	}
	for _, t := range way.terms {
		if t.cond.Pos() < set && r.mentions(t.cond, v) {
			return t.cond
		}
	}
	for _, s := range way.steps {
		a, assigns := s.stmt.(*ast.AssignStmt)
		switch {
		case s.stmt.Pos() < set && r.mentions(s.stmt, v):
			return s.stmt
		case s.stmt.Pos() == set && !(assigns && a.Tok == token.ASSIGN):
			return s.stmt
		case s.stmt.Pos() == set && slices.ContainsFunc(a.Rhs, func(e ast.Expr) bool { return r.mentions(e, v) }):
			return s.stmt
		}
	}
	if ret, ok := way.final.(*ast.ReturnStmt); ok && set == never {
		if slices.ContainsFunc(r.returned(ret), func(e ast.Expr) bool { return r.mentions(e, v) }) {
			return ret
		}
	}
	return nil
}

// wholeResults finds out which results an attempt has: those of the function around, unless the loop leaves them in variables.
func (r *reader) wholeResults() error {
	w := r.whole
	if b, ok := w.leave[0].final.(*ast.BranchStmt); ok {
		return r.breaksOut(b)
	}
	results := r.around().Results()
	n := results.Len()
	if n == 0 || !syntax.IsError(results.At(n-1).Type()) {
		return r.fail(r.loop.Stmt, "the function returns no error")
	}
	w.covers = make([]types.Object, n-1)
	for i := range n - 1 {
		own := r.resultAt(i, results.At(i))
		if !r.within(own) {
			w.covers[i] = own
		} else {
			r.yields = append(r.yields, own)
		}
		text, ok := zeroText(own.Type())
		if ret := r.returnBehind(n); ret != nil && len(ret.Results) == n && r.steady(ret.Results[i]) && !syntax.HasCall(ret.Results[i]) {
			text, ok = r.Source(ret.Results[i]), true
		}
		if !ok {
			return r.fail(r.loop.Stmt, "nothing says what it returns beside an error")
		}
		if w.covers[i] == nil {
			w.values = append(w.values, text)
		}
	}
	return nil
}

// around returns the signature of the function around the loop.
func (r *reader) around() *types.Signature {
	if decl, ok := r.loop.Function.(*ast.FuncDecl); ok {
		return r.Info.Defs[decl.Name].(*types.Func).Signature()
	}
	return r.Info.TypeOf(r.loop.Function.(*ast.FuncLit)).(*types.Signature)
}

// breaksOut checks that what a loop leaves by a break is not told from giving up otherwise than by the error.
func (r *reader) breaksOut(b *ast.BranchStmt) error {
	if r.whole.kept == nil {
		return r.fail(b, "what stands behind the loop does not tell whether it has succeeded")
	}
	return nil
}

// resultAt returns the variable that all ways out of the loop return as one of the results, a new one if there is none.
func (r *reader) resultAt(i int, result *types.Var) types.Object {
	var own types.Object
	for _, way := range r.whole.leave {
		ret, ok := way.final.(*ast.ReturnStmt)
		if !ok {
			continue
		}
		if list := r.returned(ret); i < len(list) {
			if o := r.object(list[i]); o != nil && (own == nil || own == o) && (r.within(o) || r.assigned(r.loop.Stmt)[o]) {
				own = o
			}
		}
	}
	if own != nil && types.Identical(own.Type(), result.Type()) {
		return own
	}
	name := result.Name()
	if name == "" || name == "_" {
		name = "result"
	}
	return types.NewVar(r.whole.block[0].Pos(), r.Types, r.freeName(name), result.Type())
}

// returnBehind returns the statement that the code behind the loop is, if it returns a number of results, nil otherwise.
func (r *reader) returnBehind(results int) *ast.ReturnStmt {
	if r.at+1 >= len(r.list) || r.neverEndsWhole() {
		return nil
	}
	ret, ok := r.list[r.at+1].(*ast.ReturnStmt)
	if !ok || len(r.returned(ret)) != results {
		return nil
	}
	return ret
}

// neverEndsWhole reports whether nothing ends the loop but what stands in it.
func (r *reader) neverEndsWhole() bool {
	f, ok := r.loop.Stmt.(*ast.ForStmt)
	return ok && f.Cond == nil
}

// wholeSuccess writes how the loop is left after an attempt without an error.
func (r *reader) wholeSuccess() ast.Stmt {
	w := r.whole
	if w.covers == nil {
		return w.leave[0].final
	}
	var values []string
	yields := r.yields
	for _, o := range w.covers {
		if o == nil {
			o, yields = yields[0], yields[1:]
		}
		values = append(values, o.Name())
	}
	ret := &ast.ReturnStmt{Return: w.block[len(w.block)-1].End()}
	r.written[ret] = returning(values, "nil")
	return ret
}

// returning writes a return statement.
func returning(values []string, err string) string {
	return "return " + strings.Join(append(slices.Clip(values), err), ", ")
}

// shortWhole has the results of the call returned as they are, where the code around returns the values of an attempt that fails.
func (r *reader) shortWhole(to flow) {
	w := r.whole
	if w == nil || r.site.Return || w.covers == nil || slices.ContainsFunc(w.covers, func(o types.Object) bool { return o != nil }) {
		return
	}
	success, failure := r.Source(r.tree.steps[0].stmt), returning(w.values, r.err.Name())
	text, stmts := r.site.Tail, r.list[r.at:]
	if to != away {
		if r.at+1 == len(r.list) {
			return
		}
		stmts = r.list[r.at : r.at+2]
		text += "\n" + r.Source(stmts[1])
	}
	decl := r.declaration(stmts)
	if strings.Join(strings.Fields(text), " ") != strings.Join(strings.Fields(success+"\n"+failure), " ") || !r.within(r.err) && decl == nil {
		return
	}
	r.site.Stmts, r.site.Tail, r.site.Return = stmts, "", true
	if decl != nil && decl != zeroStmt {
		r.site.Removes = append(r.site.Removes, decl)
	}
}

// defersOwn reports whether what a statement defers may be done at the end of the attempt: no result needs it undone.
func (r *reader) defersOwn(stmt *ast.DeferStmt) bool {
	results := r.around().Results()
	for v := range results.Variables() {
		if syntax.IsError(v.Type()) {
			continue
		}
		for _, name := range []string{"Close", "Read", "Next", "Done"} {
			if o, _, _ := types.LookupFieldOrMethod(v.Type(), true, r.Types, name); o != nil {
				return false
			}
		}
		if syntax.IsNamed(v.Type(), "net/http", "*Response") || types.IsInterface(v.Type()) {
			return false
		}
		if r.cancels(stmt) && !isData(v.Type()) {
			return false // it may need the context still
		}
	}
	said := fmt.Sprintf("what line %d defers is done at the end of the attempt; before, at the end of the function", r.line(stmt.Pos()))
	if !slices.Contains(r.site.Differences, said) {
		r.site.Differ(said)
	}
	return true
}

// isData reports whether values of a type are numbers or texts, or lists of them.
func isData(t types.Type) bool {
	if list, ok := t.Underlying().(*types.Slice); ok {
		t = list.Elem()
	}
	_, basic := t.Underlying().(*types.Basic)
	return basic
}

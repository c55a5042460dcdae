package analyzer

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"github.com/retrygen/retrygen/internal/syntax"
	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/inspector"
)

func checkLoops(r *reporter) {
	root := r.inspector().Root()
	for cursor := range root.Preorder((*ast.ForStmt)(nil), (*ast.RangeStmt)(nil)) {
		stmt := cursor.Node().(ast.Stmt)
		if r.generated[r.fileOf(stmt.Pos())] {
			continue
		}
		if l := retryLoop(r.TypesInfo, stmt); l != nil {
			r.checkLoop(cursor, l)
		}
	}
	for decl := range r.functions {
		if !r.inTest(decl.Pos()) {
			r.overflows(decl)
		}
	}
	if r.on("RL409") {
		for _, fn := range r.all() {
			if fn.If != nil {
				if object, ok := fn.If.Object.(*types.Func); ok && r.bodies[object] != nil {
					r.byText(r.bodies[object].Body)
				}
			}
		}
	}
}

func (r *reporter) checkLoop(cursor inspector.Cursor, l *handLoop) {
	function := syntax.EnclosingFunc(cursor)
	if function == nil {
		return
	}
	if !r.inTest(l.stmt.Pos()) {
		// A test that waits too long troubles nobody but itself.
		r.sleeps(function, l)
		if r.givesUp(syntax.StatementsAfter(cursor)) {
			r.waitsInVain(l)
		}
	}
	r.consumed(function, l.body)
	r.shadowed(cursor, l)
	r.deferred(l)
	r.unheeded(l)
	r.unbridled(l)
	if r.on("RL409") {
		r.byText(l.body)
	}
}

// inTest reports whether a position lies in a test file.
func (r *reporter) inTest(pos token.Pos) bool {
	return strings.HasSuffix(r.Fset.Position(pos).Filename, "_test.go")
}

// givesUp reports whether what follows a loop fails: it returns an error, or panics. Where it goes on instead, a last
// wait may be what it goes on after.
func (r *reporter) givesUp(after []ast.Stmt) bool {
	for _, stmt := range after {
		switch stmt := stmt.(type) {
		case *ast.ReturnStmt:
			if len(stmt.Results) == 0 {
				return false
			}
			last := stmt.Results[len(stmt.Results)-1]
			t := r.TypesInfo.TypeOf(last)
			return t != nil && !r.TypesInfo.Types[last].IsNil() && types.Implements(t, syntax.ErrorType.Underlying().(*types.Interface))
		case *ast.ExprStmt:
			if call, ok := stmt.X.(*ast.CallExpr); ok {
				if id, ok := call.Fun.(*ast.Ident); ok && id.Name == "panic" || strings.Contains(syntax.FullName(r.TypesInfo, call), ".Fatal") {
					return true
				}
			}
		}
	}
	return false
}

// sleeps is RL402.
func (r *reporter) sleeps(function ast.Node, l *handLoop) {
	// A context that each attempt makes for itself is not the caller's. A loop that selects on the caller's elsewhere
	// knows why it sleeps.
	ctx, caller := r.contextVar(l.stmt.Pos())
	if ctx == "" || r.selects(l.body, caller) {
		return
	}
	for _, w := range l.waits {
		if !w.sleep {
			continue
		}
		fix := r.selecting(function, w, ctx)
		if _, here := r.contextVar(w.call.Pos()); here != caller {
			fix = nil
		}
		r.report(finding{id: "RL402", pos: w.call.Pos(), end: w.call.End(),
			message: fmt.Sprintf("time.Sleep does not end when %s does: the caller waits for nothing; select on %s.Done() and a timer", ctx, ctx),
			fix:     fix})
	}
}

// selects reports whether code asks when a context is done.
func (r *reporter) selects(body *ast.BlockStmt, ctx types.Object) bool {
	found := false
	ast.Inspect(body, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok && sel.Sel.Name == "Done" && syntax.Mentions(r.TypesInfo, sel.X, ctx) {
			found = true
		}
		return !found
	})
	return found
}

// selecting replaces a sleep by a select that the context ends, where the function's results say what to return then.
func (r *reporter) selecting(function ast.Node, w *wait, ctx string) *analysis.SuggestedFix {
	stmt, ok := w.stmt.(*ast.ExprStmt)
	signature, _ := syntax.FuncParts(function)
	if !ok || stmt.X != w.call {
		return nil
	}
	values, ok := r.giveUp(signature, ctx)
	if !ok {
		return nil
	}
	text := fmt.Sprintf("select {\ncase <-%s.Done():\nreturn%s\ncase <-time.After(%s):\n}", ctx, values, syntax.Text(w.delay))
	return replacing("Wait for the context too", stmt.Pos(), stmt.End(), text)
}

// giveUp writes the results of a function that ends with its context: zero values and the context's error.
func (r *reporter) giveUp(signature *ast.FuncType, ctx string) (values string, ok bool) {
	if signature.Results == nil {
		return "", true
	}
	var list []string
	for _, field := range signature.Results.List {
		zero, ok := zeroValue(r.TypesInfo.TypeOf(field.Type), field.Type)
		if !ok {
			return "", false
		}
		for range max(len(field.Names), 1) {
			list = append(list, zero)
		}
	}
	last := signature.Results.List[len(signature.Results.List)-1]
	if t := r.TypesInfo.TypeOf(last.Type); t == nil || !types.Identical(t, syntax.ErrorType) {
		return "", false
	}
	list[len(list)-1] = ctx + ".Err()"
	return " " + strings.Join(list, ", "), true
}

// zeroValue writes the zero value of a type that is spelled in an expression.
func zeroValue(t types.Type, spelled ast.Expr) (string, bool) {
	if t == nil {
		return "", false
	}
	if _, ok := types.Unalias(t).(*types.TypeParam); ok {
		return "*new(" + syntax.Text(spelled) + ")", true
	}
	switch u := t.Underlying().(type) {
	case *types.Basic:
		switch {
		case u.Info()&types.IsNumeric != 0:
			return "0", true
		case u.Info()&types.IsString != 0:
			return `""`, true
		case u.Info()&types.IsBoolean != 0:
			return "false", true
		}
		return "nil", u.Kind() == types.UnsafePointer
	case *types.Struct, *types.Array:
		return syntax.Text(spelled) + "{}", true
	}
	return "nil", true
}

package analyzer

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/inspector"
	"golang.org/x/tools/go/types/typeutil"
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
	function := enclosing(cursor)
	if function == nil {
		return
	}
	if !r.inTest(l.stmt.Pos()) {
		// A test that waits too long troubles nobody but itself.
		r.sleeps(function, l)
		if r.givesUp(statementsAfter(cursor)) {
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
			return t != nil && !r.TypesInfo.Types[last].IsNil() && types.Implements(t, errorType.Underlying().(*types.Interface))
		case *ast.ExprStmt:
			if call, ok := stmt.X.(*ast.CallExpr); ok {
				if id, ok := call.Fun.(*ast.Ident); ok && id.Name == "panic" || strings.Contains(fullName(r.TypesInfo, call), ".Fatal") {
					return true
				}
			}
		}
	}
	return false
}

// enclosing gives the *ast.FuncDecl or *ast.FuncLit around a cursor, nil for none.
func enclosing(cursor inspector.Cursor) ast.Node {
	for c := range cursor.Enclosing((*ast.FuncDecl)(nil), (*ast.FuncLit)(nil)) {
		return c.Node()
	}
	return nil
}

// signatureOf gives the type and the body of a function declaration or literal.
func signatureOf(function ast.Node) (*ast.FuncType, *ast.BlockStmt) {
	switch f := function.(type) {
	case *ast.FuncDecl:
		return f.Type, f.Body
	case *ast.FuncLit:
		return f.Type, f.Body
	}
	return nil, nil
}

// sleeps is RL402.
func (r *reporter) sleeps(function ast.Node, l *handLoop) {
	for _, w := range l.waits {
		if !w.sleep {
			continue
		}
		// A context that each attempt makes for itself is not the caller's.
		ctx, caller := r.contextVar(l.stmt.Pos())
		if ctx == "" {
			continue
		}
		if r.selects(l.body, caller) {
			continue // elsewhere it waits for the context; who sleeps here knows why
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
		if sel, ok := n.(*ast.SelectorExpr); ok && sel.Sel.Name == "Done" && mentions(r.TypesInfo, sel.X, ctx) {
			found = true
		}
		return !found
	})
	return found
}

// selecting replaces a sleep by a select that the context ends, where the function's results say what to return then.
func (r *reporter) selecting(function ast.Node, w *wait, ctx string) *analysis.SuggestedFix {
	stmt, ok := w.stmt.(*ast.ExprStmt)
	signature, _ := signatureOf(function)
	if !ok || stmt.X != w.call {
		return nil
	}
	values, ok := r.giveUp(signature, ctx)
	if !ok {
		return nil
	}
	text := fmt.Sprintf("select {\ncase <-%s.Done():\nreturn%s\ncase <-time.After(%s):\n}", ctx, values, text(w.delay))
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
	if t := r.TypesInfo.TypeOf(last.Type); t == nil || !types.Identical(t, errorType) {
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
		return "*new(" + text(spelled) + ")", true
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
		return text(spelled) + "{}", true
	}
	return "nil", true
}

// shadowed is RL404: an error declared in the loop hides the one that is returned after it.
func (r *reporter) shadowed(cursor inspector.Cursor, l *handLoop) {
	after := statementsAfter(cursor)
	if len(after) == 0 {
		return
	}
	var returned *ast.Ident
	for _, stmt := range after {
		ret, ok := stmt.(*ast.ReturnStmt)
		if !ok {
			if assigns(stmt) {
				return // what is returned may come from there
			}
			continue
		}
		if len(ret.Results) > 0 {
			returned = errorIn(r.TypesInfo, ret.Results[len(ret.Results)-1])
		}
		break
	}
	if returned == nil {
		return
	}
	outer, ok := r.TypesInfo.Uses[returned].(*types.Var)
	if !ok || outer.Pos() >= l.stmt.Pos() || outer.Parent() == r.Pkg.Scope() || writes(r.TypesInfo, l.stmt, outer) {
		return
	}
	ast.Inspect(l.body, func(n ast.Node) bool {
		if _, ok := n.(*ast.FuncLit); ok {
			return false
		}
		assign, ok := n.(*ast.AssignStmt)
		if !ok || assign.Tok != token.DEFINE {
			return true
		}
		for _, left := range assign.Lhs {
			id, ok := left.(*ast.Ident)
			if !ok || id.Name != outer.Name() || r.TypesInfo.Defs[id] == nil || !givesErrorTo(r.TypesInfo, assign) {
				continue
			}
			r.report(finding{id: "RL404", pos: id.Pos(), end: id.End(),
				message: fmt.Sprintf("this %s hides the one that is returned after the loop, which stays nil: when all attempts have failed the caller sees success; assign with =", id.Name),
				fix:     r.assigning(assign, id)})
		}
		return true
	})
}

// statementsAfter lists what follows a loop in its block.
func statementsAfter(cursor inspector.Cursor) []ast.Stmt {
	var list []ast.Stmt
	for next, ok := cursor.NextSibling(); ok; next, ok = next.NextSibling() {
		stmt, ok := next.Node().(ast.Stmt)
		if !ok {
			break
		}
		list = append(list, stmt)
	}
	return list
}

// errorIn gives the error variable that a returned expression is or wraps.
func errorIn(info *types.Info, e ast.Expr) *ast.Ident {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		if v, ok := info.Uses[e].(*types.Var); ok && types.Identical(v.Type(), errorType) {
			return e
		}
	case *ast.CallExpr:
		if fullName(info, e) == "fmt.Errorf" {
			return errorIn(info, e.Args[len(e.Args)-1])
		}
	}
	return nil
}

// assigns reports whether a statement may change variables.
func assigns(stmt ast.Stmt) bool {
	found := false
	ast.Inspect(stmt, func(n ast.Node) bool {
		if _, ok := n.(*ast.AssignStmt); ok {
			found = true
		}
		return !found
	})
	return found
}

// writes reports whether a piece of code assigns to a variable or takes its address.
func writes(info *types.Info, root ast.Node, v *types.Var) bool {
	found := false
	is := func(e ast.Expr) bool {
		id, ok := ast.Unparen(e).(*ast.Ident)
		return ok && info.ObjectOf(id) == v
	}
	ast.Inspect(root, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for _, left := range n.Lhs {
				found = found || is(left)
			}
		case *ast.UnaryExpr:
			found = found || n.Op == token.AND && is(n.X)
		case *ast.RangeStmt:
			found = found || n.Key != nil && is(n.Key) || n.Value != nil && is(n.Value)
		}
		return !found
	})
	return found
}

// givesErrorTo reports whether an assignment takes an error from a call.
func givesErrorTo(info *types.Info, assign *ast.AssignStmt) bool {
	if len(assign.Rhs) != 1 {
		return false
	}
	call, ok := assign.Rhs[0].(*ast.CallExpr)
	return ok && givesError(info, call)
}

// assigning replaces := by =, where that declares nothing else.
func (r *reporter) assigning(assign *ast.AssignStmt, id *ast.Ident) *analysis.SuggestedFix {
	for _, left := range assign.Lhs {
		other, ok := left.(*ast.Ident)
		if !ok || other != id && other.Name != "_" && r.TypesInfo.Defs[other] != nil {
			return nil
		}
	}
	return replacing("Assign to the outer "+id.Name, assign.TokPos, assign.TokPos+2, "=")
}

// waitsInVain is RL405.
func (r *reporter) waitsInVain(l *handLoop) {
	uncounted := false // for range 3
	if stmt, ok := l.stmt.(*ast.RangeStmt); ok {
		uncounted = stmt.Key == nil
	}
	if l.counter == nil && !uncounted || !l.bounded || l.limit == nil {
		return
	}
	tested := firstTest(r.TypesInfo, l.body)
	counters := derived(r.TypesInfo, l)
	for _, w := range l.waits {
		if tested == token.NoPos || w.stmt.Pos() < tested || r.guarded(l, w, counters) {
			continue
		}
		r.report(finding{id: "RL405", pos: w.stmt.Pos(), end: w.stmt.End(),
			message: "the loop waits after its last attempt too, and then gives up all the same; wait only where another attempt follows",
			fix:     l.guard(w)})
	}
}

// firstTest gives the position of the first comparison of an error with nil.
func firstTest(info *types.Info, body *ast.BlockStmt) token.Pos {
	first := token.NoPos
	ast.Inspect(body, func(n ast.Node) bool {
		if b, ok := n.(*ast.BinaryExpr); ok && first == token.NoPos && (isErrorTest(info, b, token.EQL) != nil || isErrorTest(info, b, token.NEQ) != nil) {
			first = b.Pos()
		}
		return first == token.NoPos
	})
	return first
}

// derived gathers the counter, what is computed from it, and what is compared to the limit.
func derived(info *types.Info, l *handLoop) map[types.Object]bool {
	set := map[types.Object]bool{l.counter: true}
	ast.Inspect(l.body, func(n ast.Node) bool {
		if assign, ok := n.(*ast.AssignStmt); ok && len(assign.Rhs) == 1 && len(assign.Lhs) == 1 {
			if id, ok := assign.Lhs[0].(*ast.Ident); ok {
				if t := info.TypeOf(id); t != nil && types.Identical(t.Underlying(), types.Typ[types.Bool]) && mentions(info, assign.Rhs[0], l.counter) {
					set[info.ObjectOf(id)] = true
				}
			}
		}
		return true
	})
	return set
}

// guarded reports whether something on the way to a wait looks at the counter.
func (r *reporter) guarded(l *handLoop, w *wait, counters map[types.Object]bool) bool {
	looks := func(n ast.Node) bool {
		for object := range counters {
			if mentions(r.TypesInfo, n, object) {
				return true
			}
		}
		return false
	}
	for i, n := range w.path {
		switch n := n.(type) {
		case *ast.IfStmt:
			if looks(n.Cond) {
				return true
			}
		case *ast.SwitchStmt, *ast.CaseClause:
			return true // too much to tell
		case *ast.BlockStmt:
			next := ast.Node(w.stmt)
			if i+1 < len(w.path) {
				next = w.path[i+1]
			}
			for _, stmt := range n.List {
				if stmt == next {
					break
				}
				if branch, ok := stmt.(*ast.IfStmt); ok && looks(branch.Cond) && ends(branch.Body.List, false) {
					return true
				}
				if _, ok := stmt.(*ast.SwitchStmt); ok {
					return true
				}
			}
		}
	}
	return false
}

// guard puts a wait under a condition on the counter.
func (l *handLoop) guard(w *wait) *analysis.SuggestedFix {
	if l.counter == nil || l.counter.Name() == "_" || calls(l.limit) {
		return nil
	}
	if stmt, ok := l.stmt.(*ast.ForStmt); ok {
		if inc, ok := stmt.Post.(*ast.IncDecStmt); !ok || inc.Tok != token.INC {
			return nil
		}
	}
	condition := l.counter.Name() + " < " + text(l.limit)
	if !l.inclusive {
		condition += "-1"
	}
	return &analysis.SuggestedFix{Message: "Wait only before another attempt", TextEdits: []analysis.TextEdit{
		{Pos: w.stmt.Pos(), End: w.stmt.Pos(), NewText: []byte("if " + condition + " {\n")},
		{Pos: w.stmt.End(), End: w.stmt.End(), NewText: []byte("\n}")},
	}}
}

// deferred is RL406.
func (r *reporter) deferred(l *handLoop) {
	ast.Inspect(l.body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.DeferStmt:
			r.reportf("RL406", n, "this runs when the function ends, not the attempt: what all attempts open stays open until then; close it before the next attempt")
		}
		return true
	})
}

// unheeded is RL407.
func (r *reporter) unheeded(l *handLoop) {
	name, ctx := r.contextVar(l.stmt.Pos())
	if ctx == nil || !r.on("RL407") {
		return
	}
	looked := false
	ast.Inspect(l.stmt, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectStmt:
			looked = true
		case *ast.SelectorExpr:
			looked = looked || (n.Sel.Name == "Err" || n.Sel.Name == "Done") && mentions(r.TypesInfo, n.X, ctx)
		case *ast.CallExpr:
			// A wait that is given the context looks at it.
			if fn, ok := typeutil.Callee(r.TypesInfo, n).(*types.Func); ok && waitPattern.MatchString(fn.Name()) && mentions(r.TypesInfo, n, ctx) {
				looked = true
			}
		case *ast.Ident:
			looked = looked || n.Name == "Canceled" || n.Name == "DeadlineExceeded"
		}
		return !looked
	})
	if !looked {
		r.report(finding{id: "RL407", pos: l.stmt.Pos(), end: l.body.Lbrace, message: fmt.Sprintf("the loop tries again although %s may be done; look at %s.Err() before each attempt", name, name)})
	}
}

// unbridled is RL408.
func (r *reporter) unbridled(l *handLoop) {
	at := finding{id: "RL408", pos: l.stmt.Pos(), end: l.body.Lbrace}
	name, _ := r.contextVar(l.stmt.Pos())
	constantWait := len(l.waits) > 0
	for _, w := range l.waits {
		if w.delay == nil || r.TypesInfo.Types[w.delay].Value == nil {
			constantWait = false
		}
	}
	stmt, isFor := l.stmt.(*ast.ForStmt)
	switch {
	case isFor && stmt.Cond == nil && name == "" && !r.returnsOften(l):
		at.message = "nothing bounds this loop: neither a number of attempts nor a context"
	case len(l.waits) == 0 && !l.waitsByName(r.TypesInfo):
		at.message = "the loop tries again at once: whatever failed is hit again while it is down"
	case constantWait:
		at.message = "the loop waits equally long each time: callers that fail together retry together; let the wait grow, and add jitter"
	default:
		return
	}
	r.report(at)
}

// returnsOften reports whether a loop has a way out besides success: a second return or break.
func (r *reporter) returnsOften(l *handLoop) bool {
	n := 0
	ast.Inspect(l.body, func(node ast.Node) bool {
		switch node := node.(type) {
		case *ast.FuncLit:
			return false
		case *ast.ReturnStmt:
			n++
		case *ast.BranchStmt:
			if node.Tok == token.BREAK {
				n++
			}
		}
		return true
	})
	return n > 1
}

// byText is RL409.
func (r *reporter) byText(body *ast.BlockStmt) {
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			if name := fullName(r.TypesInfo, n); strings.HasPrefix(name, "strings.") && r.isErrorText(n.Args[0]) {
				r.reportf("RL409", n, "the text of an error decides about a retry: it may change with any release; use errors.Is or errors.As")
				return false
			}
		case *ast.BinaryExpr:
			if (n.Op == token.EQL || n.Op == token.NEQ) && (r.isErrorText(n.X) || r.isErrorText(n.Y)) {
				r.reportf("RL409", n, "the text of an error decides about a retry: it may change with any release; use errors.Is or errors.As")
			}
		}
		return true
	})
}

// isErrorText reports whether an expression is err.Error(), perhaps in other letters.
func (r *reporter) isErrorText(e ast.Expr) bool {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok {
		return false
	}
	sel, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	if len(call.Args) == 1 && strings.HasPrefix(fullName(r.TypesInfo, call), "strings.To") {
		return r.isErrorText(call.Args[0])
	}
	t := r.TypesInfo.TypeOf(sel.X)
	return sel.Sel.Name == "Error" && t != nil && types.Implements(t, errorType.Underlying().(*types.Interface))
}

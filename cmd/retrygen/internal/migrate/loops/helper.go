package loops

import (
	"go/ast"
	"go/types"

	"github.com/retrygen/retrygen/internal/syntax"
)

// readHelper reads an if that waits in its head and leaves if the wait was cut short:
//
//	if err := sleep(ctx, d); err != nil { return err }
func (r *reader) readHelper(stmt *ast.IfStmt) error {
	if stmt.Else != nil {
		return r.fail(stmt, "what a wait returns decides")
	}
	r.wait.cut = stmt.Body.List
	return r.readHelperCall()
}

// readHelperCall checks that a function that waits does nothing else.
func (r *reader) readHelperCall() error {
	w := r.wait
	call, ok := w.Node.(*ast.CallExpr)
	if !ok || w.Helper == nil {
		return r.fail(w.stmt, "how long it waits is not to be seen")
	}
	decl := r.Body(w.Helper)
	if decl == nil {
		return r.fail(w.stmt, "it waits by %s of another package", w.Helper.Name())
	}
	w.delay = nil // the function may do more with its argument than to wait for it
	if r.onlyWaits(decl) {
		w.delay = r.helperDelay(decl, call)
	}
	if w.delay == nil {
		var err error
		if w.code, err = r.helperCode(decl, call); err != nil {
			return err
		}
	}
	if r.site.Head == "" {
		r.site.Leftovers = append(r.site.Leftovers, w.Helper)
	}
	for _, arg := range call.Args {
		if syntax.CarriesContext(r.Info.TypeOf(arg)) {
			w.ctx = arg
		}
		if ctx := r.done(arg); ctx != nil {
			w.ctx = ctx
		}
	}
	if len(w.cut) > 0 && w.ctx == nil {
		return r.fail(w.stmt, "the wait ends with something that is no context")
	}
	return nil
}

// onlyWaits reports whether all that a function calls is of package time, or of a context.
func (r *reader) onlyWaits(decl *ast.FuncDecl) bool {
	only := true
	inspectOwn([]ast.Node{decl.Body}, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ForStmt, *ast.RangeStmt, *ast.GoStmt, *ast.BinaryExpr, *ast.SendStmt:
			if b, ok := n.(*ast.BinaryExpr); ok {
				_, constant := r.integer(b.Y)
				only = only && constant // if d <= 0
				break
			}
			only = false
		case *ast.CallExpr:
			sel, ok := n.Fun.(*ast.SelectorExpr)
			if !ok {
				only = false
				break
			}
			fn := syntax.Callee(r.Info, n)
			only = only && fn != nil && fn.Pkg() != nil && (fn.Pkg().Path() == "time" || syntax.CarriesContext(r.Info.TypeOf(sel.X)))
		case *ast.AssignStmt:
			for _, left := range n.Lhs {
				if o := r.object(left); o == nil || o.Pos() < decl.Body.Pos() {
					only = false
				}
			}
		}
		return only
	})
	return only
}

// helperDelay returns the argument of a call that says how long a function waits.
func (r *reader) helperDelay(decl *ast.FuncDecl, call *ast.CallExpr) ast.Expr {
	var delay types.Object
	calls := 0
	inspectOwn([]ast.Node{decl.Body}, func(n ast.Node) bool {
		if inner, ok := n.(*ast.CallExpr); ok && len(inner.Args) == 1 {
			switch syntax.FullName(r.Info, inner) {
			case "time.Sleep", "time.After", "time.NewTimer":
				calls++
				delay = r.object(inner.Args[0])
			}
		}
		return true
	})
	i := 0
	for _, field := range decl.Type.Params.List {
		for _, id := range field.Names {
			if calls == 1 && delay != nil && r.Info.Defs[id] == delay && i < len(call.Args) {
				return call.Args[i]
			}
			i++
		}
	}
	return nil
}

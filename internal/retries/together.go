package retries

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/retrygen/retrygen/internal/retries/chain"
	"github.com/retrygen/retrygen/internal/syntax"
)

// together returns the bound of the goroutines that statements in a row start in one group, and the number of these
// statements. They run at the same time if nothing waits between them: the longest of their waits counts, not the sum.
func (b *body) together(list []ast.Stmt) (n int, sum chain.Bound) {
	var group types.Object
	for i, stmt := range list {
		started, of, ok := b.start(stmt)
		switch {
		case ok && (group == nil || group == of):
			group, n = of, i+1
			sum = sum.Beside(started)
		case group == nil || !b.idle(stmt):
			return n, sum
		}
	}
	return n, sum
}

// start returns the bound of the goroutines that a statement starts in a group.
func (b *body) start(stmt ast.Stmt) (bound chain.Bound, group types.Object, ok bool) {
	switch stmt := stmt.(type) {
	case *ast.ExprStmt:
		return b.startByCall(stmt)
	case *ast.GoStmt:
		if group = b.doneIn(stmt.Call); group != nil {
			return b.expr(stmt.Call), group, true
		}
	case *ast.ForStmt:
		return b.startByLoop(stmt, stmt.Body)
	case *ast.RangeStmt:
		return b.startByLoop(stmt, stmt.Body)
	}
	return chain.Bound{}, nil, false
}

// startByCall is start for group.Go(f).
func (b *body) startByCall(stmt *ast.ExprStmt) (chain.Bound, types.Object, bool) {
	call, ok := ast.Unparen(stmt.X).(*ast.CallExpr)
	if !ok || len(call.Args) != 1 {
		return chain.Bound{}, nil, false
	}
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if !ok || sel.Sel.Name != "Go" {
		return chain.Bound{}, nil, false
	}
	group := b.locals.group(sel.X)
	if group == nil {
		return chain.Bound{}, nil, false
	}
	return b.expr(stmt.X), group, true
}

// startByLoop is start for a loop that does nothing but start goroutines. Their waits do not depend on the number of rounds.
func (b *body) startByLoop(stmt ast.Stmt, block *ast.BlockStmt) (chain.Bound, types.Object, bool) {
	n, each := b.together(block.List)
	if n == 0 {
		return chain.Bound{}, nil, false
	}
	for _, rest := range block.List[n:] {
		if !b.idle(rest) {
			return chain.Bound{}, nil, false
		}
	}
	before, head, inside := b.parts(stmt)
	if !before.IsZero() || !head.IsZero() || before.Blocks || inside.Blocks {
		return chain.Bound{}, nil, false
	}
	_, group, _ := b.start(firstStart(b, block.List))
	all := each.Often(b.site(stmt.Pos()) + ": a loop whose number of rounds is not a constant")
	if rounds, ok := b.locals.rounds(stmt); ok {
		all = each.Times(rounds)
		all.Wait = min(all.Wait, each.Wait)
		return all, group, true
	}
	all.MoreWait = each.MoreWait
	return all, group, true
}

// firstStart returns the first statement that starts a goroutine.
func firstStart(b *body, list []ast.Stmt) ast.Stmt {
	for _, stmt := range list {
		if _, _, ok := b.start(stmt); ok {
			return stmt
		}
	}
	return nil
}

// doneIn returns the group of go func() { defer group.Done() … }().
func (b *body) doneIn(call *ast.CallExpr) types.Object {
	lit, ok := ast.Unparen(call.Fun).(*ast.FuncLit)
	if !ok {
		return nil
	}
	for _, stmt := range lit.Body.List {
		deferred, ok := stmt.(*ast.DeferStmt)
		if !ok {
			continue
		}
		if sel, ok := ast.Unparen(deferred.Call.Fun).(*ast.SelectorExpr); ok && sel.Sel.Name == "Done" {
			if group := b.locals.group(sel.X); group != nil {
				return group
			}
		}
	}
	return nil
}

// idle reports whether a statement neither calls nor waits: a declaration, an assignment, or group.Add.
func (b *body) idle(stmt ast.Stmt) bool {
	switch stmt := stmt.(type) {
	case *ast.AssignStmt, *ast.DeclStmt, *ast.IncDecStmt, *ast.EmptyStmt:
		busy := false
		ast.Inspect(stmt, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				fun := b.pass.TypesInfo.Types[n.Fun]
				busy = busy || !fun.IsType() && !fun.IsBuiltin()
			case *ast.UnaryExpr:
				busy = busy || n.Op == token.ARROW
			case *ast.FuncLit:
				return false
			}
			return true
		})
		return !busy
	case *ast.ExprStmt:
		call, ok := ast.Unparen(stmt.X).(*ast.CallExpr)
		if !ok {
			return false
		}
		sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
		return ok && sel.Sel.Name == "Add" && b.locals.group(sel.X) != nil
	}
	return false
}

// group returns the variable of a group of goroutines without a limit, nil for any other expression.
func (l *locals) group(e ast.Expr) types.Object {
	if id, ok := ast.Unparen(e).(*ast.Ident); ok && l.groups[l.info.Uses[id]] {
		return l.info.Uses[id]
	}
	return nil
}

// findGroups finds the variables of type sync.WaitGroup and errgroup.Group that are used for nothing but these methods. A
// variable that is passed on may be given a limit elsewhere.
func (l *locals) findGroups(root ast.Node) {
	harmless := map[*ast.Ident]bool{}
	ast.Inspect(root, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		if id, isID := selected(sel); ok && isID && groupMethods[sel.Sel.Name] {
			harmless[id] = true
		}
		return true
	})
	ast.Inspect(root, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && l.info.Defs[id] != nil && isGroup(l.info.Defs[id]) && !isParameter(root, id) {
			l.groups[l.info.Defs[id]] = true
		}
		return true
	})
	ast.Inspect(root, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && l.info.Uses[id] != nil && !harmless[id] {
			delete(l.groups, l.info.Uses[id])
		}
		return true
	})
}

var groupMethods = syntax.NameSet("Go", "TryGo", "Wait", "Add", "Done")

func selected(sel *ast.SelectorExpr) (*ast.Ident, bool) {
	if sel == nil {
		return nil, false
	}
	id, ok := ast.Unparen(sel.X).(*ast.Ident)
	return id, ok
}

func isGroup(object types.Object) bool {
	t := object.Type()
	return syntax.IsNamed(t, "sync", "WaitGroup") || syntax.IsNamed(t, "sync", "*WaitGroup") ||
		syntax.IsNamed(t, "golang.org/x/sync/errgroup", "Group") || syntax.IsNamed(t, "golang.org/x/sync/errgroup", "*Group")
}

// isParameter reports whether an identifier declares a parameter, a result or the receiver of a function.
func isParameter(root ast.Node, id *ast.Ident) bool {
	decl, ok := root.(*ast.FuncDecl)
	return ok && id.Pos() < decl.Body.Pos()
}

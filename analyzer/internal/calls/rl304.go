package calls

import (
	"go/ast"
	"go/types"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/syntax"
)

var _ = Checks.Add("RL304", rl304)

// rl304 finds locks, slots of semaphores and transactions that a function keeps while a wrapper waits between attempts.
func rl304(p *check.Pass) {
	p.WrapperCalls(func(decl *ast.FuncDecl, call *ast.CallExpr, callee *types.Func) {
		if wrapped, _ := p.Wrapped(callee); wrapped.Attempts == 1 || givenTransaction(p, call, callee) {
			return
		}
		kept := keptAt(p, decl, call)
		if tx := transactionAround(p, decl, call); tx != "" {
			kept[tx] = "the open transaction"
		}
		for _, name := range slices.Sorted(maps.Keys(kept)) {
			p.Reportf(call, "%s is called with %s %s: it is held while %[1]s waits and tries again", p.Called(callee), kept[name], name)
		}
		if len(kept) == 0 && strings.HasSuffix(decl.Name.Name, "Locked") {
			p.Reportf(call, "%s is called with the lock that the name %s speaks of: it is held while %[1]s waits and tries again",
				p.Called(callee), decl.Name.Name)
		}
	})
}

// isTransaction reports whether a type is a transaction: it is named Tx, and can be committed and rolled back.
func isTransaction(t types.Type) bool {
	if t == nil {
		return false
	}
	t = types.Unalias(t)
	elem := t
	if pointer, ok := t.(*types.Pointer); ok {
		elem = types.Unalias(pointer.Elem())
	}
	named, ok := elem.(*types.Named)
	return ok && strings.HasSuffix(named.Obj().Name(), "Tx") && syntax.HasMethod(t, "Commit") && syntax.HasMethod(t, "Rollback")
}

// givenTransaction reports a call that is given a transaction.
func givenTransaction(p *check.Pass, call *ast.CallExpr, callee *types.Func) bool {
	for _, arg := range call.Args {
		if isTransaction(p.TypesInfo.TypeOf(arg)) {
			p.Reportf(call, "%s is retried inside the transaction %s: after an error most databases refuse every statement of it; "+
				"retry the whole transaction", p.Called(callee), syntax.Text(arg))
			return true
		}
	}
	return false
}

// transactionAround returns the name of a transaction that is a parameter of the function or of a function literal around a
// call, "" if there is none.
func transactionAround(p *check.Pass, decl *ast.FuncDecl, call *ast.CallExpr) string {
	name := ""
	ast.Inspect(decl, func(n ast.Node) bool {
		if n == nil || call.Pos() < n.Pos() || n.End() < call.End() {
			return false
		}
		function, _ := syntax.FuncParts(n)
		if function == nil {
			return true
		}
		for _, field := range function.Params.List {
			for _, id := range field.Names {
				if isTransaction(p.TypesInfo.TypeOf(id)) {
					name = id.Name
				}
			}
		}
		return true
	})
	return name
}

// keptAt returns what a function has taken or begun when it reaches a call: "the lock", "the slot of" or "the open
// transaction", by the expression of the lock, the semaphore or the transaction.
func keptAt(p *check.Pass, decl *ast.FuncDecl, call *ast.CallExpr) map[string]string {
	k := &keeping{p, map[string]string{}}
	syntax.StatementsBefore(syntax.BodyAround(decl, call).List, call, k.statement)
	return k.kept
}

// keeping follows what is kept, from statement to statement.
type keeping struct {
	*check.Pass
	kept map[string]string
}

func (k *keeping) statement(stmt ast.Stmt) {
	if branch, ok := stmt.(*ast.IfStmt); ok && branch.Init != nil {
		stmt = branch.Init // if err := tx.Commit(); err != nil
	}
	switch stmt := stmt.(type) {
	case *ast.AssignStmt:
		k.assigned(stmt)
	case *ast.ExprStmt:
		k.expression(stmt.X)
	case *ast.SendStmt:
		if k.isSemaphore(stmt.Chan) {
			k.kept[syntax.Text(stmt.Chan)] = "the slot of"
		}
	case *ast.SelectStmt:
		k.selected(stmt)
	}
}

// selected takes in a select that sends to a semaphore, or ends with a context.
func (k *keeping) selected(stmt *ast.SelectStmt) {
	for _, clause := range stmt.Body.List {
		if send, ok := clause.(*ast.CommClause).Comm.(*ast.SendStmt); ok && k.isSemaphore(send.Chan) {
			k.kept[syntax.Text(send.Chan)] = "the slot of"
		}
	}
}

// isSemaphore reports whether a channel that is sent to has slots: its elements say nothing.
func (k *keeping) isSemaphore(e ast.Expr) bool {
	return syntax.DeliversNothing(k.TypesInfo.TypeOf(e)) && semaphorePattern.MatchString(syntax.Text(e))
}

// expression takes in a call that locks, unlocks, or ends a transaction, and a receive that frees a slot.
func (k *keeping) expression(e ast.Expr) {
	switch e := ast.Unparen(e).(type) {
	case *ast.UnaryExpr:
		delete(k.kept, syntax.Text(e.X))
	case *ast.CallExpr:
		k.called(e)
	}
}

func (k *keeping) called(call *ast.CallExpr) {
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if !ok {
		return
	}
	name := syntax.Text(sel.X)
	switch full := syntax.FullName(k.TypesInfo, call); {
	case full == "sync.Mutex.Lock" || full == "sync.RWMutex.Lock" || full == "sync.RWMutex.RLock" || full == "sync.Locker.Lock":
		k.kept[name] = "the lock"
	case strings.HasPrefix(full, "sync.") && strings.HasSuffix(full, "nlock"):
		delete(k.kept, name)
	case full == weighted+".Acquire":
		k.kept[name] = "the slot of"
	case full == weighted+".Release":
		delete(k.kept, name)
	case (sel.Sel.Name == "Commit" || sel.Sel.Name == "Rollback") && isTransaction(k.TypesInfo.TypeOf(sel.X)):
		delete(k.kept, name)
	}
}

// semaphorePattern matches the names of channels that count who is inside.
var semaphorePattern = regexp.MustCompile(`(?i)sem|slot|token|limit|permit|gate|throttle|workers`)

// weighted is a semaphore.
const weighted = "golang.org/x/sync/semaphore.Weighted"

// assigned takes in an assignment that begins a transaction, or that keeps the error of a call.
func (k *keeping) assigned(stmt *ast.AssignStmt) {
	if len(stmt.Rhs) != 1 {
		return
	}
	call, ok := ast.Unparen(stmt.Rhs[0]).(*ast.CallExpr)
	if !ok {
		k.expression(stmt.Rhs[0])
		return
	}
	fn := syntax.Callee(k.TypesInfo, call)
	if fn != nil && strings.HasPrefix(fn.Name(), "Begin") && isTransaction(k.TypesInfo.TypeOf(stmt.Lhs[0])) {
		k.kept[syntax.Text(stmt.Lhs[0])] = "the open transaction"
		return
	}
	k.called(call)
}

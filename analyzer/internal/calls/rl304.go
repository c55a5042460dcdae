package calls

import (
	"go/ast"
	"go/types"
	"maps"
	"slices"
	"strings"

	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/syntax"
)

var _ = Checks.Add("RL304", rl304)

// rl304 finds locks and transactions that a function keeps while a wrapper waits between attempts.
func rl304(p *check.Pass) {
	p.WrapperCalls(func(decl *ast.FuncDecl, call *ast.CallExpr, callee *types.Func) {
		if wrapped, _ := p.Wrapped(callee); wrapped.Attempts == 1 || insideTransaction(p, call, callee) {
			return
		}
		kept := keptAt(p, decl, call)
		for _, name := range slices.Sorted(maps.Keys(kept)) {
			p.Reportf(call, "%s is called with %s %s: it is held while %[1]s waits and tries again", p.Called(callee), kept[name], name)
		}
	})
}

// insideTransaction reports a call that is given a transaction.
func insideTransaction(p *check.Pass, call *ast.CallExpr, callee *types.Func) bool {
	for _, arg := range call.Args {
		if syntax.IsNamed(p.TypesInfo.TypeOf(arg), "database/sql", "*Tx") {
			p.Reportf(call, "%s is retried inside the transaction %s: after an error most databases refuse every statement of it; "+
				"retry the whole transaction", p.Called(callee), syntax.Text(arg))
			return true
		}
	}
	return false
}

// keptAt returns what a function has locked or begun when it reaches a call: "the lock" or "the open transaction", by the
// expression of the lock or the transaction.
func keptAt(p *check.Pass, decl *ast.FuncDecl, call *ast.CallExpr) map[string]string {
	kept := map[string]string{}
	syntax.StatementsBefore(syntax.BodyAround(decl, call).List, call, func(stmt ast.Stmt) {
		if branch, ok := stmt.(*ast.IfStmt); ok && branch.Init != nil {
			stmt = branch.Init // if err := tx.Commit(); err != nil
		}
		switch stmt := stmt.(type) {
		case *ast.AssignStmt:
			assigned(p, stmt, kept)
		case *ast.ExprStmt:
			called(p, stmt.X, kept)
		}
	})
	return kept
}

// called takes in a call that locks, unlocks, or ends a transaction.
func called(p *check.Pass, e ast.Expr, kept map[string]string) {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok {
		return
	}
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if !ok {
		return
	}
	name := syntax.Text(sel.X)
	switch full := syntax.FullName(p.TypesInfo, call); {
	case full == "sync.Mutex.Lock" || full == "sync.RWMutex.Lock" || full == "sync.RWMutex.RLock":
		kept[name] = "the lock"
	case strings.HasPrefix(full, "sync.") && strings.HasSuffix(full, "nlock"):
		delete(kept, name)
	case full == "database/sql.Tx.Commit" || full == "database/sql.Tx.Rollback":
		delete(kept, name)
	}
}

// assigned takes in an assignment that begins a transaction, or that ends one and keeps its error.
func assigned(p *check.Pass, stmt *ast.AssignStmt, kept map[string]string) {
	if len(stmt.Rhs) != 1 {
		return
	}
	call, ok := stmt.Rhs[0].(*ast.CallExpr)
	if !ok {
		return
	}
	switch syntax.FullName(p.TypesInfo, call) {
	case "database/sql.DB.Begin", "database/sql.DB.BeginTx", "database/sql.Conn.BeginTx":
		kept[syntax.Text(stmt.Lhs[0])] = "the open transaction"
	default:
		called(p, call, kept)
	}
}

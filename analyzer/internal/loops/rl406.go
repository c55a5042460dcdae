package loops

import (
	"go/ast"
	"go/token"
	"go/types"
	"regexp"
	"slices"

	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/retries/loop"
	"github.com/retrygen/retrygen/internal/syntax"
)

var _ = Checks.Add("RL406", rl406)

// rl406 finds what attempts leave open: defer statements after which the loop, or a function that calls itself, may go on, and
// responses that nothing closes before the next attempt.
func rl406(p *check.Pass) {
	k := &keeping{p, map[ast.Node]bool{}, map[ast.Stmt]bool{}}
	for _, l := range retryLoops.Of(p) {
		k.retries[l.Stmt] = true
		for _, n := range l.Defers() {
			k.keeps(n)
		}
		k.open(l.LeftOpen())
	}
	for _, l := range slices.Concat(polls.Of(p), awaitingLoops.Of(p)) {
		k.open(l.LeftOpen())
	}
	model := p.ResultOf[loop.Analyzer].(*loop.Model)
	for _, lit := range retriedLiterals.Of(p) {
		if attempt := model.Attempt(lit); attempt != nil && !p.Generated[p.FileOf(lit.Pos())] {
			k.open(attempt.LeftOpen())
		}
	}
	for cursor := range p.Inspector().Root().Preorder((*ast.ForStmt)(nil)) {
		stmt := cursor.Node().(*ast.ForStmt)
		if !k.retries[stmt] && !p.Generated[p.FileOf(stmt.Pos())] && syntax.EnclosingFunc(cursor) != nil && pauses(p, stmt.Body) {
			k.waiting(stmt)
		}
	}
	for decl := range p.Functions {
		if fn := p.Func(decl); fn != nil && !p.Generated[p.FileOf(decl.Pos())] {
			k.recursion(decl, fn)
		}
	}
}

// keeping reports deferred calls, each once.
type keeping struct {
	*check.Pass
	seen    map[ast.Node]bool
	retries map[ast.Stmt]bool // the retry loops
}

func (k *keeping) keeps(n *ast.DeferStmt) {
	if k.seen[n] {
		return
	}
	k.seen[n] = true
	k.Reportf(n, "this runs when the function ends, not the attempt: what all attempts open stays open until then; "+
		"close it before the next attempt")
}

// open reports calls whose responses stay open, each once.
func (k *keeping) open(calls []*ast.CallExpr) {
	for _, call := range calls {
		if !k.seen[call] {
			k.seen[call] = true
			k.Reportf(call.Fun, "the body of this response stays open when another attempt follows: close it before that")
		}
	}
}

// waiting reports what a loop that waits in each round defers, and does not do by itself as well.
func (k *keeping) waiting(stmt *ast.ForStmt) {
	direct := map[string]bool{}
	syntax.InspectOwn(stmt.Body, func(n ast.Node) {
		if stmt, ok := n.(*ast.ExprStmt); ok {
			if call, ok := stmt.X.(*ast.CallExpr); ok {
				direct[syntax.Text(call.Fun)] = true
			}
		}
	})
	for _, d := range kept(k.Pass, stmt.Body.List) {
		if !direct[syntax.Text(d.Call.Fun)] {
			k.keeps(d)
		}
	}
}

// recursion reports the deferred close of a function that makes another attempt by a call of itself.
func (k *keeping) recursion(decl *ast.FuncDecl, fn *types.Func) {
	var deferred []*ast.DeferStmt
	again := token.NoPos
	syntax.InspectOwn(decl.Body, func(n ast.Node) {
		switch n := n.(type) {
		case *ast.DeferStmt:
			deferred = append(deferred, n)
		case *ast.CallExpr:
			callee := syntax.Callee(k.TypesInfo, n)
			if callee != nil && (callee.Origin() == fn && countsUp(k.Pass, n) || k.comesBack(callee.Origin(), fn)) {
				again = n.Pos()
			}
		}
	})
	for _, d := range deferred {
		if d.Pos() < again && (closing(d) || ends.MatchString(syntax.Identifiers(d.Call.Fun))) {
			k.keeps(d)
		}
	}
}

// comesBack reports whether a function that is named like one which makes another attempt calls a function again, directly or by
// way of a few others of this package.
func (k *keeping) comesBack(from, to *types.Func) bool {
	if from == to || !attempts.MatchString(from.Name()) {
		return false
	}
	seen := map[*types.Func]bool{from: true}
	next := []*types.Func{from}
	for range 4 {
		var further []*types.Func
		for _, fn := range next {
			for _, callee := range k.calls(fn) {
				if callee == to {
					return true
				}
				if !seen[callee] {
					seen[callee] = true
					further = append(further, callee)
				}
			}
		}
		next = further
	}
	return false
}

// calls returns the functions of this package that a function calls by itself, not in goroutines and callbacks.
func (k *keeping) calls(fn *types.Func) []*types.Func {
	decl := declared(k.Pass, fn)
	if decl == nil {
		return nil
	}
	var list []*types.Func
	syntax.InspectOwn(decl.Body, func(n ast.Node) {
		if call, ok := n.(*ast.CallExpr); ok {
			if callee := syntax.Callee(k.TypesInfo, call); declared(k.Pass, callee) != nil {
				list = append(list, callee.Origin())
			}
		}
	})
	return list
}

// pauses reports whether a loop waits for a time in each round, by itself.
func pauses(p *check.Pass, body *ast.BlockStmt) bool {
	found := false
	syntax.InspectOwn(body, func(n ast.Node) {
		switch n := n.(type) {
		case *ast.CallExpr:
			fn := syntax.Callee(p.TypesInfo, n)
			found = found || fn != nil && fn.Name() == "Sleep"
		case *ast.UnaryExpr:
			found = found || n.Op == token.ARROW && syntax.DeliversTimes(p.TypesInfo.TypeOf(n.X))
		}
	})
	return found
}

// kept returns the deferred calls in statements of a loop that release something, and that another round may follow. It looks into
// the branches that the success of a call leads to, and into the clauses of a select.
func kept(p *check.Pass, list []ast.Stmt) []*ast.DeferStmt {
	var found []*ast.DeferStmt
	if len(list) > 0 && leavesLoop(list[len(list)-1]) {
		return nil
	}
	for _, stmt := range list {
		switch stmt := stmt.(type) {
		case *ast.DeferStmt:
			if ends.MatchString(syntax.Identifiers(stmt.Call.Fun)) {
				found = append(found, stmt)
			}
		case *ast.BlockStmt:
			found = append(found, kept(p, stmt.List)...)
		case *ast.IfStmt:
			if syntax.ErrorTest(p.TypesInfo, stmt.Cond, token.EQL) != nil {
				found = append(found, kept(p, stmt.Body.List)...)
			}
		case *ast.SelectStmt:
			for _, clause := range stmt.Body.List {
				found = append(found, kept(p, clause.(*ast.CommClause).Body)...)
			}
		}
	}
	return found
}

// ends matches the names of functions that release something.
var ends = regexp.MustCompile(`(?i)close|cancel|release|unlock|free|\bend$`)

func leavesLoop(stmt ast.Stmt) bool {
	switch stmt := stmt.(type) {
	case *ast.ReturnStmt:
		return true
	case *ast.BranchStmt:
		return stmt.Tok == token.BREAK || stmt.Tok == token.GOTO
	}
	return false
}

var attempts = regexp.MustCompile(`(?i)retr(y|ies)|attempt|tries|sequence`)

// countsUp reports whether a call passes the number of an attempt, plus or minus one.
func countsUp(p *check.Pass, call *ast.CallExpr) bool {
	for _, arg := range call.Args {
		sum, ok := ast.Unparen(arg).(*ast.BinaryExpr)
		if ok && (sum.Op == token.ADD || sum.Op == token.SUB) && attempts.MatchString(syntax.Identifiers(sum)) {
			if n, ok := syntax.ConstantInt(p.TypesInfo, sum.Y); ok && n == 1 {
				return true
			}
		}
	}
	return false
}

// closing reports whether a deferred call closes something, by itself or in a function literal.
func closing(d *ast.DeferStmt) bool {
	found := false
	ast.Inspect(d.Call, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok {
			found = found || sel.Sel.Name == "Close"
		}
		return !found
	})
	return found
}

package analyzer

import (
	"go/ast"
	"go/token"
	"go/types"
	"regexp"

	"github.com/retrygen/retrygen/internal/syntax"
	"golang.org/x/tools/go/types/typeutil"
)

// handLoop is a loop that repeats something until it succeeds.
type handLoop struct {
	stmt      ast.Stmt // *ast.ForStmt or *ast.RangeStmt
	body      *ast.BlockStmt
	counter   types.Object // what counts the attempts, nil for nothing
	bounded   bool         // the number of attempts has a limit in the head of the loop
	limit     ast.Expr     // that limit, as it is written; nil where it is not simple
	inclusive bool         // the counter may reach the limit
	bound     int          // the number of attempts where it is a constant, else 0
	waits     []*wait
}

// wait is a place in a loop where it waits.
type wait struct {
	stmt  ast.Stmt   // the whole statement
	call  ast.Node   // what waits
	path  []ast.Node // from the loop's body down to the statement
	sleep bool       // time.Sleep, which nothing interrupts
	delay ast.Expr   // nil where it is not in sight
}

var (
	attemptPattern = regexp.MustCompile(`(?i)retr(y|ies)|attempt|tries|^try`)
	waitPattern    = regexp.MustCompile(`(?i)^(sleep|back_?off|pause|wait(for|backoff|retry|with|ctx|$))`)
)

// retryLoop recognizes a retry loop, nil for any other: the loop leaves when an error is nil, goes on when it is not, and
// either waits in between or counts what is called an attempt, a try or a retry. A loop over different things, such as
// the addresses of a host, is none.
func retryLoop(info *types.Info, stmt ast.Stmt) *handLoop {
	l := &handLoop{stmt: stmt}
	named := false
	switch stmt := stmt.(type) {
	case *ast.ForStmt:
		l.body = stmt.Body
		if !l.head(info, stmt) {
			return nil
		}
		named = stmt.Cond != nil && attemptPattern.MatchString(syntax.Identifiers(stmt.Cond))
	case *ast.RangeStmt:
		t := info.TypeOf(stmt.X)
		if t == nil {
			return nil
		}
		if basic, ok := t.Underlying().(*types.Basic); !ok || basic.Info()&types.IsInteger == 0 {
			return nil
		}
		l.body, l.bounded, l.limit = stmt.Body, true, stmt.X
		l.bound, _ = syntax.ConstantInt(info, stmt.X)
		if id, ok := stmt.Key.(*ast.Ident); ok {
			l.counter = info.Defs[id]
			named = attemptPattern.MatchString(id.Name)
		}
		named = named || attemptPattern.MatchString(syntax.Identifiers(stmt.X))
	default:
		return nil
	}
	if l.indexes(info) || !leavesOnSuccess(info, l.body, l.stmt) {
		return nil
	}
	l.findWaits(info)
	if len(l.waits) == 0 && !named && !l.waitsByName(info) {
		return nil
	}
	return l
}

// head reads "for i := 0; i < n; i++" and the like. It reports false for a loop that is driven by something else.
func (l *handLoop) head(info *types.Info, stmt *ast.ForStmt) bool {
	if stmt.Cond == nil {
		return true
	}
	return l.term(info, stmt, stmt.Cond)
}

// term reads one term of the head. What it does not know may not call anything but ctx.Err.
func (l *handLoop) term(info *types.Info, stmt *ast.ForStmt, e ast.Expr) bool {
	cond, ok := ast.Unparen(e).(*ast.BinaryExpr)
	if !ok {
		return !syntax.HasCall(e)
	}
	switch cond.Op {
	case token.LAND, token.LOR:
		l.bounded = true
		return l.term(info, stmt, cond.X) && l.term(info, stmt, cond.Y)
	case token.GTR, token.GEQ:
		if inc, ok := stmt.Post.(*ast.IncDecStmt); ok && inc.Tok == token.DEC {
			l.bounded = true // for n := 3; n > 0; n--
			return !syntax.HasCall(cond)
		}
	}
	if syntax.ErrorTest(info, cond, token.NEQ) != nil || syntax.ErrorTest(info, cond, token.EQL) != nil {
		return true
	}
	return l.count(info, stmt, cond)
}

// count reads the comparison of the counter with its limit.
func (l *handLoop) count(info *types.Info, stmt *ast.ForStmt, cond *ast.BinaryExpr) bool {
	counter, limit, op := cond.X, cond.Y, cond.Op
	if op == token.GTR || op == token.GEQ {
		counter, limit = limit, counter
		op = map[token.Token]token.Token{token.GTR: token.LSS, token.GEQ: token.LEQ}[op]
	}
	id, ok := counter.(*ast.Ident)
	if !ok || op != token.LSS && op != token.LEQ && op != token.NEQ || lengths(limit) {
		return false
	}
	l.bounded, l.limit, l.inclusive = true, limit, op == token.LEQ
	l.counter = info.ObjectOf(id)
	n, ok := syntax.ConstantInt(info, limit)
	init, isInit := stmt.Init.(*ast.AssignStmt)
	if !ok || !isInit || len(init.Rhs) != 1 {
		return true
	}
	if first, ok := syntax.ConstantInt(info, init.Rhs[0]); ok {
		l.bound = n - first
		if l.inclusive {
			l.bound++
		}
	}
	return true
}

// lengths reports whether a limit is the length of something: then the loop goes through its elements.
func lengths(e ast.Expr) bool {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok {
		return false
	}
	id, ok := call.Fun.(*ast.Ident)
	return ok && (id.Name == "len" || id.Name == "cap") || !ok
}

// indexes reports whether the counter selects an element of something, so that each round has another subject. A table of
// delays is no subject.
func (l *handLoop) indexes(info *types.Info) bool {
	if l.counter == nil {
		return false
	}
	found := false
	ast.Inspect(l.body, func(n ast.Node) bool {
		if index, ok := n.(*ast.IndexExpr); ok && syntax.Mentions(info, index.Index, l.counter) {
			if t := info.TypeOf(index); t == nil || t.String() != "time.Duration" {
				found = true
			}
		}
		return true
	})
	return found
}

// tests reports whether a condition has a term, joined by && or ||, that compares an error with nil.
func tests(info *types.Info, cond ast.Expr, op token.Token) bool {
	if syntax.ErrorTest(info, cond, op) != nil {
		return true
	}
	if b, ok := ast.Unparen(cond).(*ast.BinaryExpr); ok && (b.Op == token.LAND || b.Op == token.LOR) {
		return tests(info, b.X, op) || tests(info, b.Y, op)
	}
	return false
}

// leavesOnSuccess reports whether a loop ends where an error is nil, and goes on where one is not.
func leavesOnSuccess(info *types.Info, body *ast.BlockStmt, loop ast.Stmt) bool {
	if stmt, ok := loop.(*ast.ForStmt); ok && stmt.Cond != nil && tests(info, stmt.Cond, token.NEQ) {
		return true
	}
	return leaves(info, body.List, false)
}

// leaves looks through a list of statements. Under is whether they are inside a switch or select, where a plain break
// does not leave the loop.
func leaves(info *types.Info, list []ast.Stmt, under bool) bool {
	for i, stmt := range list {
		switch stmt := stmt.(type) {
		case *ast.IfStmt:
			switch {
			case tests(info, stmt.Cond, token.EQL):
				if syntax.Leaves(stmt.Body.List, under) {
					return true
				}
			case tests(info, stmt.Cond, token.NEQ):
				if e, ok := stmt.Else.(*ast.BlockStmt); ok && syntax.Leaves(e.List, under) {
					return true
				}
				// if err != nil { …; continue }; return
				if syntax.Continues(stmt.Body.List) && syntax.Leaves(list[i+1:], under) {
					return true
				}
			}
			if leaves(info, stmt.Body.List, under) {
				return true
			}
			if e, ok := stmt.Else.(*ast.BlockStmt); ok && leaves(info, e.List, under) {
				return true
			}
		case *ast.BlockStmt:
			if leaves(info, stmt.List, under) {
				return true
			}
		case *ast.SwitchStmt:
			for _, clause := range stmt.Body.List {
				clause := clause.(*ast.CaseClause)
				for _, cond := range clause.List {
					if stmt.Tag == nil && tests(info, cond, token.EQL) && syntax.Leaves(clause.Body, true) {
						return true
					}
				}
			}
		}
	}
	return false
}

// findWaits gathers time.Sleep, <-time.After and selects over a timer, in the loop's own statements.
func (l *handLoop) findWaits(info *types.Info) {
	var path []ast.Node
	ast.Inspect(l.body, func(n ast.Node) bool {
		if n == nil {
			path = path[:len(path)-1]
			return true
		}
		switch n := n.(type) {
		case *ast.FuncLit, *ast.ForStmt, *ast.RangeStmt, *ast.GoStmt, *ast.DeferStmt:
			return false
		case *ast.CallExpr:
			switch syntax.FullName(info, n) {
			case "time.Sleep":
				l.addWait(n, path, true, n.Args[0])
			case "time.After":
				l.addWait(n, path, false, n.Args[0])
			}
		case *ast.UnaryExpr:
			if sel, ok := ast.Unparen(n.X).(*ast.SelectorExpr); ok && n.Op == token.ARROW && sel.Sel.Name == "C" {
				l.addWait(n, path, false, nil)
			}
		}
		path = append(path, n)
		return true
	})
}

// addWait notes a wait with the innermost statement around it, which for a select is the select.
func (l *handLoop) addWait(call ast.Node, path []ast.Node, sleep bool, delay ast.Expr) {
	w := &wait{call: call, sleep: sleep, delay: delay}
	for i := len(path) - 1; i >= 0; i-- {
		if stmt, ok := path[i].(ast.Stmt); ok && w.stmt == nil {
			if _, clause := stmt.(*ast.CommClause); !clause {
				w.stmt, w.path = stmt, append([]ast.Node(nil), path[:i]...)
			}
		}
		if s, ok := path[i].(*ast.SelectStmt); ok {
			w.stmt, w.path = s, append([]ast.Node(nil), path[:i]...)
			break
		}
	}
	for _, other := range l.waits {
		if other.stmt == w.stmt {
			return
		}
	}
	l.waits = append(l.waits, w)
}

// waitsByName reports whether the loop calls what is named like a wait.
func (l *handLoop) waitsByName(info *types.Info) bool {
	found := false
	ast.Inspect(l.body, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			if fn, ok := typeutil.Callee(info, call).(*types.Func); ok && waitPattern.MatchString(fn.Name()) {
				found = true
			}
		}
		return !found
	})
	return found
}

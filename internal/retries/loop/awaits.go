package loop

import (
	"go/ast"
	"go/token"
	"go/types"
	"regexp"
	"slices"

	"github.com/retrygen/retrygen/internal/syntax"
)

// awaits reports whether the loop waits until something has come about, or connects again whenever it has lost what it listens to.
// It sleeps in every round and works on the same things in each. Other than a loop that retries it need not tell a failure from
// a success: it may go on after either, or ask nothing but variables that others set.
func (s *finder) awaits() bool {
	if !s.sleepsEachRound() {
		return false
	}
	if r, ok := s.loop.Stmt.(*ast.RangeStmt); ok && !s.paced && !isInteger(s.info.TypeOf(r.X)) {
		return false
	}
	return s.worksOnTheSame() && !s.takesParts() && (s.comesAbout() || s.connectsAgain())
}

// worksOnTheSame reports whether no call that may fail works on another thing in each round.
func (s *finder) worksOnTheSame() bool {
	v := &subject{finder: s, failing: s.has, seen: map[variable]bool{}}
	for _, call := range s.fallible() {
		if v.varies(call.Fun, 0) || slices.ContainsFunc(call.Args, func(arg ast.Expr) bool { return v.varies(arg, 0) }) {
			return false
		}
	}
	return true
}

// fallible returns the calls of the loop that return an error.
func (s *finder) fallible() []*ast.CallExpr {
	return slices.DeleteFunc(s.calls(), func(call *ast.CallExpr) bool { return !syntax.ReturnsError(s.info, call) })
}

// calls returns the calls of the loop that do more than to compute and to wait.
func (s *finder) calls() []*ast.CallExpr {
	var list []*ast.CallExpr
	for _, b := range s.blocks {
		for _, n := range b.nodes {
			for _, call := range s.called(n) {
				if !s.isWait(call) {
					list = append(list, call)
				}
			}
		}
	}
	return list
}

// comesAbout reports whether the loop ends, other than with a failure or because it is told to stop, where something has changed.
func (s *finder) comesAbout() bool {
	for _, b := range s.blocks {
		if b.branch == nil || b.branch.cond == nil {
			continue
		}
		for way, to := range b.succs {
			if !s.has[to] && !to.blocks() && s.leavesWell(b, way) && s.changesBefore(b) {
				return true
			}
		}
	}
	return false
}

// endOfInput matches the names of errors that say that there is nothing more.
var endOfInput = regexp.MustCompile(`\bEOF\b`)

// leavesWell reports whether a way out of the loop is none of a failure, of an ended context, of a time that is over, or of the end
// of what is gone through.
func (s *finder) leavesWell(b *block, way int) bool {
	if asksClock(s.info, b.branch.cond) || s.fails(b.succs[way]) || endOfInput.MatchString(syntax.Identifiers(b.branch.cond)) {
		return false
	}
	j := s.judges[b]
	switch {
	case j == nil:
		return true
	case j.Kind == ContextEnd, j.Kind == NilError && j.fail == way:
		return false
	case j.Kind == Truth && j.fail == way: // for rows.Next() is no poll, and while running(ctx) is one
		return !slices.ContainsFunc(s.fallible(), func(call *ast.CallExpr) bool { return !slices.Contains(j.Operations, ast.Expr(call)) })
	}
	return true
}

// changesBefore reports whether a condition that leads to the end of a block, in the same round, may be another one in the next.
func (s *finder) changesBefore(b *block) bool {
	for ; s.has[b]; b = b.idom {
		if s.changes(b) {
			return true
		}
		if b == s.head {
			break
		}
	}
	return false
}

// changes reports whether the condition at the end of a block asks for results of the round, or for something that others set.
func (s *finder) changes(b *block) bool {
	if b.branch == nil || b.branch.cond == nil {
		return false
	}
	if j := s.judges[b]; j != nil && (j.Kind == ContextEnd || j.Kind == NilError) {
		return false
	}
	cond := b.branch.cond
	if call, ok := ast.Unparen(cond).(*ast.CallExpr); ok && s.loadsFlag(call) {
		return false
	}
	found, stops := false, goingOn.MatchString(syntax.Identifiers(cond))
	for _, op := range s.results(cond, b) {
		call, ok := op.(*ast.CallExpr)
		if ok && !s.isWait(op) && !s.feedsItself(call) && !s.movesOn(call) && (!stops || syntax.ReturnsError(s.info, call)) {
			found = true
		}
	}
	return found || !stops && s.asksShared(cond)
}

// movesOn reports whether a call works on what is counted, and is no number of an attempt: claim(position).
func (s *finder) movesOn(call *ast.CallExpr) bool {
	found := false
	for _, arg := range call.Args {
		inspectVariables(s.info, arg, func(v variable) { found = found || s.counts[v] != nil && !attemptName.MatchString(v.name()) })
	}
	return found
}

// loadsFlag reports whether a call asks an atomic flag whether to go on.
func (s *finder) loadsFlag(call *ast.CallExpr) bool {
	fn := syntax.Callee(s.info, call)
	v, ok := variableOf(s.info, orNil(receiver(call)))
	return ok && fn != nil && isAtomicLoad(fn) && goingOn.MatchString(v.name())
}

// feedsItself reports whether a call works on what it has returned in the round before: l = next(l). What each round declares for a
// call to fill is no such thing.
func (s *finder) feedsItself(call *ast.CallExpr) bool {
	for v, list := range s.set {
		from := slices.ContainsFunc(list, func(a *assignment) bool { return a.value == call })
		takes := func(arg ast.Expr) bool { return syntax.Mentions(s.info, arg, v.object) && !s.fills(arg, v) }
		if from && !isErrorType(s.info, v) && slices.ContainsFunc(call.Args, takes) {
			return true
		}
	}
	return false
}

// fills reports whether an argument is the address of a variable that each round declares: get(ctx, &answer).
func (s *finder) fills(arg ast.Expr, v variable) bool {
	address, ok := ast.Unparen(arg).(*ast.UnaryExpr)
	if !ok || address.Op != token.AND || !syntax.Contains(s.loop.Stmt, v.object.Pos()) {
		return false
	}
	of, ok := variableOf(s.info, address.X)
	return ok && of == v
}

// asksShared reports whether a condition asks for what no assignment of the loop sets: an atomic value, a variable of the function
// that a function literal sets, or a map that the loop deletes from.
func (s *finder) asksShared(cond ast.Expr) bool {
	found := false
	ast.Inspect(cond, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.CallExpr:
			fn := syntax.Callee(s.info, n)
			found = found || fn != nil && isAtomicLoad(fn)
		case *ast.Ident:
			v, ok := s.info.Uses[n].(*types.Var)
			found = found || ok && !v.IsField() && len(s.set[variable{object: v}]) == 0 && (s.setByLiteral(v) || s.deletesFrom(v))
		}
		return !found
	})
	return found
}

// setByLiteral reports whether a function literal in the function around the loop assigns to a variable of the function.
func (f *function) setByLiteral(v *types.Var) bool {
	if f.byLiterals == nil {
		f.byLiterals = map[types.Object]bool{}
		_, body := syntax.FuncParts(f.node)
		ast.Inspect(body, func(n ast.Node) bool {
			lit, ok := n.(*ast.FuncLit)
			if ok {
				f.noteSetIn(lit)
			}
			return !ok
		})
	}
	return f.byLiterals[v]
}

// noteSetIn notes the variables from outside that a function literal assigns to.
func (f *function) noteSetIn(lit *ast.FuncLit) {
	ast.Inspect(lit.Body, func(n ast.Node) bool {
		for _, target := range targets(n) {
			id, ok := ast.Unparen(target).(*ast.Ident)
			if !ok {
				continue
			}
			if v := f.info.ObjectOf(id); v != nil && !syntax.Contains(lit, v.Pos()) {
				f.byLiterals[v] = true
			}
		}
		return true
	})
}

// deletesFrom reports whether the loop deletes from a map.
func (s *finder) deletesFrom(v types.Object) bool {
	for _, b := range s.blocks {
		for _, n := range b.nodes {
			stmt, ok := n.(*ast.ExprStmt)
			if !ok {
				continue
			}
			if call, ok := stmt.X.(*ast.CallExpr); ok && syntax.IsBuiltin(s.info, call, "delete") && syntax.Mentions(s.info, call.Args[0], v) {
				return true
			}
		}
	}
	return false
}

var (
	connecting  = regexp.MustCompile(`(?i)connect|listen|watch|subscri|stream|websocket|serve|consum|session|tunnel|follow`)
	saysConnect = regexp.MustCompile(`(?i)\breconnect|\b(connect|connection) (lost|failed|closed)`)
)

// connectsAgain reports whether the loop calls, with a context, what goes on until it fails: it returns nothing but an error, and
// its name or a text in the loop says so.
func (s *finder) connectsAgain() bool {
	if s.paced {
		return false
	}
	says := s.says(saysAgain) || s.says(saysConnect)
	return slices.ContainsFunc(s.calls(), func(call *ast.CallExpr) bool {
		if syntax.ContextArg(s.info, call) == nil || s.inner(call) {
			return false
		}
		results, several := s.info.TypeOf(call).(*types.Tuple)
		nothing := several && results.Len() == 0
		fails := syntax.IsErrorItself(s.info.TypeOf(call))
		return says && (nothing || fails) || fails && connecting.MatchString(called(call))
	})
}

// inner reports whether a call is in a loop inside.
func (s *finder) inner(call *ast.CallExpr) bool {
	for _, b := range s.blocks {
		for _, n := range b.nodes {
			if syntax.Contains(n, call.Pos()) {
				return b.loop != s.natural
			}
		}
	}
	return false
}

// says reports whether the loop has a text that matches.
func (s *finder) says(pattern *regexp.Regexp) bool {
	for _, b := range s.blocks {
		if slices.ContainsFunc(b.nodes, func(n ast.Node) bool { return mentionsText(n, pattern) }) {
			return true
		}
	}
	return false
}

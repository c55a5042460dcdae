package loop

import (
	"go/ast"
	"go/token"
	"slices"
	"strings"

	"github.com/retrygen/retrygen/internal/syntax"
)

// IgnoresContext reports whether an attempt may follow another that has failed with the error of an ended context: no
// context is looked at on the way, and it is not only certain errors that are retried.
func (l *Loop) IgnoresContext() bool {
	type state struct {
		*block
		again bool // in another round
	}
	tries, flags := l.tries(), l.flags()
	seen := map[state]bool{}
	var work []state
	for _, b := range append(l.afterAttempts(), l.afterCancelled()...) {
		work = append(work, state{b, b == l.flow.head})
	}
	for len(work) > 0 {
		b := work[len(work)-1]
		work = work[:len(work)-1]
		if seen[b] || !l.flow.has[b.block] {
			continue
		}
		seen[b] = true
		if l.looks(b.block) || l.exits(b.block) {
			continue
		}
		if b.again && tries.after(b.block, -1) {
			return true
		}
		for _, to := range l.mayLook(b.block, l.evenCancelled(b.block), tries, flags) {
			work = append(work, state{to, b.again || to == l.flow.head})
		}
	}
	return false
}

// afterAttempts returns the blocks that follow an attempt which has failed with an error, unless a context is looked at first.
// Attempts that are given a context fail when it ends; others count where none is, if the loop waits or counts them.
func (l *Loop) afterAttempts() []*block {
	var given, list []*block
	for _, j := range l.Judges {
		if j.last == nil || l.looksAfter(j) || l.failsLater(j) {
			continue
		}
		switch {
		case l.givenContext(j):
			if j.Kind == NilError || j.Kind == Truth && !l.GoesOn || l.nothingReturned(j) {
				given = append(given, l.evenCancelled(j.last)...)
			}
		case j.Kind == NilError:
			list = append(list, l.evenCancelled(j.last)...)
		}
	}
	if len(given) > 0 || l.anyGiven() {
		return given
	}
	if len(l.Waits) == 0 && !l.CountsAttempts() {
		return nil
	}
	return list
}

// afterCancelled returns where an attempt is known to have failed because its context is cancelled: errors.Is(err, context.Canceled).
func (l *Loop) afterCancelled() []*block {
	var list []*block
	for _, b := range l.flow.blocks {
		if b.branch == nil || b.branch.cond == nil || !strings.Contains(syntax.Identifiers(b.branch.cond), "Canceled") {
			continue
		}
		if j := l.flow.judge(b); j != nil && j.Kind == ContextEnd && l.givenContext(j) {
			list = append(list, j.failure())
		}
	}
	return list
}

// nothingReturned reports whether a judgement asks whether an attempt has returned anything: resp == nil.
func (l *Loop) nothingReturned(j *Judge) bool {
	e, ok := j.Cond.(*ast.BinaryExpr)
	return ok && j.Kind == Value && j.fail >= 0 && (l.flow.info.Types[e.X].IsNil() || l.flow.info.Types[e.Y].IsNil())
}

// failsLater reports whether what a judgement calls a failure is not one of the attempt, but of what works on its results later, and
// is passed neither an error nor a context or a request: err = verify(resp.Key).
func (l *Loop) failsLater(j *Judge) bool {
	for _, op := range j.Operations {
		if l.flow.sites[op] == j.last {
			return false
		}
	}
	if j.Cond == nil {
		return false
	}
	for _, op := range l.flow.results(j.Cond, j.block) {
		call, ok := op.(*ast.CallExpr)
		if l.flow.sites[op] != j.last {
			continue
		}
		if !ok || syntax.ContextArg(l.flow.info, call) != nil || slices.ContainsFunc(call.Args, l.isError) ||
			slices.ContainsFunc(call.Args, l.carriesContext) {
			return false
		}
	}
	return true
}

func (l *Loop) isError(e ast.Expr) bool { return isErrorValue(l.flow.info, e) }

// anyGiven reports whether an error is judged that comes from an operation with a context.
func (l *Loop) anyGiven() bool {
	return slices.ContainsFunc(l.Judges, func(j *Judge) bool { return j.Kind == NilError && l.givenContext(j) })
}

// flags returns what counts the attempts, or what is computed from that, and the variables that tell the first round from others.
func (l *Loop) flags() map[variable]bool {
	set := l.derived()
	for v, list := range l.flow.set {
		constant := syntax.IsBool(v.object.Type()) && v.fields == ""
		for _, a := range list {
			constant = constant && a.value != nil && l.flow.info.Types[a.value].Value != nil
		}
		if constant {
			set[v] = true
		}
	}
	return set
}

// mayLook leaves out of the successors of a block those on which no context is looked at, where the number of the attempt decides,
// and one looks: if i > 0 { select … } before an attempt, if i < last { select … } after one.
func (l *Loop) mayLook(b *block, succs []*block, tries tries, flags map[variable]bool) []*block {
	if len(succs) < 2 || b.branch == nil || b.branch.cond == nil || !l.mentions(b.branch.cond, flags) {
		return succs
	}
	var list []*block
	for _, to := range succs {
		if l.looksWithin(to, tries) {
			list = append(list, to)
		}
	}
	if len(list) == 0 {
		return succs
	}
	return list
}

// looksWithin reports whether a context is looked at on the way from a block, before another attempt or another round.
func (l *Loop) looksWithin(from *block, tries tries) bool {
	return visit([]*block{from}, func(b *block) ([]*block, bool) {
		if !l.flow.has[b] || b == l.flow.head || tries.after(b, -1) {
			return nil, false
		}
		return b.succs, l.looks(b) || b.branch != nil && b.branch.clause != nil && l.asksContext(b)
	})
}

// asksContext reports whether a clause of a select is that of a context.
func (l *Loop) asksContext(b *block) bool {
	j := l.flow.judge(b)
	return j != nil && j.Kind == ContextEnd
}

// exits reports whether a block ends the process or the test.
func (l *Loop) exits(b *block) bool {
	return slices.ContainsFunc(b.nodes, func(n ast.Node) bool { return exits(l.flow.info, n) || l.callsNever(n) })
}

// callsNever reports whether a statement is a call of a function that ends the process.
func (l *Loop) callsNever(n ast.Node) bool {
	stmt, ok := n.(*ast.ExprStmt)
	if !ok {
		return false
	}
	call, ok := stmt.X.(*ast.CallExpr)
	if !ok {
		return false
	}
	fn := syntax.Callee(l.flow.info, call)
	return fn != nil && l.flow.summary(fn).Never
}

// looksAfter reports whether the block with the operation of a judgement looks at a context behind it.
func (l *Loop) looksAfter(j *Judge) bool {
	for _, n := range j.last.nodes {
		if n.Pos() > j.Operations[0].End() && l.looksIn(n) {
			return true
		}
	}
	return j.last.branch != nil && j.last.branch.cond != nil && l.looksIn(j.last.branch.cond)
}

// unlikeConstant returns the way of a comparison with a constant that the error of a context takes, which is no constant that another
// error is known by: status.Code(err) == codes.Unavailable. It is -1 for anything else.
func (l *Loop) unlikeConstant(cond ast.Expr) int {
	e, ok := cond.(*ast.BinaryExpr)
	if !ok || l.flow.info.Types[e.X].Value == nil && l.flow.info.Types[e.Y].Value == nil || mentionsContextErrors(l.flow.info, e) {
		return -1
	}
	switch e.Op {
	case token.EQL:
		return 1
	case token.NEQ:
		return 0
	}
	return -1
}

// evenCancelled returns the successors of a block that the error of a context leads to.
func (l *Loop) evenCancelled(b *block) []*block {
	j := l.flow.judge(b)
	if j == nil || len(b.succs) < 2 {
		return b.succs
	}
	switch j.Kind {
	case ContextEnd, NilError:
		return []*block{j.failure()}
	case Value:
		if l.nothingReturned(j) {
			return []*block{j.failure()}
		}
		if way := l.unlikeConstant(j.Cond); way >= 0 {
			return b.succs[way : way+1]
		}
	case Truth:
		if j.fail >= 0 {
			return []*block{j.failure()} // no success tells of an ended context
		}
	case ErrorKind:
		return []*block{j.success()}
	case Predicate:
		if j.fail == 0 {
			return []*block{j.success()} // only what is called temporary
		}
	}
	return b.succs
}

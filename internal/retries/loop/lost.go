package loop

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"github.com/retrygen/retrygen/internal/syntax"
)

// Overwritten returns where the error of the last attempt is lost, nil if it is not: after
//
//	if err = send(); err == nil {
//		return nil
//	}
//	if _, err = file.Seek(0, io.SeekStart); err != nil {
//		return err
//	}
//
// the variable is nil, whatever send has said, and so it is when the attempts are used up.
func (l *Loop) Overwritten(v types.Object) ast.Expr {
	for _, j := range l.Judges {
		if j.Kind != NilError || testedError(l.flow.info, j.block, v) < 0 {
			continue
		}
		if at := l.losing(j, variable{object: v}); at != nil {
			return at
		}
	}
	return nil
}

// losing follows the ways from a failure to a test of the number of attempts, and returns what is assigned on one of them.
func (l *Loop) losing(j *Judge, v variable) ast.Expr {
	type state struct {
		at   *block
		lost ast.Expr
	}
	attempts, derived := l.attemptsBefore(j), l.derived()
	seen := map[state]bool{}
	work := []state{{at: j.failure()}}
	for len(work) > 0 {
		s := work[len(work)-1]
		work = work[:len(work)-1]
		if seen[s] || !l.flow.has[s.at] {
			continue
		}
		seen[s] = true
		for _, a := range l.flow.assignmentsOf(s.at) {
			if a.to == v {
				if s.lost = l.losingValue(a.value, attempts); a.pos < j.Pos {
					s.lost = nil // the same attempt, elsewhere
				}
			}
		}
		if _, ok := l.bounds[s.at]; ok {
			if s.lost != nil {
				return s.lost
			}
			continue
		}
		next := s.at.succs
		if b := s.at.branch; b != nil && b.cond != nil && l.mentions(b.cond, derived) {
			continue // it may know that this is the last attempt
		}
		if way := testedError(l.flow.info, s.at, v.object); way >= 0 && s.lost != nil {
			next = s.at.succs[1-way : 2-way]
		}
		for _, b := range next {
			work = append(work, state{b, s.lost})
		}
	}
	return nil
}

// attemptsBefore returns the functions whose results a judgement is about: those that are called before, if any are.
func (l *Loop) attemptsBefore(j *Judge) map[types.Object]bool {
	before, all := map[types.Object]bool{}, map[types.Object]bool{}
	for op := range l.tries() {
		call, ok := op.(*ast.CallExpr)
		if !ok {
			continue
		}
		if fn := calledObject(l.flow.info, call); fn != nil {
			all[fn] = true
			if call.Pos() < j.Pos {
				before[fn] = true
			}
		}
	}
	if len(before) == 0 {
		return all
	}
	return before
}

// calledObject returns the function that a call calls, or the variable that holds it, nil for anything else.
func calledObject(info *types.Info, call *ast.CallExpr) types.Object {
	if fn := syntax.Callee(info, call); fn != nil {
		return fn
	}
	v, _ := variableOf(info, call.Fun)
	return v.object
}

// losingValue returns a call that sets an error to nil when it succeeds, nil for an attempt and for what makes an error. What a variable
// holds may make one, if its name says so.
func (l *Loop) losingValue(e ast.Expr, attempts map[types.Object]bool) ast.Expr {
	call, ok := ast.Unparen(orNil(e)).(*ast.CallExpr)
	if !ok {
		return nil
	}
	fn := calledObject(l.flow.info, call)
	if fn == nil || attempts[fn] || l.flow.makesError(call) {
		return nil
	}
	if _, held := fn.(*types.Var); held && errorMaker.MatchString(called(call)) {
		return nil
	}
	return call
}

// testedError returns the successor to which an error that is not nil leads from a block that compares it with nil, else -1. The
// error is a variable, or any if v is nil.
func testedError(info *types.Info, b *block, v types.Object) int {
	if b.branch == nil || b.branch.cond == nil {
		return -1
	}
	for way, op := range [...]token.Token{token.NEQ, token.EQL} {
		tested := syntax.ErrorTest(info, b.branch.cond, op)
		if tested == nil {
			continue
		}
		if id, ok := ast.Unparen(tested).(*ast.Ident); v == nil || ok && info.Uses[id] == v {
			return way
		}
	}
	return -1
}

// Survives reports whether the loop may go on with an error that a variable holds: to another attempt, or to what follows the
// loop. An error that is returned at once does not. If v is nil, it reports whether any error survives.
func (l *Loop) Survives(v types.Object) bool {
	tested := false
	for _, b := range l.flow.blocks {
		way := testedError(l.flow.info, b, v)
		if way < 0 {
			continue
		}
		tested = true
		if l.goesOn(b.succs[way]) {
			return true
		}
	}
	return !tested || slices.ContainsFunc(l.Judges, func(j *Judge) bool {
		return j.Kind == ErrorKind && l.isAbout(j.Cond, v) && l.goesOn(j.failure())
	})
}

// isAbout reports whether a question for the kind of an error is about a variable: it names the variable, or the result of a type
// assertion. Any is about nil.
func (l *Loop) isAbout(cond ast.Expr, v types.Object) bool {
	if v == nil || cond == nil {
		return v == nil
	}
	_, ok := ast.Unparen(cond).(*ast.Ident)
	return ok || syntax.Mentions(l.flow.info, cond, v)
}

// goesOn reports whether a block leads to another round, or to what stands behind the loop.
func (l *Loop) goesOn(from *block) bool {
	return visit([]*block{from}, func(b *block) ([]*block, bool) {
		_, limit := l.bounds[b]
		behind := !l.flow.has[b] && len(b.nodes) > 0 && b.nodes[0].Pos() >= l.Stmt.End()
		return b.succs, limit || behind || b == l.flow.head
	})
}

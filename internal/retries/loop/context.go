package loop

import (
	"go/ast"

	"github.com/retrygen/retrygen/internal/syntax"
)

// IgnoresContext reports whether an attempt may follow another that has failed with the error of an ended context: no
// context is looked at on the way, and it is not only certain errors that are retried.
func (l *Loop) IgnoresContext() bool {
	tries := l.tries()
	seen := map[*block]bool{}
	work := l.afterAttempts()
	for len(work) > 0 {
		b := work[len(work)-1]
		work = work[:len(work)-1]
		if seen[b] || !l.flow.has[b] {
			continue
		}
		seen[b] = true
		if l.looks(b, tries) {
			continue
		}
		if tries.after(b, -1) {
			return true
		}
		work = append(work, l.evenCancelled(b)...)
	}
	return false
}

// afterAttempts returns the blocks that follow an attempt which has failed with an error, unless a context is looked at first.
func (l *Loop) afterAttempts() []*block {
	var list []*block
	for _, j := range l.Judges {
		if (j.Kind == NilError || j.Kind == Truth) && j.last != nil && !l.looksAfter(j) {
			list = append(list, l.evenCancelled(j.last)...)
		}
	}
	return list
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

// evenCancelled returns the successors of a block that the error of a context leads to.
func (l *Loop) evenCancelled(b *block) []*block {
	j := l.flow.judge(b)
	if j == nil || len(b.succs) < 2 {
		return b.succs
	}
	switch j.Kind {
	case ContextEnd, NilError:
		return []*block{j.failure()}
	case ErrorKind:
		return []*block{j.success()}
	case Predicate:
		if j.fail == 0 {
			return []*block{j.success()} // only what is called temporary
		}
	}
	return b.succs
}

// looks reports whether a block looks at a context.
func (l *Loop) looks(b *block, tries tries) bool {
	for _, n := range b.nodes {
		if l.looksIn(n) {
			return true
		}
	}
	if b.branch != nil && b.branch.cond != nil && l.looksIn(b.branch.cond) {
		return true
	}
	// Where another call that is given the context fails, the loop ends.
	j := l.flow.judge(b)
	if j == nil || j.Kind != NilError || l.flow.has[j.failure()] || !l.givenContext(j) {
		return false
	}
	for _, op := range j.Operations {
		if tries[op] {
			return false
		}
	}
	return true
}

func (l *Loop) givenContext(j *Judge) bool {
	for _, op := range j.Operations {
		if call, ok := op.(*ast.CallExpr); ok && syntax.ContextArg(l.flow.info, call) != nil {
			return true
		}
	}
	return false
}

func (l *Loop) looksIn(root ast.Node) bool {
	info, found := l.flow.info, mentionsContextErrors(l.flow.info, root)
	ast.Inspect(root, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			if n.Sel.Name == "Err" || n.Sel.Name == "Done" {
				found = found || syntax.CarriesContext(info.TypeOf(n.X))
			}
		case *ast.CallExpr:
			found = found || l.looksByCall(n)
		case *ast.UnaryExpr:
			found = found || n.Op.String() == "<-" && isDone(info, n.X)
		}
		return !found
	})
	return found
}

// looksByCall reports whether a call waits until a context ends, or judges an error with contexts in mind.
func (l *Loop) looksByCall(call *ast.CallExpr) bool {
	fn := syntax.Callee(l.flow.info, call)
	if fn == nil {
		return false
	}
	sum := l.flow.summary(fn)
	if sum.Context || sum.Waits && sum.Ends {
		return true
	}
	given := l.takesContext(call)
	if v, ok := variableOf(l.flow.info, orNil(receiver(call))); ok && !given {
		given = l.flow.madeWithContext(v) // b := backoff.New(ctx, …)
	}
	return given && (helperPattern.MatchString(fn.Name()) || waitingName.MatchString(fn.Name()))
}

// takesContext reports whether an argument of a call is a context.
func (l *Loop) takesContext(call *ast.CallExpr) bool {
	for _, arg := range call.Args {
		if syntax.CarriesContext(l.flow.info.TypeOf(arg)) {
			return true
		}
	}
	return false
}

// madeWithContext reports whether a variable is what a call with a context has returned.
func (f *function) madeWithContext(v variable) bool {
	if f.made == nil {
		f.made = map[variable]bool{}
		for _, b := range f.graph.blocks {
			for _, a := range f.assignmentsOf(b) {
				if call, ok := ast.Unparen(orNil(a.value)).(*ast.CallExpr); ok && syntax.ContextArg(f.info, call) != nil {
					f.made[a.to] = true
				}
			}
		}
	}
	return f.made[v]
}

// WaitsOtherwise reports whether the loop has another way besides a wait, on which it waits until a context ends.
func (l *Loop) WaitsOtherwise(w *Wait) bool {
	for _, other := range l.Waits {
		if len(other.Until) > 0 && l.endsWithContext(other) && !l.leadsTo(other.block, w.block) && !l.leadsTo(w.block, other.block) {
			return true
		}
	}
	return false
}

// endsWithContext reports whether a wait ends with a context.
func (l *Loop) endsWithContext(w *Wait) bool {
	for _, e := range w.Until {
		if e != nil && (isDone(l.flow.info, e) || syntax.CarriesContext(l.flow.info.TypeOf(e))) {
			return true
		}
	}
	return false
}

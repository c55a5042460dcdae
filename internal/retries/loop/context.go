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
	var work []*block
	for _, j := range l.Judges {
		if j.Kind == NilError || j.Kind == Truth {
			work = append(work, j.failure())
		}
	}
	for len(work) > 0 {
		b := work[len(work)-1]
		work = work[:len(work)-1]
		if seen[b] || !l.flow.has[b] {
			continue
		}
		seen[b] = true
		if l.looks(b) {
			continue
		}
		if tries.after(b, -1) {
			return true
		}
		work = append(work, l.evenCancelled(b)...)
	}
	return false
}

// evenCancelled returns the successors of a block that the error of a context leads to.
func (l *Loop) evenCancelled(b *block) []*block {
	j := l.flow.judge(b)
	if j == nil || len(b.succs) < 2 {
		return b.succs
	}
	switch j.Kind {
	case ContextEnd:
		return []*block{j.failure()}
	case ErrorKind:
		return []*block{j.success()}
	case NilError:
		return []*block{j.failure()}
	}
	return b.succs
}

// looks reports whether a block looks at a context.
func (l *Loop) looks(b *block) bool {
	for _, n := range b.nodes {
		if l.looksIn(n) {
			return true
		}
	}
	if b.branch != nil && b.branch.cond != nil && l.looksIn(b.branch.cond) {
		return true
	}
	// Where a call that is given the context fails, the loop ends.
	j := l.flow.judge(b)
	return j != nil && j.Kind == NilError && !l.flow.has[j.failure()] && l.givenContext(j)
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
	given := false
	for _, arg := range call.Args {
		given = given || syntax.CarriesContext(l.flow.info.TypeOf(arg))
	}
	return given && (helperPattern.MatchString(fn.Name()) || waitingName.MatchString(fn.Name()))
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

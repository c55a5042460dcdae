package loops

import (
	"go/ast"
	"go/types"
	"slices"

	"github.com/retrygen/retrygen/internal/syntax"
)

// wholeRest finds what the ways to another attempt end with: the wait, and what computes how long it is. It may stand behind the
// attempt, or at the end of each way.
func (r *reader) wholeRest() error {
	w := r.whole
	if err := r.wholeWays(); err != nil {
		return err
	}
	for i, way := range w.again {
		rest := r.restOf(way)
		w.copies = append(w.copies, rest)
		w.again[i].steps = way.steps[:len(way.steps)-len(rest)]
		if !slices.EqualFunc(rest, w.copies[0], func(a, b *step) bool { return r.Source(a.stmt) == r.Source(b.stmt) }) {
			return r.fail(r.loop.Stmt, "not all failures are followed by the same wait")
		}
	}
	if w.rest = w.copies[0]; len(w.rest) == 0 {
		return nil
	}
	first := w.rest[0].stmt
	if slices.ContainsFunc(w.copies, func(rest []*step) bool { return rest[0].stmt != first }) {
		return nil
	}
	at := slices.IndexFunc(w.block, func(s ast.Stmt) bool { return s.Pos() <= first.Pos() && first.End() <= s.End() })
	if at == 0 || w.block[at] != first && !r.isTestBranch(w.block[at]) {
		return nil
	}
	behind, err := r.readList(w.block[at:])
	if err != nil {
		return err
	}
	w.block, w.rest, w.copies = w.block[:at], behind.steps, nil
	return r.wholeWays()
}

// isTestBranch reports whether a statement asks for the number of the attempt, and for nothing else.
func (r *reader) isTestBranch(stmt ast.Stmt) bool {
	branch, ok := stmt.(*ast.IfStmt)
	return ok && branch.Init == nil && r.isTest(branch.Cond)
}

// inWaits returns the variables that the waits mention.
func (r *reader) inWaits() map[types.Object]bool {
	needed := map[types.Object]bool{}
	for _, wait := range r.loop.Waits {
		call, ok := wait.Node.(*ast.CallExpr)
		switch {
		case wait.Delay != nil:
			r.need(needed, wait.Delay)
		case ok:
			r.need(needed, call)
		}
	}
	return needed
}

// keepsWaits refuses attempts that change how long the waits are.
func (r *reader) keepsWaits() error {
	w := r.whole
	needed := r.inWaits()
	for _, s := range w.rest {
		if r.assigned(s.stmt)[r.count.counter] {
			continue
		}
		r.need(needed, s.stmt)
	}
	for _, stmt := range w.block {
		for _, o := range sorted(r.assigned(stmt)) {
			if !needed[o] || syntax.IsError(o.Type()) {
				continue
			}
			kept := false
			inspectOwn([]ast.Node{stmt}, func(n ast.Node) bool {
				inner, ok := n.(ast.Stmt)
				if ok && w.copied(inner) {
					return false
				}
				kept = kept || ok && isSimple(inner) && r.assigned(inner)[o]
				return !kept
			})
			if kept {
				return r.fail(stmt, "an attempt changes %s, with which the loop waits", o.Name())
			}
		}
	}
	return nil
}

// isSimple reports whether a statement holds no other.
func isSimple(stmt ast.Stmt) bool {
	switch stmt.(type) {
	case *ast.AssignStmt, *ast.IncDecStmt, *ast.DeclStmt, *ast.ExprStmt:
		return true
	}
	return false
}

// restOf returns the last steps of a way, from the first one that belongs to the wait.
func (r *reader) restOf(way path) []*step {
	needed := r.inWaits()
	first := len(way.steps)
	for i := len(way.steps) - 1; i >= 0; i-- {
		stmt := way.steps[i].stmt
		computes := false
		for o := range r.assigned(stmt) {
			computes = computes || needed[o] && o != r.count.counter
		}
		if computes && r.doing(stmt) == nil {
			r.need(needed, stmt)
			first = i
		}
		if r.waitAt(stmt) != nil || stmt == r.count.steps {
			first = i
		}
	}
	return way.steps[first:]
}

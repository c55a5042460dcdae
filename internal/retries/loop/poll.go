package loop

import (
	"go/ast"
	"go/types"
	"slices"

	"github.com/retrygen/retrygen/internal/syntax"
)

// poll returns a loop that waits, and leaves when it sees what it looks for, nil if the loop does not. What it looks at may be an
// operation that is none for a retry loop, such as one on other things in each round, or what others change: a field, a map.
func (s *finder) poll() *Loop {
	if len(s.waits) == 0 {
		return nil
	}
	l := s.loop
	limits := l.limits()
	for _, b := range s.blocks {
		l.Waits = append(l.Waits, s.waits[b]...)
		if b.branch == nil || limits[b] != nil || !s.looksAgain(b) {
			continue
		}
		for way, to := range b.succs {
			if out := s.outOf(to); out != nil && s.has[b.succs[1-way]] && !out.blocks() && !s.fails(out) && !s.returnsTested(b, way) {
				l.polled = append(l.polled, b)
				l.looked = append(l.looked, s.results(orNil(b.branch.cond), b)...)
				break
			}
		}
	}
	if len(limits) == 0 || len(l.polled) == 0 {
		return nil
	}
	return l
}

// returnsTested reports whether a block asks for an error, and the way that an error takes returns it at once.
func (s *finder) returnsTested(b *block, way int) bool {
	tested, ok := variableOf(s.info, errorTested(s.info, orNil(b.branch.cond)))
	if !ok || testedError(s.info, b, tested.object) != way {
		return false
	}
	return slices.ContainsFunc(b.succs[way].nodes, func(n ast.Node) bool {
		ret, ok := n.(*ast.ReturnStmt)
		if !ok {
			return false
		}
		if len(ret.Results) > 0 {
			return syntax.Mentions(s.info, ret.Results[len(ret.Results)-1], tested.object)
		}
		signature, _ := syntax.FuncParts(s.node)
		return signature.Results != nil && syntax.Contains(signature.Results, tested.object.Pos())
	})
}

// outOf returns where a way leaves the loop, perhaps under a second condition: ready() && n >= least. It is nil if it does not.
func (s *finder) outOf(to *block) *block {
	if !s.has[to] {
		return to
	}
	if to == s.head || len(to.nodes) > 0 || to.branch == nil || to.branch.cond == nil {
		return nil
	}
	for _, next := range to.succs {
		if !s.has[next] {
			return next
		}
	}
	return nil
}

// looksAgain reports whether the condition of a block may be another in each round: it calls something, or reads what others may set.
func (s *finder) looksAgain(b *block) bool {
	if b.branch.cond == nil {
		return s.triesChannel(b.branch.clause)
	}
	if mentionsContextErrors(s.info, b.branch.cond) || isContextTest(s.info, b.branch.cond) {
		return false
	}
	if len(s.results(b.branch.cond, b)) > 0 {
		return true
	}
	found := false
	ast.Inspect(b.branch.cond, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			found = found || s.reads(n)
		case ast.Expr:
			if v, ok := variableOf(s.info, n); ok {
				for _, a := range s.set[v] {
					if call, ok := ast.Unparen(orNil(a.value)).(*ast.CallExpr); ok {
						found = found || s.reads(call)
					}
				}
				found = found || v.fields != "" && len(s.set[v]) == 0 || s.seenNow(v) || s.deletesFrom(v.object)
			}
		}
		return !found
	})
	return found
}

// triesChannel reports whether a clause of a select sends or receives if that is possible at once, other than to learn of an end.
func (s *finder) triesChannel(clause ast.Stmt) bool {
	comm, ok := clause.(*ast.CommClause)
	if !ok || comm.Comm == nil {
		return false
	}
	if parent, ok := s.graph.parent[clause].(*ast.SelectStmt); !ok || !syntax.HasDefault(parent) {
		return false
	}
	channel := syntax.ReceivedFrom(comm.Comm)
	if channel == nil {
		return true
	}
	t := s.info.TypeOf(channel)
	return t != nil && !syntax.DeliversNothing(t) && !syntax.DeliversTimes(t) && !stopName.MatchString(syntax.Identifiers(channel))
}

// seenNow reports whether the loop finds out in each round what a variable holds: it sets it to something else than a number of rounds
// or the next of many. What each round declares anew it may also collect, such as what has failed.
func (s *finder) seenNow(v variable) bool {
	if s.collectsAnew(v) {
		return true
	}
	if s.counts[v] != nil || v.object == nil || syntax.IsError(v.object.Type()) && v.fields == "" {
		return false
	}
	found := false
	for _, a := range s.set[v] {
		if a.moves || a.value == nil || s.fromRounds(a.value) {
			return false
		}
		found = true
	}
	return found
}

// collectsAnew reports whether each round declares a variable, and a loop inside adds to it what it has seen.
func (s *finder) collectsAnew(v variable) bool {
	if !s.loop.declaresAnew(v) {
		return false
	}
	adds := func(a *assignment) bool { return a.moves && a.block.loop != s.natural && a.block.loop != nil }
	return slices.ContainsFunc(s.set[v], adds)
}

// declaresAnew reports whether each round declares a variable.
func (l *Loop) declaresAnew(v variable) bool {
	return v.object != nil && v.fields == "" && l.Body != nil && syntax.Contains(l.Body, v.object.Pos())
}

// countsInRound reports whether a round sets a variable to a constant, and steps it in loops inside alone: it counts what the round
// has seen.
func (s *finder) countsInRound(v variable) bool {
	inside, anew := true, false
	for _, a := range s.set[v] {
		inside = inside && (!a.step || a.block.loop != s.natural)
		anew = anew || a.value != nil && s.info.Types[a.value].Value != nil && a.block.loop == s.natural
	}
	return inside && anew
}

// fromRounds reports whether a value is computed from what counts the rounds, or from what moves on in them.
func (s *finder) fromRounds(e ast.Expr) bool {
	found := false
	inspectVariables(s.info, e, func(v variable) {
		found = found || s.counts[v] != nil || slices.ContainsFunc(s.set[v], func(a *assignment) bool { return a.moves })
	})
	return found
}

// reads reports whether a call reads what others may write: one of package sync or atomic.
func (s *finder) reads(call *ast.CallExpr) bool {
	fn := syntax.Callee(s.info, call)
	return fn != nil && fn.Pkg() != nil && (fn.Pkg().Path() == "sync" || fn.Pkg().Path() == "sync/atomic")
}

// isContextTest reports whether a condition asks whether a context has ended.
func isContextTest(info *types.Info, cond ast.Expr) bool {
	e, ok := ast.Unparen(cond).(*ast.BinaryExpr)
	return ok && (isContextError(info, e.X) || isContextError(info, e.Y))
}

// polls reports whether a loop without judgements looks again in a block.
func (l *Loop) polls(b *block) bool { return slices.Contains(l.polled, b) }

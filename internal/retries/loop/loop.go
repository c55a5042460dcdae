package loop

import (
	"go/ast"
	"go/token"
	"go/types"
	"regexp"

	"github.com/retrygen/retrygen/internal/syntax"
)

// Loop is a loop that tries something again because it has failed.
type Loop struct {
	Stmt     ast.Stmt       // *ast.ForStmt, *ast.RangeStmt, the *ast.LabeledStmt of a goto, or the body of a function that calls itself
	Body     *ast.BlockStmt // nil for a goto
	Function ast.Node       // the *ast.FuncDecl or *ast.FuncLit around it

	Operation ast.Expr // what is tried: an *ast.CallExpr, or the *ast.UnaryExpr of a receive
	Judges    []*Judge // what decides that it has failed, in the order of the control flow; at least one
	Bound     Bound
	Waits     []*Wait // before another attempt, in the order of the control flow
	Polling   []*Wait // all waits of a loop that polls
	Pauses    []*Wait // calls that do something else and may then wait; they are none of the others
	Late      []*Wait // the sleeps of a loop that a context is to end
	Exits     []Exit
	GoesOn    bool // after a success too, with the next of many: it watches or serves

	flow   *flow
	all    int            // the number of waits, also of those that are no part of Waits
	bounds map[*block]int // blocks that compare the counter with the limit, and the successor where that is reached

	limited map[*block]*limit   // nil until it is asked for
	times   map[variable]bool   // the same
	leaving map[variable]bool   // the same
	usedUp  map[*block]*usingUp // by the test that ends the rounds; nil until it is asked for
	known   map[*block]*block   // the only way from a block that asks for what is known there; made with usedUp
	polled  []*block            // the branches of a loop without judgements that leave it when it has seen what it looks for
	looked  []ast.Expr          // what they look at
}

// Bound is what bounds the number of attempts.
type Bound struct {
	Counter   types.Object // what counts them, nil if nothing does or if it has no name
	Limit     ast.Expr     // what the counter is compared with, or ranged over; nil if nothing bounds the attempts
	Test      token.Pos    // of the comparison
	Inclusive bool         // the counter may reach the limit
	Down      bool         // it counts down
	Attempts  int          // their number where it is a constant, else 0
}

// Known reports whether anything counts attempts up to a limit.
func (b Bound) Known() bool { return b.Limit != nil || b.Attempts > 0 }

// A Meaning says why a loop ends.
type Meaning int

// The meanings of exits.
const (
	Succeeded Meaning = iota + 1
	Exhausted         // the number of attempts has reached its limit
	Cancelled         // a context has ended
	Failed            // with an error that is not retried
)

// Exit is a way out of a loop.
type Exit struct {
	Meaning Meaning
	Pos     token.Pos // of the condition that leaves

	from *block
	to   *block
}

// attemptName matches the names of what counts attempts.
var attemptName = regexp.MustCompile(`(?i)retr(y|ies)|attempt|(^|[^n])tries|^try`) // no entries, no countries

// Counted returns how often a loop tries again after errors: a number of attempts that is a constant, 1 where only the running program
// knows it, and 0 where nothing counts them, or where errors end the loop.
func (l *Loop) Counted() int {
	switch {
	case l.Body == nil || l.ErrorsLeave() && !l.AsksToRetry():
		return 0
	case l.Bound.Attempts > 1:
		return l.Bound.Attempts
	case l.Bound.Limit != nil && !l.GoesOn && !l.RangesOverList():
		return 1
	}
	return 0
}

// CountsAttempts reports whether the names of the counter or of its limit say that it counts attempts.
func (l *Loop) CountsAttempts() bool {
	b := l.Bound
	return b.Counter != nil && attemptName.MatchString(b.Counter.Name()) ||
		b.Limit != nil && attemptName.MatchString(syntax.Identifiers(b.Limit))
}

// Head returns the stretch of source that stands for the loop: its head, or the label.
func (l *Loop) Head() (pos, end token.Pos) {
	if l.Body == nil {
		label := l.Stmt.(*ast.LabeledStmt)
		return label.Pos(), label.Colon
	}
	return l.Stmt.Pos(), l.Body.Lbrace
}

// Contains reports whether a position lies in a block of the loop.
func (l *Loop) Contains(pos token.Pos) bool {
	if l.Body != nil {
		return syntax.Contains(l.Stmt, pos)
	}
	for _, b := range l.flow.blocks {
		for _, n := range b.nodes {
			if syntax.Contains(n, pos) {
				return true
			}
		}
	}
	return false
}

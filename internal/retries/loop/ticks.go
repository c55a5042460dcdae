package loop

import (
	"go/ast"
	"go/token"

	"github.com/retrygen/retrygen/internal/syntax"
)

// findTicks finds the waits in a block of a loop inside which does nothing but wait, a number of times, and say so:
//
//	for i := 10; i > 0; i-- {
//		fmt.Printf("again in %d s\n", i)
//		time.Sleep(time.Second)
//	}
//
// Such a loop is a wait of the one around it, which is made at its head. How long it is is not in sight.
func (s *finder) findTicks(b *block) {
	if b.loop == nil || b.loop.outer != s.natural {
		return
	}
	for _, n := range b.nodes {
		for _, w := range s.waiter.in(n) {
			if !w.Sleeps || w.Helper != nil || s.isBrief(w) || !s.countsDown(b.loop) {
				continue
			}
			w.Delay, w.block = nil, b.loop.head
			s.waits[w.block] = append(s.waits[w.block], w)
		}
	}
}

// countsDown reports whether a loop is left by its count alone, and calls nothing that may fail.
func (s *finder) countsDown(l *natural) bool {
	var body *ast.BlockStmt
	switch stmt := l.head.stmt.(type) {
	case *ast.ForStmt:
		if _, counts := stmt.Post.(*ast.IncDecStmt); !counts || stmt.Init == nil {
			return false
		}
		body = stmt.Body
	case *ast.RangeStmt:
		if !isInteger(s.info.TypeOf(stmt.X)) {
			return false
		}
		body = stmt.Body
	default:
		return false
	}
	only := true
	syntax.InspectOwn(body, func(n ast.Node) {
		switch n := n.(type) {
		case *ast.CallExpr:
			only = only && (!syntax.ReturnsError(s.info, n) || harmless.MatchString(called(n)))
		case *ast.BranchStmt, *ast.ReturnStmt, *ast.GoStmt, *ast.SelectStmt:
			only = false
		case *ast.UnaryExpr:
			only = only && n.Op != token.ARROW
		}
	})
	return only
}

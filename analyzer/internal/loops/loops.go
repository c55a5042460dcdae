// Package loops checks loops that retry by hand.
//
// A check is given the retry loops of a package, one after the other:
//
//	var _ = Checks.Add("RL406", eachLoop(rl406))
//
//	// rl406 finds defer statements in retry loops.
//	func rl406(p *check.Pass, l *loop) { … }
package loops

import (
	"embed"
	"go/ast"

	"golang.org/x/tools/go/ast/inspector"

	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/retries/handloop"
	"github.com/retrygen/retrygen/internal/syntax"
)

//go:embed *.txtar
var pages embed.FS

// Checks are the checks of this package. Each is in the file that is named by its identifier.
var Checks = check.NewList(pages)

// loop is a retry loop, and where it stands.
type loop struct {
	*handloop.Loop
	cursor   inspector.Cursor
	function ast.Node // the function or function literal around it
}

// retryLoops are the retry loops of a package, but for generated files.
var retryLoops = check.Share(func(p *check.Pass) []*loop {
	var list []*loop
	for cursor := range p.Inspector().Root().Preorder((*ast.ForStmt)(nil), (*ast.RangeStmt)(nil)) {
		stmt := cursor.Node().(ast.Stmt)
		if p.Generated[p.FileOf(stmt.Pos())] {
			continue
		}
		l, function := handloop.Find(p.TypesInfo, stmt), syntax.EnclosingFunc(cursor)
		if l != nil && function != nil {
			list = append(list, &loop{l, cursor, function})
		}
	}
	return list
})

// eachLoop returns a check that looks at each retry loop.
func eachLoop(look func(*check.Pass, *loop)) func(*check.Pass) {
	return func(p *check.Pass) {
		for _, l := range retryLoops.Of(p) {
			look(p, l)
		}
	}
}

package loops

import (
	"cmp"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"sort"

	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/retries/loop"
	"github.com/retrygen/retrygen/internal/syntax"
)

// What follows is made once for a package: a search through the function for each of its loops takes a time that grows with the
// square of their number.

// behind are the statements that follow each loop in its block.
var behind = check.Share(func(p *check.Pass) map[ast.Stmt][]ast.Stmt {
	rest := map[ast.Stmt][]ast.Stmt{}
	for cursor := range p.Inspector().Root().Preorder((*ast.BlockStmt)(nil), (*ast.CaseClause)(nil), (*ast.CommClause)(nil)) {
		list := statementsOf(cursor.Node())
		for i, s := range list {
			switch s := unlabelled(s).(type) {
			case *ast.ForStmt, *ast.RangeStmt:
				rest[s] = list[i+1:]
			}
		}
	}
	return rest
})

// statementsOf returns the statements of a block or a clause.
func statementsOf(n ast.Node) []ast.Stmt {
	switch n := n.(type) {
	case *ast.BlockStmt:
		return n.List
	case *ast.CaseClause:
		return n.Body
	case *ast.CommClause:
		return n.Body
	}
	return nil
}

// unlabelled returns the statement that a label stands before.
func unlabelled(s ast.Stmt) ast.Stmt {
	if label, ok := s.(*ast.LabeledStmt); ok {
		return label.Stmt
	}
	return s
}

// next returns the statement that follows a loop in its block, nil for none.
func next(p *check.Pass, l *loop.Loop) ast.Stmt {
	if list := behind.Of(p)[l.Stmt]; len(list) > 0 {
		return list[0]
	}
	return nil
}

// variableUses are the uses of the variables of a package, fields excluded, in the order of the source.
var variableUses = check.Share(func(p *check.Pass) map[types.Object][]*ast.Ident {
	uses := map[types.Object][]*ast.Ident{}
	for id, object := range p.TypesInfo.Uses {
		if v, ok := object.(*types.Var); ok && !v.IsField() {
			uses[object] = append(uses[object], id)
		}
	}
	for _, list := range uses {
		slices.SortFunc(list, func(a, b *ast.Ident) int { return cmp.Compare(a.Pos(), b.Pos()) })
	}
	return uses
})

// firstBehind returns the first use of a variable behind a loop in its function, nil for none.
func firstBehind(p *check.Pass, l *loop.Loop, v *types.Var) *ast.Ident {
	uses := variableUses.Of(p)[v]
	i := sort.Search(len(uses), func(i int) bool { return uses[i].Pos() >= l.Stmt.End() })
	if i < len(uses) && uses[i].Pos() < l.Function.End() {
		return uses[i]
	}
	return nil
}

// asked are the places in conditions of a package where variables are used, in the order of the source.
var asked = check.Share(func(p *check.Pass) map[types.Object][]token.Pos {
	places := map[types.Object][]token.Pos{}
	for cursor := range p.Inspector().Root().Preorder((*ast.IfStmt)(nil), (*ast.SwitchStmt)(nil), (*ast.ForStmt)(nil)) {
		var cond ast.Expr
		switch n := cursor.Node().(type) {
		case *ast.IfStmt:
			cond = n.Cond
		case *ast.SwitchStmt:
			cond = n.Tag
		case *ast.ForStmt:
			cond = n.Cond
		}
		if cond == nil {
			continue
		}
		ast.Inspect(cond, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok && p.TypesInfo.Uses[id] != nil {
				places[p.TypesInfo.Uses[id]] = append(places[p.TypesInfo.Uses[id]], id.Pos())
			}
			return true
		})
	}
	for _, list := range places {
		slices.Sort(list)
	}
	return places
})

// askedBehind reports whether a condition behind a loop in its function is about a variable.
func askedBehind(p *check.Pass, l *loop.Loop, v *types.Var) bool {
	places := asked.Of(p)[v]
	i, _ := slices.BinarySearch(places, l.Stmt.End())
	return i < len(places) && places[i] < l.Function.End()
}

// returning are the branches of a package that return if an error is not nil, by the error and in the order of the source.
var returning = check.Share(func(p *check.Pass) map[types.Object][]*ast.IfStmt {
	branches := map[types.Object][]*ast.IfStmt{}
	for cursor := range p.Inspector().Root().Preorder((*ast.IfStmt)(nil)) {
		branch := cursor.Node().(*ast.IfStmt)
		if id, ok := ast.Unparen(syntax.ErrorTest(p.TypesInfo, branch.Cond, token.NEQ)).(*ast.Ident); ok && syntax.ReturnsAtEnd(branch.Body) {
			branches[p.TypesInfo.Uses[id]] = append(branches[p.TypesInfo.Uses[id]], branch)
		}
	}
	return branches
})

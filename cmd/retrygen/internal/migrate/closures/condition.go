package closures

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"github.com/retrygen/retrygen/cmd/retrygen/internal/migrate/site"
	"github.com/retrygen/retrygen/internal/syntax"
)

// condition turns "if fatal(err) { return Permanent(err) }" into a condition of the policy, where every error that the
// attempt returns is that err. It reports whether it has.
func (c *closure) condition(lit *ast.FuncLit, marks []*ast.CallExpr) bool {
	if len(marks) != 1 || len(marks[0].Args) != 1 || syntax.Callee(c.Info, marks[0]).Name() == "RetryAfter" {
		return false
	}
	id, ok := ast.Unparen(marks[0].Args[0]).(*ast.Ident)
	if !ok {
		return false
	}
	err := c.Info.ObjectOf(id)
	var branch *ast.IfStmt
	alike := true
	syntax.InspectOwn(lit.Body, func(n ast.Node) {
		switch n := n.(type) {
		case *ast.IfStmt:
			if n.Init == nil && n.Else == nil && len(n.Body.List) == 1 {
				ret, ok := n.Body.List[0].(*ast.ReturnStmt)
				if ok && len(ret.Results) > 0 && ast.Unparen(ret.Results[len(ret.Results)-1]) == marks[0] {
					branch = n
				}
			}
		case *ast.ReturnStmt:
			alike = alike && len(n.Results) > 0 && (c.returns(n, err) || c.isNil(n.Results[len(n.Results)-1]) ||
				ast.Unparen(n.Results[len(n.Results)-1]) == marks[0])
		}
	})
	if branch == nil || !alike || !c.about(branch.Cond, err) || !c.onlyReturns(c.behind(lit, branch), err) ||
		len(lit.Type.Results.List) > 1 && !c.sameValues(lit, branch, err) {
		return false
	}
	pos, comment := c.commentAbove(branch)
	c.site.Work.Patches = append(c.site.Work.Patches, site.Patch{Pos: pos, End: branch.End()})
	c.site.Policy = append(c.site.Policy, site.Option{Name: "if", Hook: &site.Hook{
		Comment: comment, Cond: branch.Cond, Not: true, Words: map[types.Object]string{err: "err"},
	}})
	return true
}

// behind returns the statements behind another one in its list.
func (c *closure) behind(lit *ast.FuncLit, stmt ast.Stmt) (list []ast.Stmt) {
	ast.Inspect(lit.Body, func(n ast.Node) bool {
		if block, ok := n.(*ast.BlockStmt); ok {
			for i, s := range block.List {
				if s == stmt {
					list = block.List[i+1:]
				}
			}
		}
		return list == nil
	})
	return list
}

// onlyReturns reports whether statements do nothing but return an error that is not nil.
func (c *closure) onlyReturns(list []ast.Stmt, err types.Object) bool {
	if len(list) == 0 {
		return false
	}
	switch s := list[0].(type) {
	case *ast.ReturnStmt:
		return len(s.Results) > 0 && c.returns(s, err) && !syntax.HasCall(s.Results[0])
	case *ast.IfStmt:
		id, ok := syntax.ErrorTest(c.Info, s.Cond, token.NEQ).(*ast.Ident)
		return ok && c.Info.ObjectOf(id) == err && s.Init == nil && c.onlyReturns(s.Body.List, err)
	}
	return false
}

// commentAbove returns where the comment right above a statement begins, and its text with that of comments inside.
func (c *closure) commentAbove(s ast.Stmt) (token.Pos, string) {
	pos, text := s.Pos(), ""
	line := func(p token.Pos) int { return c.Fset.Position(p).Line }
	for _, group := range c.File(s.Pos()).Comments {
		above := group.End() <= s.Pos() && line(group.End())+1 == line(s.Pos()) && line(group.Pos()) > c.lineBefore(group.Pos())
		if above {
			pos = group.Pos()
		}
		if above || s.Pos() < group.Pos() && group.End() <= s.End() {
			text += c.Source(group) + "\n"
		}
	}
	return pos, text
}

// lineBefore returns the line of the last code before a position.
func (c *closure) lineBefore(pos token.Pos) int {
	file := c.File(pos)
	src := c.Sources[file][:pos-file.FileStart]
	trimmed := strings.TrimRight(string(src), " \t\r\n")
	return c.Fset.Position(file.FileStart + token.Pos(len(trimmed))).Line
}

// returns reports whether the last value of a return statement is a variable.
func (c *closure) returns(ret *ast.ReturnStmt, v types.Object) bool {
	id, ok := ast.Unparen(ret.Results[len(ret.Results)-1]).(*ast.Ident)
	return ok && c.Info.ObjectOf(id) == v
}

// sameValues reports whether the statement behind a branch returns the same values as the branch does.
func (c *closure) sameValues(lit *ast.FuncLit, branch *ast.IfStmt, err types.Object) bool {
	inside := branch.Body.List[0].(*ast.ReturnStmt)
	same := false
	ast.Inspect(lit.Body, func(n ast.Node) bool {
		block, ok := n.(*ast.BlockStmt)
		if !ok {
			return true
		}
		for i, s := range block.List {
			if s != branch || i+1 >= len(block.List) {
				continue
			}
			ret, ok := block.List[i+1].(*ast.ReturnStmt)
			if !ok || len(ret.Results) != len(inside.Results) || !c.returns(ret, err) {
				continue
			}
			same = true
			for j := range len(ret.Results) - 1 {
				same = same && c.Source(ret.Results[j]) == c.Source(inside.Results[j])
			}
		}
		return true
	})
	return same
}

// about reports whether a condition asks about an error alone, and about what the package declares.
func (c *closure) about(cond ast.Expr, err types.Object) bool {
	alone, asks := true, false
	ast.Inspect(cond, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok {
			return true
		}
		switch v := c.Info.ObjectOf(id).(type) {
		case *types.Var:
			asks = asks || v == err
			alone = alone && (v == err || v.IsField() || v.Parent() == v.Pkg().Scope())
		case *types.Const:
			alone = alone && (v.Pkg() == nil || v.Parent() == v.Pkg().Scope())
		case *types.TypeName:
			alone = alone && (v.Pkg() == nil || v.Parent() == v.Pkg().Scope())
		}
		return true
	})
	return alone && asks
}

package closures

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"github.com/retrygen/retrygen/cmd/retrygen/internal/migrate/site"
	"github.com/retrygen/retrygen/internal/retries/library"
	"github.com/retrygen/retrygen/internal/syntax"
)

// marks lists the calls in a node that mark errors for the library, but for those in what another call of it retries.
func (c *closure) marks(n ast.Node) []*ast.CallExpr {
	var list []*ast.CallExpr
	ast.Inspect(n, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		fn := syntax.Callee(c.Info, call)
		if fn == nil || fn.Pkg() == nil {
			return true
		}
		name, _ := library.Name(fn.Pkg().Path())
		if inner, _ := library.Entry(fn); inner == c.library {
			return false
		}
		switch {
		case name != c.library:
		case fn.Name() == "Permanent", fn.Name() == "Unrecoverable", fn.Name() == "RetryableError", fn.Name() == "RetryAfter":
			list = append(list, call)
		}
		return true
	})
	return list
}

// markedElsewhere returns a function of the package that marks errors for the library and that the work calls, directly or
// indirectly; "" if there is none.
func (c *closure) markedElsewhere() string {
	seen := map[*types.Func]bool{}
	var visit func(n ast.Node) string
	visit = func(n ast.Node) string {
		found := ""
		ast.Inspect(n, func(n ast.Node) bool {
			id, ok := n.(*ast.Ident)
			if !ok || found != "" {
				return found == ""
			}
			fn, ok := c.Info.Uses[id].(*types.Func)
			if !ok || seen[fn] {
				return true
			}
			seen[fn] = true
			if decl := c.Body(fn); decl != nil {
				if len(c.marks(decl.Body)) > 0 && !c.retriesItself(decl) {
					found = fn.Name()
				} else {
					found = visit(decl.Body)
				}
			}
			return true
		})
		return found
	}
	if w := c.site.Work; w.Lit != nil {
		return visit(w.Lit.Body)
	}
	return visit(c.site.Work.Func)
}

// retriesItself reports whether a function calls the library, so that its marks are its own.
func (c *closure) retriesItself(decl *ast.FuncDecl) bool {
	found := false
	ast.Inspect(decl.Body, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			name, _ := library.Entry(syntax.Callee(c.Info, call))
			found = found || name == c.library
		}
		return !found
	})
	return found
}

// permanent turns marks of errors that end the retries into the runtime's, or into a condition where all that an attempt
// returns is one error.
func (c *closure) permanent() string {
	if name := c.markedElsewhere(); name != "" {
		return name + " marks errors for the library; let it return retry.Permanent first"
	}
	lit := c.site.Work.Lit
	if lit == nil {
		return ""
	}
	if c.usesType(lit, "PermanentError", "RetryAfterError") {
		return "the work makes errors of the library itself"
	}
	marks := c.marks(lit)
	if len(marks) == 0 {
		return ""
	}
	if !c.judged && c.condition(lit, marks) {
		return ""
	}
	for _, call := range marks {
		if syntax.Callee(c.Info, call).Name() == "RetryAfter" {
			return "the work asks for waits by RetryAfter; let it return retry.After"
		}
		c.patch(call.Fun, site.Retry+".Permanent")
	}
	c.site.Differ(differsMark)
	return ""
}

const differsMark = "an error that is not worth a retry keeps its mark retry.Permanent: errors.Is and errors.As see through it, " +
	"== does not, and retries around this one stop too"

func (c *closure) patch(n ast.Node, text string) {
	c.site.Work.Patches = append(c.site.Work.Patches, site.Patch{Pos: n.Pos(), End: n.End(), Text: text})
}

// usesType reports whether a node mentions a type of the library.
func (c *closure) usesType(n ast.Node, names ...string) bool {
	found := false
	ast.Inspect(n, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok {
			return true
		}
		if t, ok := c.Info.Uses[id].(*types.TypeName); ok && t.Pkg() != nil && t.Pkg().Path() == c.path {
			for _, name := range names {
				found = found || t.Name() == name
			}
		}
		return true
	})
	return found
}

// condition turns "if fatal(err) { return Permanent(err) }" into a condition of the policy, where every error that the
// attempt returns is that err. It reports whether it has.
func (c *closure) condition(lit *ast.FuncLit, marks []*ast.CallExpr) bool {
	if len(marks) != 1 || len(marks[0].Args) != 1 {
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
	if branch == nil || !alike || !c.about(branch.Cond, err) || !c.onlyReturns(c.behind(lit, branch), err) || len(lit.Type.Results.List) > 1 && !c.sameValues(lit, branch, err) {
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
	for _, stmt := range list {
		switch s := stmt.(type) {
		case *ast.ReturnStmt:
			return len(s.Results) > 0 && c.returns(s, err) && !syntax.HasCall(s.Results[0])
		case *ast.IfStmt:
			tested := syntax.ErrorTest(c.Info, s.Cond, token.NEQ)
			if id, ok := tested.(*ast.Ident); ok && c.Info.ObjectOf(id) == err && s.Init == nil {
				return c.onlyReturns(s.Body.List, err)
			}
			return false
		default:
			return false
		}
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

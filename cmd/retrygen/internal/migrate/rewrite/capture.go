package rewrite

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/retrygen/retrygen/internal/values"
)

// captured is a variable of the function around that the work uses.
type captured struct {
	v      *types.Var
	reads  bool
	writes bool
	shared bool // the code around and the work need the same variable
}

// captures lists the captured variables of a region in the order in which they appear.
func (d *draft) captures(region []ast.Node) []*captured {
	c := &captures{draft: d, region: region, known: map[*types.Var]*captured{}}
	if d.decl == nil || len(region) == 0 {
		return nil
	}
	for _, n := range region {
		c.walk(n, false)
	}
	for _, one := range c.list {
		one.shared = one.shared || c.sharedOutside(one.v)
	}
	return c.list
}

type captures struct {
	*draft
	region []ast.Node
	known  map[*types.Var]*captured
	list   []*captured
	target map[*ast.Ident]bool // identifiers that are assigned, and not read
}

// inside reports whether a position lies in the region.
func (c *captures) inside(pos token.Pos) bool {
	for _, n := range c.region {
		if n.Pos() <= pos && pos < n.End() {
			return true
		}
	}
	return false
}

// of returns the record of a variable that an identifier means, nil if it is not captured.
func (c *captures) of(id *ast.Ident) *captured {
	v, ok := c.Info.Uses[id].(*types.Var)
	if !ok || v.IsField() || v.Pos() < c.decl.Pos() || v.Pos() >= c.decl.End() || c.inside(v.Pos()) {
		return nil
	}
	if c.known[v] == nil {
		c.known[v] = &captured{v: v}
		c.list = append(c.list, c.known[v])
	}
	return c.known[v]
}

// walk records the uses of variables in a node. Nested is whether it stands in a function literal of the region.
func (c *captures) walk(n ast.Node, nested bool) {
	if c.target == nil {
		c.target = map[*ast.Ident]bool{}
	}
	ast.Inspect(n, func(at ast.Node) bool {
		if at != nil && c.site.Work.Drops(at) {
			return false
		}
		switch at := at.(type) {
		case *ast.FuncLit:
			if at != n {
				c.walk(at.Body, nested || at != c.region[0])
				return false
			}
		case *ast.AssignStmt:
			for _, left := range at.Lhs {
				if c.site.Work.Drops(left) {
					continue
				}
				c.assign(left, at.Tok != token.ASSIGN && at.Tok != token.DEFINE, nested)
			}
		case *ast.IncDecStmt:
			c.assign(at.X, true, nested)
		case *ast.RangeStmt:
			if at.Tok == token.ASSIGN {
				c.assign(at.Key, false, nested)
				c.assign(at.Value, false, nested)
			}
		case *ast.UnaryExpr:
			if at.Op == token.AND {
				c.share(at.X)
			}
		case *ast.SliceExpr:
			if _, array := c.Info.TypeOf(at.X).Underlying().(*types.Array); array {
				c.share(at.X)
			}
		case *ast.SelectorExpr:
			if c.addresses(at) {
				c.share(at.X)
			}
		case *ast.Ident:
			if one := c.of(at); one != nil && !c.target[at] {
				one.reads = true
			}
		}
		return true
	})
}

// assign records an assignment. One to a part of a variable shares it, unless the part is behind a pointer.
func (c *captures) assign(left ast.Expr, reads, nested bool) {
	if left == nil {
		return
	}
	id, ok := ast.Unparen(left).(*ast.Ident)
	if !ok {
		c.share(left)
		return
	}
	if one := c.of(id); one != nil {
		c.target[id] = !reads
		one.writes, one.reads, one.shared = true, one.reads || reads, one.shared || nested
	}
}

// share marks the variable that an expression is a part of.
func (c *captures) share(e ast.Expr) {
	if id := root(c.Info, e); id != nil {
		if one := c.of(id); one != nil {
			one.shared = true
		}
	}
}

// addresses reports whether a selector is a method of a pointer, called on something that is none.
func (c *captures) addresses(sel *ast.SelectorExpr) bool {
	selection := c.Info.Selections[sel]
	if selection == nil || selection.Kind() != types.MethodVal {
		return false
	}
	recv := selection.Obj().(*types.Func).Signature().Recv()
	_, wants := types.Unalias(recv.Type()).(*types.Pointer)
	_, is := types.Unalias(c.Info.TypeOf(sel.X)).Underlying().(*types.Pointer)
	return wants && !is
}

// root returns the variable that an expression is a part of, nil if there is a pointer, a slice or a map on the way.
func root(info *types.Info, e ast.Expr) *ast.Ident {
	for {
		var inner ast.Expr
		switch x := ast.Unparen(e).(type) {
		case *ast.Ident:
			return x
		case *ast.SelectorExpr:
			inner = x.X
		case *ast.IndexExpr:
			inner = x.X
		default:
			return nil
		}
		if t := info.TypeOf(inner); t == nil {
			return nil
		} else if _, array := t.Underlying().(*types.Array); !array {
			if _, structure := t.Underlying().(*types.Struct); !structure {
				return nil
			}
		}
		e = inner
	}
}

// sharedOutside reports whether code around the region may change a variable while the work is repeated: it takes the
// address, or a function literal assigns it.
func (c *captures) sharedOutside(v *types.Var) bool {
	found := false
	uses := func(e ast.Expr) bool {
		id := root(c.Info, e)
		return id != nil && c.Info.Uses[id] == v
	}
	var walk func(n ast.Node, literal bool)
	walk = func(n ast.Node, literal bool) {
		ast.Inspect(n, func(at ast.Node) bool {
			if at == nil || found || c.inside(at.Pos()) {
				return false
			}
			switch at := at.(type) {
			case *ast.FuncLit:
				if at != n {
					walk(at.Body, literal || !(at.Pos() <= c.region[0].Pos() && c.region[0].Pos() < at.End()))
					return false
				}
			case *ast.UnaryExpr:
				found = found || at.Op == token.AND && uses(at.X)
			case *ast.AssignStmt:
				for _, left := range at.Lhs {
					found = found || literal && uses(left)
				}
			case *ast.IncDecStmt:
				found = found || literal && uses(at.X)
			}
			return true
		})
	}
	walk(c.decl.Body, false)
	return found
}

// spellable reports whether a type can be written at package level in the file of the site.
func (d *draft) spellable(t types.Type) bool {
	if values.Unspelled(t, d.Types) != "" {
		return false
	}
	ok := true
	values.Spell(t, func(n *values.Node) values.Next {
		var name *types.TypeName
		switch t := n.Type.(type) {
		case *types.Named:
			name = t.Obj()
		case *types.Alias:
			name = t.Obj()
		case *types.TypeParam:
			ok = false
		}
		if name != nil && name.Pkg() == d.Types && name.Parent() != d.Types.Scope() {
			ok = false // declared in a function
		}
		return values.Enter
	})
	return ok
}

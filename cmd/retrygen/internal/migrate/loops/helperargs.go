package loops

import (
	"fmt"
	"go/ast"
	"go/types"
	"slices"
	"strings"

	"github.com/retrygen/retrygen/internal/syntax"
)

// bindArgs finds the arguments of the parameters that the code mentions. It returns the argument that would mean something else
// in the code, nil if there is none.
func (r *reader) bindArgs(c *code, decl *ast.FuncDecl, call *ast.CallExpr) ast.Node {
	c.args = map[types.Object]ast.Expr{}
	own, uses := r.namesIn(c)
	if decl.Recv != nil && len(decl.Recv.List[0].Names) == 1 {
		sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
		if !ok {
			return call
		}
		if bad := r.bindArg(c, decl.Recv.List[0].Names[0], sel.X, own, uses); bad != nil {
			return bad
		}
	}
	i := 0
	for _, field := range decl.Type.Params.List {
		if _, variadic := field.Type.(*ast.Ellipsis); variadic {
			return call
		}
		for _, id := range field.Names {
			if bad := r.bindArg(c, id, call.Args[i], own, uses); bad != nil {
				return bad
			}
			i++
		}
		i += max(0, 1-len(field.Names))
	}
	return nil
}

// namesIn returns the names that code declares, and how often it mentions each variable.
func (r *reader) namesIn(c *code) (own map[string]bool, uses map[types.Object]int) {
	own, uses = map[string]bool{}, map[types.Object]int{}
	for _, n := range append(nodes(c.stmts), c.delay) {
		ast.Inspect(n, func(n ast.Node) bool {
			id, ok := n.(*ast.Ident)
			if !ok {
				return true
			}
			if o := r.Info.Defs[id]; o != nil {
				own[o.Name()] = true
			}
			uses[r.Info.Uses[id]]++
			return true
		})
	}
	return own, uses
}

// bindArg binds the argument of a parameter. It returns the argument if a name in it means something else in the code.
func (r *reader) bindArg(c *code, id *ast.Ident, arg ast.Expr, own map[string]bool, uses map[types.Object]int) ast.Node {
	o := r.Info.Defs[id]
	if o == nil || uses[o] == 0 {
		return nil
	}
	c.args[o] = arg
	clash := false
	ast.Inspect(arg, func(n ast.Node) bool {
		inner, ok := n.(*ast.Ident)
		clash = clash || ok && own[inner.Name]
		return !clash
	})
	if clash {
		return arg
	}
	changes := slices.ContainsFunc(c.stmts, func(s ast.Stmt) bool { return r.assigned(s)[o] })
	if changes || uses[o] > 1 && syntax.HasCall(arg) {
		c.lets = append(c.lets, o)
	}
	return nil
}

// argsOf lists the arguments, in the order of the parameters.
func (c *code) argsOf() []ast.Expr {
	var list []ast.Expr
	for _, o := range sorted(c.args) {
		list = append(list, c.args[o])
	}
	return list
}

// text writes the code as a part of the body of a function that returns the delay.
func (c *code) text(r *reader) string {
	var b strings.Builder
	for _, o := range c.lets {
		fmt.Fprintf(&b, "%s := %s\n", o.Name(), r.argText(o, c.args[o]))
	}
	for _, s := range c.stmts {
		b.WriteString(c.with(r, s) + "\n")
	}
	return b.String() + "return " + c.with(r, c.delay)
}

// with writes code with arguments in the place of parameters. What ends the function without a wait returns a wait of 0.
func (c *code) with(r *reader, n ast.Node) string {
	text, at := "", n.Pos()
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ReturnStmt:
			text, at = text+r.Text(at, n.Pos())+"return 0", n.End()
			return false
		case *ast.Ident:
			o := r.Info.Uses[n]
			if arg := c.args[o]; arg != nil && !slices.Contains(c.lets, o) {
				text, at = text+r.Text(at, n.Pos())+r.argText(o, arg), n.End()
			}
		}
		return true
	})
	return text + r.Text(at, n.End())
}

// argText writes an argument where its parameter stands.
func (r *reader) argText(o types.Object, arg ast.Expr) string {
	text := r.Source(arg)
	if r.Info.Types[arg].Value != nil && !r.hasType(arg) {
		return r.typeText(o.Type()) + "(" + text + ")"
	}
	switch ast.Unparen(arg).(type) {
	case *ast.Ident, *ast.SelectorExpr, *ast.CallExpr, *ast.IndexExpr:
		return text
	}
	return "(" + text + ")"
}

// typeText writes a type as the file of the loop does.
func (r *reader) typeText(t types.Type) string {
	return types.TypeString(t, func(p *types.Package) string {
		if p == r.Types {
			return ""
		}
		for _, spec := range r.File(r.loop.Stmt.Pos()).Imports {
			if name := r.Info.PkgNameOf(spec); name != nil && name.Imported() == p {
				return name.Name()
			}
		}
		return p.Name()
	})
}

// hasType reports whether a constant expression has a type of its own, other than that of where it stands.
func (r *reader) hasType(e ast.Expr) bool {
	typed := false
	ast.Inspect(e, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok {
			return !typed
		}
		switch o := r.Info.Uses[id].(type) {
		case *types.Const:
			basic, _ := o.Type().(*types.Basic)
			typed = typed || basic == nil || basic.Info()&types.IsUntyped == 0
		case *types.TypeName:
			typed = true
		}
		return !typed
	})
	return typed
}

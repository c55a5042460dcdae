package rewrite

import (
	"go/ast"
	"go/types"
	"slices"
)

// constants writes the declarations of constants of the function around that some code names: code that moves to another function
// takes them along.
func (d *draft) constants(region []ast.Node) string {
	if d.decl == nil {
		return ""
	}
	var found []*types.Const
	for _, n := range region {
		ast.Inspect(n, func(n ast.Node) bool {
			id, ok := n.(*ast.Ident)
			if !ok {
				return true
			}
			if c, ok := d.Info.Uses[id].(*types.Const); ok && d.localBefore(c, region) && !slices.Contains(found, c) {
				found = append(found, c)
			}
			return true
		})
	}
	text := ""
	for _, c := range found {
		text += d.constantText(c)
	}
	return text
}

// localBefore reports whether a constant is declared in the function around, outside of some code.
func (d *draft) localBefore(c *types.Const, region []ast.Node) bool {
	if c.Pos() < d.decl.Pos() || c.Pos() >= d.decl.End() {
		return false
	}
	return !slices.ContainsFunc(region, func(n ast.Node) bool { return n.Pos() <= c.Pos() && c.Pos() < n.End() })
}

// constantText writes the declaration of a constant, "" where it is not one name with one value of its own.
func (d *draft) constantText(c *types.Const) string {
	text := ""
	ast.Inspect(d.decl, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || len(spec.Names) != 1 || d.Info.Defs[spec.Names[0]] != c || len(spec.Values) != 1 {
			return true
		}
		plain := true
		ast.Inspect(spec.Values[0], func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok {
				other, constant := d.Info.Uses[id].(*types.Const)
				plain = plain && (!constant || other.Name() != "iota" && !d.localBefore(other, nil))
			}
			return true
		})
		if plain {
			text = "const " + d.Source(spec) + "\n"
		}
		return true
	})
	return text
}

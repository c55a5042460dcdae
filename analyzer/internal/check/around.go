package check

import (
	"cmp"
	"go/ast"
	"go/token"
	"slices"

	"golang.org/x/tools/go/ast/inspector"
)

// Around returns the declaration around a position: the search for a node begins there, for a file may have many. It is the root of
// all files if there is none.
func (p *Pass) Around(pos token.Pos) inspector.Cursor {
	all := declarations.Of(p)
	after, _ := slices.BinarySearchFunc(all, pos, func(c inspector.Cursor, pos token.Pos) int {
		if c.Node().Pos() <= pos {
			return -1
		}
		return 1
	})
	if after > 0 && pos < all[after-1].Node().End() {
		return all[after-1]
	}
	return p.Inspector().Root()
}

// declarations are the declarations of a package, in the order of their positions.
var declarations = Share(func(p *Pass) []inspector.Cursor {
	var list []inspector.Cursor
	for file := range p.Inspector().Root().Children() {
		for decl := range file.Children() {
			if _, ok := decl.Node().(ast.Decl); ok {
				list = append(list, decl)
			}
		}
	}
	slices.SortFunc(list, func(a, b inspector.Cursor) int { return cmp.Compare(a.Node().Pos(), b.Node().Pos()) })
	return list
})

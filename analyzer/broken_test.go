package analyzer_test

import (
	"go/ast"
	"go/token"
	"slices"
	"testing"

	"golang.org/x/tools/txtar"
)

// TestBroken lints code that does not build, as editors do: nothing may panic where a type or a function is unknown.
func TestBroken(t *testing.T) {
	if testing.Short() {
		t.Skip("lints all cases several times")
	}
	var files []txtar.File
	for _, c := range cases(t) {
		files = append(files, c.files()...)
	}
	dir := writeModule(t, files)
	declares := func(tok token.Token) func(ast.Decl) bool {
		return func(d ast.Decl) bool { g, ok := d.(*ast.GenDecl); return ok && g.Tok == tok }
	}
	n := 0
	for _, test := range []struct {
		name    string
		missing func(ast.Decl) bool
	}{
		{"imports", declares(token.IMPORT)},
		{"types", declares(token.TYPE)},
		{"variables", declares(token.VAR)},
		{"constants", declares(token.CONST)},
		{"every second function", func(d ast.Decl) bool { _, ok := d.(*ast.FuncDecl); n++; return ok && n%2 == 0 }},
	} {
		t.Run(test.name, func(t *testing.T) {
			findIn(t, dir, loadSpoiled(t, dir, func(f *ast.File) { f.Decls = slices.DeleteFunc(f.Decls, test.missing) }))
		})
	}
	t.Run("fields", func(t *testing.T) { findIn(t, dir, loadSpoiled(t, dir, emptyStructs)) })
	t.Run("every third statement", func(t *testing.T) { findIn(t, dir, loadSpoiled(t, dir, thinBlocks)) })
}

// emptyStructs takes the fields out of all structs.
func emptyStructs(f *ast.File) {
	ast.Inspect(f, func(n ast.Node) bool {
		if s, ok := n.(*ast.StructType); ok {
			s.Fields.List = nil
		}
		return true
	})
}

// thinBlocks takes every third statement out of all blocks.
func thinBlocks(f *ast.File) {
	n := 0
	ast.Inspect(f, func(node ast.Node) bool {
		if b, ok := node.(*ast.BlockStmt); ok {
			b.List = slices.DeleteFunc(b.List, func(ast.Stmt) bool { n++; return n%3 == 0 })
		}
		return true
	})
}

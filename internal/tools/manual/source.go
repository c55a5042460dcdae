package main

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
)

// source returns a function of a Go file with its doc comment, as a fenced block.
func (m *manual) source(args []string, name string) (string, error) {
	if len(args) != 1 || name == "" {
		return "", fmt.Errorf("want a file, a colon and a function or a type")
	}
	text, err := os.ReadFile(filepath.Join(m.root, filepath.FromSlash(args[0])))
	if err != nil {
		return "", err
	}
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, args[0], text, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return "", err
	}
	for _, decl := range file.Decls {
		found, doc := declares(decl, name)
		if !found {
			continue
		}
		start := decl.Pos()
		if doc != nil {
			start = doc.Pos()
		}
		body := text[fset.Position(start).Offset:fset.Position(decl.End()).Offset]
		return "```go\n" + string(bytes.ReplaceAll(body, []byte("\r\n"), []byte("\n"))) + "\n```\n", nil
	}
	return "", fmt.Errorf("there is no function or type %s", name)
}

// declares reports whether a declaration is that of a function, a method or a type, and returns its comment.
func declares(decl ast.Decl, name string) (bool, *ast.CommentGroup) {
	switch decl := decl.(type) {
	case *ast.FuncDecl:
		return decl.Name.Name == name, decl.Doc
	case *ast.GenDecl:
		if len(decl.Specs) == 1 {
			spec, ok := decl.Specs[0].(*ast.TypeSpec)
			return ok && spec.Name.Name == name, decl.Doc
		}
	}
	return false, nil
}

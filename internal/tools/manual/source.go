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
		return "", fmt.Errorf("want a file, a colon and a function")
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
		fn, ok := decl.(*ast.FuncDecl)
		if !ok || fn.Name.Name != name {
			continue
		}
		start := fn.Pos()
		if fn.Doc != nil {
			start = fn.Doc.Pos()
		}
		body := text[fset.Position(start).Offset:fset.Position(fn.End()).Offset]
		return "```go\n" + string(bytes.ReplaceAll(body, []byte("\r\n"), []byte("\n"))) + "\n```\n", nil
	}
	return "", fmt.Errorf("there is no function %s", name)
}

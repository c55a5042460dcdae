// Sarifcheck reads a SARIF report from standard input and validates it against the schema of version 2.1.0, and against what
// code scanning wants beyond that:
//
//	retrylint -sarif ./... | (cd internal/tools/sarifcheck && go run .)
//
// The schema is the one that the pinned module go-sarif carries in its source.
package main

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	_ "github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif" // for its schema
	"github.com/xeipuuv/gojsonschema"
)

func main() {
	if err := run(os.Stdin); err != nil {
		fmt.Fprintln(os.Stderr, "sarifcheck:", err)
		os.Exit(1)
	}
}

func run(in io.Reader) error {
	report, err := io.ReadAll(in)
	if err != nil {
		return err
	}
	schema, err := schema()
	if err != nil {
		return err
	}
	result, err := gojsonschema.Validate(gojsonschema.NewStringLoader(schema), gojsonschema.NewBytesLoader(report))
	if err != nil {
		return err
	}
	var errs []error
	for _, e := range result.Errors() {
		errs = append(errs, errors.New(e.String()))
	}
	if len(errs) == 0 {
		errs = append(errs, scannable(report))
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	fmt.Println("valid SARIF 2.1.0")
	return nil
}

// schema returns the string constant of that name in the module's source.
func schema() (string, error) {
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/owenrumney/go-sarif/v3").Output()
	if err != nil {
		return "", err
	}
	name := filepath.Join(strings.TrimSpace(string(dir)), "pkg", "report", "v210", "sarif", "schema.go")
	file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
	if err != nil {
		return "", err
	}
	for _, decl := range file.Decls {
		decl, ok := decl.(*ast.GenDecl)
		if !ok || decl.Tok != token.CONST {
			continue
		}
		for _, spec := range decl.Specs {
			spec := spec.(*ast.ValueSpec)
			if lit, ok := spec.Values[0].(*ast.BasicLit); ok && spec.Names[0].Name == "schema" {
				return strconv.Unquote(lit.Value)
			}
		}
	}
	return "", fmt.Errorf("%s holds no schema", name)
}

// Package annotate puts directives on real code, for tools that try the generator on it.
//
//	err := modcache.Copy("github.com/gorilla/mux@v1.8.1", dir)
//	…
//	count, err := annotate.Tree(dir, annotate.Directive("", false), false)
//	…
//	err = annotate.Require(dir)
//	…
//	plan, err := annotate.Plan(dir)
package annotate

import (
	"bytes"
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// Directive returns what is put above everything: a policy that every function can have, and a policy constant that those
// inherit who can, "" for none. With values, the numbers are the constant's.
func Directive(constant string, values bool) string {
	line := "//retry:task retries=3 delay=exponential(10ms) jitter=1 cap=1s"
	if values {
		line = "//retry:task"
	}
	if constant != "" {
		line += " policy=" + constant
	}
	return line
}

// own returns options whose numbers are parameters of a function, "" if it has none.
func own(decl *ast.FuncDecl) string {
	options := ""
	for _, field := range decl.Type.Params.List {
		if len(field.Names) == 0 || field.Names[0].Name == "_" {
			continue
		}
		name := field.Names[0].Name
		switch t := field.Type.(type) {
		case *ast.Ident:
			if strings.Contains(" int int32 int64 uint uint16 uint64 ", " "+t.Name+" ") && !strings.Contains(options, "retries=") {
				options += " retries=" + name
			}
		case *ast.SelectorExpr:
			if x, ok := t.X.(*ast.Ident); ok && x.Name == "time" && t.Sel.Name == "Duration" && !strings.Contains(options, "delay=") {
				options += " delay=linear(" + name + ") cap=" + name
			}
		}
	}
	return options
}

// Count is what a line was put above.
type Count struct{ Functions, Interfaces int }

// Tree puts a line above every function and method that returns an error, and above every interface that has a method with
// a context and an error, in every source file of the module in a directory. With values, a function has options whose
// numbers are its parameters, too.
func Tree(dir, line string, values bool) (Count, error) {
	var count Count
	list, err := exec.Command("go", "tool", "dist", "list").Output()
	if err != nil {
		return count, err
	}
	platforms := strings.Fields(string(list))
	err = filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := entry.Name()
		if entry.IsDir() {
			nested := path != dir && exists(filepath.Join(path, "go.mod"))
			if path != dir && (name == "testdata" || name == "vendor" || name[0] == '.' || name[0] == '_' || nested) {
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") || !built(platforms, filepath.Dir(path), name) {
			return nil
		}
		src, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(path, annotate(src, line, values, &count), 0o666)
	})
	return count, err
}

// built reports whether any platform that this toolchain knows builds a file: what only others build, such as code for
// zos, cannot be checked against any standard library here.
func built(platforms []string, dir, name string) bool {
	context := build.Default
	context.CgoEnabled = true
	for _, platform := range platforms {
		context.GOOS, context.GOARCH, _ = strings.Cut(platform, "/")
		for _, tags := range [][]string{nil, {"ignore"}} {
			context.BuildTags = tags
			if ok, err := context.MatchFile(dir, name); ok && err == nil {
				return true
			}
		}
	}
	return false
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// generated is the line by which tools know generated files: in the copy they count as anybody's.
var generated = regexp.MustCompile(`(?m)^// Code generated .* DO NOT EDIT\.$`)

// annotate puts a line above every function and method that returns an error, and above every interface that has
// a method with a context and an error.
func annotate(src []byte, line string, values bool, count *Count) []byte {
	src = generated.ReplaceAll(src, []byte("// Written by a tool."))
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "", src, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return src
	}
	var at []int
	more := map[int]string{}
	for _, decl := range file.Decls {
		switch decl := decl.(type) {
		case *ast.FuncDecl:
			if offset := fset.Position(decl.Type.Func).Offset; wrappable(file, decl) && ownLine(src, offset) {
				at = append(at, offset)
				if values {
					more[offset] = own(decl)
				}
				count.Functions++
			}
		case *ast.GenDecl:
			interfaces := interfacesIn(fset, src, decl)
			at = append(at, interfaces...)
			count.Interfaces += len(interfaces)
		}
	}
	slices.Sort(at)
	var out bytes.Buffer
	last := 0
	for _, offset := range at {
		begin := lineStart(src, offset)
		out.Write(src[last:begin])
		out.WriteString(line + more[offset] + "\n")
		last = begin
	}
	out.Write(src[last:])
	return out.Bytes()
}

// interfacesIn returns where the interfaces of a declaration begin that a line can be put above.
func interfacesIn(fset *token.FileSet, src []byte, decl *ast.GenDecl) []int {
	var at []int
	for _, spec := range decl.Specs {
		s, ok := spec.(*ast.TypeSpec)
		if !ok || !retriable(s.Type) {
			continue
		}
		above := decl.TokPos
		if decl.Lparen.IsValid() {
			above = s.Pos()
		}
		if offset := fset.Position(above).Offset; ownLine(src, offset) {
			at = append(at, offset)
		}
	}
	return at
}

func lineStart(src []byte, offset int) int { return bytes.LastIndexByte(src[:offset], '\n') + 1 }

// ownLine reports whether a declaration begins its line: one that shares it has no room for a comment above.
func ownLine(src []byte, offset int) bool {
	return len(bytes.TrimSpace(src[lineStart(src, offset):offset])) == 0
}

// wrappable reports whether a function returns an error and can be named in another file.
func wrappable(file *ast.File, decl *ast.FuncDecl) bool {
	results := decl.Type.Results
	if results == nil || decl.Name.Name == "_" {
		return false
	}
	last, ok := results.List[len(results.List)-1].Type.(*ast.Ident)
	if !ok || last.Name != "error" {
		return false
	}
	cgo := false
	ast.Inspect(decl.Type, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok {
			id, ok := sel.X.(*ast.Ident)
			cgo = cgo || ok && id.Name == "C"
		}
		return true
	})
	return !cgo
}

// retriable reports whether a type is an interface with a method that takes a context and returns an error.
func retriable(expr ast.Expr) bool {
	t, ok := expr.(*ast.InterfaceType)
	if !ok {
		return false
	}
	for _, field := range t.Methods.List {
		method, ok := field.Type.(*ast.FuncType)
		if !ok || method.Results == nil {
			continue
		}
		last, ok := method.Results.List[len(method.Results.List)-1].Type.(*ast.Ident)
		if !ok || last.Name != "error" {
			continue
		}
		for _, param := range method.Params.List {
			if sel, ok := param.Type.(*ast.SelectorExpr); ok && sel.Sel.Name == "Context" {
				return true
			}
		}
	}
	return false
}

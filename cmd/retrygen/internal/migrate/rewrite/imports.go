package rewrite

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"github.com/retrygen/retrygen/cmd/retrygen/internal/migrate/site"
	"github.com/retrygen/retrygen/internal/directive"
)

// standIn is the name of the runtime's package until it is known which name is free.
const standIn = "retrygenRuntime"

// imports adds and removes imports of a new text.
func (r *Rewriter) fixImports(file *ast.File, text string, needed map[string]string) (string, error) {
	runtime := usesRuntime(text)
	text = strings.ReplaceAll(text, site.Retry, standIn)
	fset := token.NewFileSet()
	parsed, err := parser.ParseFile(fset, "", text, parser.ParseComments)
	if err != nil {
		return "", err
	}
	used, all := names(parsed)
	before, _ := names(reparse(r.Sources[file]))
	drop := map[string]bool{}
	kept := map[string]bool{}
	for _, spec := range file.Imports {
		pkg := r.Info.PkgNameOf(spec)
		if pkg == nil || pkg.Name() == "_" || pkg.Name() == "." {
			continue
		}
		if before[pkg.Name()] && !used[pkg.Name()] {
			drop[spec.Path.Value] = true
			continue
		}
		kept[pkg.Name()] = true
		if pkg.Imported().Path() == directive.RetryPath {
			text, runtime = strings.ReplaceAll(text, standIn, pkg.Name()), false
		}
	}
	add := map[string]string{}
	for path, name := range needed {
		if used[name] {
			add[path] = name
		}
	}
	if runtime {
		name := "retry"
		if kept[name] || all[name] && !dropsName(r.Info, file, drop, name) || r.Types.Scope().Lookup(name) != nil {
			name = "retrygen"
		}
		text = strings.ReplaceAll(text, standIn, name)
		add[directive.RetryPath] = name
	}
	return editImports(text, drop, add)
}

// dropsName reports whether an import of a name is among those that go.
func dropsName(info *types.Info, file *ast.File, drop map[string]bool, name string) bool {
	for _, spec := range file.Imports {
		if pkg := info.PkgNameOf(spec); pkg != nil && pkg.Name() == name && drop[spec.Path.Value] {
			return true
		}
	}
	return false
}

func reparse(src []byte) *ast.File {
	file, _ := parser.ParseFile(token.NewFileSet(), "", src, 0)
	return file
}

// names returns the identifiers that a file does not declare and, of all, those that it uses otherwise than behind a dot.
func names(file *ast.File) (unresolved, all map[string]bool) {
	unresolved, all = map[string]bool{}, map[string]bool{}
	if file == nil {
		return unresolved, all
	}
	for _, id := range file.Unresolved {
		unresolved[id.Name] = true
	}
	selected := map[*ast.Ident]bool{}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			selected[n.Sel] = true
		case *ast.Ident:
			if !selected[n] {
				all[n.Name] = true
			}
		}
		return true
	})
	return unresolved, all
}

// editImports edits the import declarations of a text: without some paths, which are quoted, and with others.
func editImports(text string, drop map[string]bool, add map[string]string) (string, error) {
	if len(drop) == 0 && len(add) == 0 {
		return text, nil
	}
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "", text, parser.ParseComments|parser.ImportsOnly)
	if err != nil {
		return "", err
	}
	e := &importEdit{src: []byte(text), file: file}
	for _, decl := range file.Decls {
		e.drop(decl.(*ast.GenDecl), drop, len(add) > 0)
	}
	for _, path := range slices.Sorted(keys(add)) {
		e.add(path, add[path])
	}
	slices.SortStableFunc(e.patches, func(a, b site.Patch) int { return int(a.Pos - b.Pos) })
	return apply(e.src, file, e.patches), nil
}

func keys(m map[string]string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// importEdit gathers the patches of import declarations.
type importEdit struct {
	src     []byte
	file    *ast.File
	dropped map[ast.Node]bool
	patches []site.Patch
}

// drop removes specs with the comments on their lines, and declarations of which nothing is left, unless there is more to come.
func (e *importEdit) drop(decl *ast.GenDecl, paths map[string]bool, more bool) {
	if e.dropped == nil {
		e.dropped = map[ast.Node]bool{}
	}
	left := 0
	var list []site.Patch
	for _, spec := range decl.Specs {
		spec := spec.(*ast.ImportSpec)
		if !paths[spec.Path.Value] {
			left++
			continue
		}
		e.dropped[spec] = true
		pos, end := spec.Pos(), spec.End()
		if spec.Doc != nil {
			pos = spec.Doc.Pos()
		}
		if spec.Comment != nil {
			end = spec.Comment.End()
		}
		list = append(list, site.Patch{Pos: pos, End: end})
	}
	if left == 0 && len(list) > 0 && !(more && decl.Lparen.IsValid()) {
		e.dropped[decl] = true
		list = []site.Patch{{Pos: decl.Pos(), End: decl.End()}}
	}
	e.patches = append(e.patches, list...)
}

// add imports a package beside those that are like it: of the standard library, or not.
func (e *importEdit) add(path, name string) {
	spec := fmt.Sprintf("%q", path)
	if base := path[strings.LastIndexByte(path, '/')+1:]; base != name {
		spec = name + " " + spec
	}
	std := isStd(path)
	var first *ast.GenDecl
	var near *ast.ImportSpec
	for _, d := range e.file.Decls {
		decl := d.(*ast.GenDecl)
		if !decl.Lparen.IsValid() {
			continue
		}
		if first == nil {
			first = decl
		}
		for _, s := range decl.Specs {
			if s := s.(*ast.ImportSpec); isStd(strings.Trim(s.Path.Value, "`\"")) == std {
				near = s
			}
		}
	}
	at := func(pos token.Pos, text string) {
		e.patches = append(e.patches, site.Patch{Pos: pos, End: pos, Text: text})
	}
	switch {
	case near != nil:
		at(near.Pos(), spec+"\n\t")
	case first != nil && std:
		at(first.Lparen+1, "\n\t"+spec+"\n")
	case first != nil:
		at(first.Rparen, "\n\t"+spec+"\n")
	case len(e.file.Decls) > 0:
		at(e.file.Decls[0].Pos(), "import "+spec+"\n")
	default:
		at(e.file.Name.End(), "\n\nimport "+spec+"\n")
	}
}

// isStd reports whether an import path is of the standard library.
func isStd(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return !strings.Contains(first, ".")
}

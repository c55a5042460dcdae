package generator

import "go/ast"

// declared counts what the files of the folder with this package clause declare, whatever the platform: names of the
// package, and methods and fields behind their types, as "Type.Method". Nothing in a generated file may collide with them.
func (u *unit) declared(pkg string) map[string]int {
	counts := map[string]int{}
	for _, s := range u.folder.files {
		if s.file == nil || s.file.Name.Name != pkg {
			continue
		}
		for _, decl := range s.file.Decls {
			countNames(counts, decl)
		}
	}
	return counts
}

// countNames counts the names of one declaration.
func countNames(counts map[string]int, decl ast.Decl) {
	switch decl := decl.(type) {
	case *ast.FuncDecl:
		if decl.Recv == nil {
			counts[decl.Name.Name]++
		} else if holder := baseName(decl); holder != "" {
			counts[holder+"."+decl.Name.Name]++
		}
	case *ast.GenDecl:
		for _, spec := range decl.Specs {
			switch spec := spec.(type) {
			case *ast.TypeSpec:
				counts[spec.Name.Name]++
				countFields(counts, spec)
			case *ast.ValueSpec:
				for _, name := range spec.Names {
					counts[name.Name]++
				}
			}
		}
	}
}

// countFields counts the fields of a struct type.
func countFields(counts map[string]int, spec *ast.TypeSpec) {
	structure, ok := spec.Type.(*ast.StructType)
	if !ok {
		return
	}
	for _, field := range structure.Fields.List {
		for _, name := range field.Names {
			counts[spec.Name.Name+"."+name.Name]++
		}
	}
}

// baseName is the name of the type that a method belongs to, "" where it has none.
func baseName(decl *ast.FuncDecl) string {
	if len(decl.Recv.List) == 0 {
		return ""
	}
	expr := decl.Recv.List[0].Type
	for {
		switch e := expr.(type) {
		case *ast.ParenExpr:
			expr = e.X
		case *ast.StarExpr:
			expr = e.X
		case *ast.IndexExpr:
			expr = e.X
		case *ast.IndexListExpr:
			expr = e.X
		case *ast.Ident:
			return e.Name
		default:
			return ""
		}
	}
}

package load

import "go/ast"

// Declared counts what the files of the folder with a package clause declare, whatever the platform: names of the
// package, and methods and fields behind their types, as "Type.Method". Nothing in a generated file may collide with them.
func (f *Folder) Declared(pkg string) map[string]int {
	counts := map[string]int{}
	for _, s := range f.Files {
		if s.File == nil || s.File.Name.Name != pkg {
			continue
		}
		for _, decl := range s.File.Decls {
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
		} else if holder := receiverName(decl); holder != "" {
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

package load

import (
	"go/ast"
	"go/token"
)

// declaration is something that a package declares, in one of its files.
type declaration struct {
	source *Source
	nodes  []ast.Node // what its type or value is made of: no function bodies
}

// declarations returns what the files of the folder declare, by name, and methods as "T.M". It does not matter which
// platform has the file.
func (f *Folder) declarations() map[string][]declaration {
	f.indexing.Do(func() {
		f.index, f.methods = map[string][]declaration{}, map[string][]string{}
		for _, s := range f.Files {
			if s.File != nil {
				f.addDeclarations(s)
			}
		}
	})
	return f.index
}

func (f *Folder) addDeclarations(s *Source) {
	for _, decl := range s.File.Decls {
		switch decl := decl.(type) {
		case *ast.FuncDecl:
			name := decl.Name.Name
			if decl.Recv != nil {
				receiver := receiverName(decl)
				f.methods[receiver] = append(f.methods[receiver], name)
				name = receiver + "." + name
			}
			f.index[name] = append(f.index[name], declaration{s, []ast.Node{decl.Type}})
		case *ast.GenDecl:
			f.addSpecs(s, decl)
		}
	}
}

// addSpecs adds types, variables and constants. A constant without a value repeats the value above it.
func (f *Folder) addSpecs(s *Source, decl *ast.GenDecl) {
	var repeated []ast.Expr
	for _, spec := range decl.Specs {
		switch spec := spec.(type) {
		case *ast.TypeSpec:
			f.index[spec.Name.Name] = append(f.index[spec.Name.Name], declaration{s, []ast.Node{spec}})
		case *ast.ValueSpec:
			if len(spec.Values) > 0 || decl.Tok == token.VAR {
				repeated = spec.Values
			}
			for i, name := range spec.Names {
				f.index[name.Name] = append(f.index[name.Name], declaration{s, nodesOf(spec, repeated, i)})
			}
		}
	}
}

// nodesOf returns the type and the value of one of the names of a specification, as far as they are written.
func nodesOf(spec *ast.ValueSpec, values []ast.Expr, i int) []ast.Node {
	var parts []ast.Node
	if spec.Type != nil {
		parts = append(parts, spec.Type)
	}
	if i < len(values) {
		parts = append(parts, values[i])
	}
	return parts
}

// receiverName returns the name of the type that a method belongs to, "" if there is none.
func receiverName(decl *ast.FuncDecl) string {
	if len(decl.Recv.List) == 0 {
		return ""
	}
	expr := decl.Recv.List[0].Type
	for {
		switch at := expr.(type) {
		case *ast.StarExpr:
			expr = at.X
		case *ast.ParenExpr:
			expr = at.X
		case *ast.IndexExpr:
			expr = at.X
		case *ast.IndexListExpr:
			expr = at.X
		case *ast.Ident:
			return at.Name
		default:
			return ""
		}
	}
}

package directive

import (
	"fmt"
	"go/ast"
	"go/token"
)

// docs maps every doc comment that a directive may stand in to what it documents.
func docs(file *ast.File) map[*ast.CommentGroup]ast.Node {
	found := map[*ast.CommentGroup]ast.Node{}
	add := func(group *ast.CommentGroup, node ast.Node) {
		if group != nil {
			found[group] = node
		}
	}
	for _, decl := range file.Decls {
		switch decl := decl.(type) {
		case *ast.FuncDecl:
			add(decl.Doc, decl)
		case *ast.GenDecl:
			add(decl.Doc, decl)
			for _, spec := range decl.Specs {
				docsOfSpec(spec, add)
			}
		}
	}
	return found
}

func docsOfSpec(spec ast.Spec, add func(*ast.CommentGroup, ast.Node)) {
	switch spec := spec.(type) {
	case *ast.TypeSpec:
		add(spec.Doc, spec)
		if t, ok := spec.Type.(*ast.InterfaceType); ok {
			for _, field := range t.Methods.List {
				add(field.Doc, field)
			}
		}
	case *ast.ValueSpec:
		add(spec.Doc, spec)
	}
}

// typeSpec returns the type that the line stands above, nil if it stands above anything else.
func (l *line) typeSpec() *ast.TypeSpec {
	switch node := l.node.(type) {
	case *ast.TypeSpec:
		return node
	case *ast.GenDecl:
		if len(node.Specs) == 1 {
			spec, _ := node.Specs[0].(*ast.TypeSpec)
			return spec
		}
	}
	return nil
}

// enclosing finds the type specification that a method of an interface stands in.
func enclosing(file *ast.File, field *ast.Field) *ast.TypeSpec {
	for _, decl := range file.Decls {
		gen, ok := decl.(*ast.GenDecl)
		if !ok {
			continue
		}
		for _, spec := range gen.Specs {
			if t, ok := spec.(*ast.TypeSpec); ok && t.Pos() <= field.Pos() && field.End() <= t.End() {
				return t
			}
		}
	}
	return nil
}

// outside reports whether a position lies in no declaration. Doc comments lie outside theirs.
func outside(file *ast.File, pos token.Pos) bool {
	for _, decl := range file.Decls {
		begin := decl.Pos()
		switch decl := decl.(type) {
		case *ast.FuncDecl:
			begin = decl.Type.Pos()
		case *ast.GenDecl:
			begin = decl.TokPos
		}
		if begin <= pos && pos < decl.End() {
			return false
		}
	}
	return true
}

// What each verb stands above.
const (
	beneath         = "a function, a method, a function type, an interface or an interface's method, with no blank line between"
	beneathConstant = "a string constant"
)

// unattached says that the directive stands above nothing it can apply to.
func (l *line) unattached(want string) *Problem {
	message := fmt.Sprintf("//retry:%s stands above nothing it can apply to; put it in the doc comment of %s", l.verb, want)
	return &Problem{Pos: l.pos, Unattached: true, Message: message}
}

// misplaced says why a directive cannot stand where it does, nil if it can.
func (l *line) misplaced() *Problem {
	wrong := func(message string) *Problem { return &Problem{Pos: l.pos, Message: message} }
	if IsGenerated(l.file) {
		return wrong("a directive in a generated file is lost when that file is written again; " +
			"put it in the source it is generated from, or in a file of its own")
	}
	switch l.verb {
	case "task", "flow":
		switch l.node.(type) {
		case *ast.FuncDecl, *ast.TypeSpec, *ast.GenDecl, *ast.Field:
			return nil
		}
		if p := l.local(); p != nil {
			return p
		}
		return l.unattached(beneath)
	case "policy":
		switch l.node.(type) {
		case *ast.ValueSpec, *ast.GenDecl:
			return nil
		}
		return l.unattached(beneathConstant)
	case "default":
		if !l.top {
			return wrong("//retry:default stands inside a declaration; put it at top level, best in doc.go")
		}
		return nil
	case "ignore":
		return nil
	}
	return l.unknown()
}

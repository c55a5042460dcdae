package load

import (
	"go/ast"
	"go/token"
)

// part is one declaration of a source, or one specification of a group of types or variables. Constants of a group stay
// together, since one may repeat another. Most parts are never needed, so a part is parsed when it is.
type part struct {
	keyword  token.Token // FUNC, TYPE, VAR or CONST
	receiver string      // the name of the type that a method belongs to
	names    []string    // what it declares
	alias    bool        // it declares another name of a type
	text     []byte      // behind the keyword, without a function's body
	decl     ast.Decl    // nil until it has been parsed
}

// split splits a source into its parts, without parsing them. It reports false where the source is unusual, such as one
// whose brackets do not match.
func split(src []byte) ([]*part, bool) {
	t := tokens{src: src}
	var parts []*part
	for t.next() {
		switch word := string(t.word); {
		case t.kind == '(' || t.kind == '[' || t.kind == '{':
			t.group(false)
		case t.kind == ')' || t.kind == ']' || t.kind == '}':
			t.odd = true
		case t.fine && word == "func":
			parts = append(parts, t.function())
		case t.fine && word == "const":
			parts = append(parts, t.constants())
		case t.fine && (word == "type" || word == "var"):
			parts = append(parts, t.specs(token.Lookup(word))...)
		}
	}
	return parts, !t.odd
}

// function reads a function or method.
func (t *tokens) function() *part {
	p := &part{keyword: token.FUNC}
	begin := t.at
	name, from, to := t.header()
	if t.odd {
		return p
	}
	p.names = []string{string(name)}
	if receiver := receiverIn(t.src[from:to]); string(receiver) != t.receiver {
		t.receiver = string(receiver)
	}
	p.receiver = t.receiver
	if open, _ := t.signature(); open > 0 {
		p.text = t.src[begin : open-1]
	} else {
		p.text = t.src[begin:t.at]
	}
	return p
}

// receiverIn returns the name of the type in a receiver: the last word before type parameters.
func receiverIn(receiver []byte) (name []byte) {
	t := tokens{src: receiver}
	for t.next() && t.kind != '[' {
		if t.kind == 'a' {
			name = t.word
		}
	}
	return name
}

// constants reads a constant or a group of them.
func (t *tokens) constants() *part {
	p := &part{keyword: token.CONST}
	begin := t.at
	for _, one := range t.specs(token.CONST) {
		p.names = append(p.names, one.names...)
	}
	p.text = t.src[begin:t.at]
	return p
}

// specs reads what stands behind a keyword: one specification, or a group of them.
func (t *tokens) specs(keyword token.Token) []*part {
	if !t.next() || t.kind != '(' {
		return []*part{t.spec(keyword)}
	}
	var parts []*part
	for t.next() && t.kind != ')' {
		if t.kind != ';' {
			parts = append(parts, t.spec(keyword))
		}
	}
	t.odd = t.odd || t.kind != ')'
	return parts
}

// spec reads a specification whose first token has been read.
func (t *tokens) spec(keyword token.Token) *part {
	p := &part{keyword: keyword}
	if t.odd = t.odd || t.kind != 'a'; t.odd {
		return p
	}
	begin := t.at - len(t.word)
	p.names = []string{string(t.word)}
	for listing := true; ; {
		before := *t
		more := t.next()
		if t.odd {
			return p
		}
		if !more || t.fine || t.kind == ')' || t.kind == ';' {
			*t = before
			p.text = t.src[begin:t.at]
			return p
		}
		switch {
		case listing && t.kind == 'a' && before.kind == ',':
			p.names = append(p.names, string(t.word))
		case listing && t.kind == ',':
		case t.kind == '(' || t.kind == '[' || t.kind == '{':
			listing = false
			t.group(false)
		default:
			listing = false
			p.alias = p.alias || keyword == token.TYPE && t.kind == '='
		}
	}
}

// partsOf returns the parts of a file that has been parsed.
func partsOf(file *ast.File) []*part {
	var parts []*part
	for _, decl := range file.Decls {
		switch decl := decl.(type) {
		case *ast.FuncDecl:
			p := &part{keyword: token.FUNC, names: []string{decl.Name.Name}, decl: decl}
			if decl.Recv != nil {
				p.receiver = receiverName(decl)
			}
			parts = append(parts, p)
		case *ast.GenDecl:
			parts = append(parts, partsOfGroup(decl)...)
		}
	}
	return parts
}

func partsOfGroup(group *ast.GenDecl) []*part {
	if group.Tok == token.IMPORT {
		return nil
	}
	var parts []*part
	for _, spec := range group.Specs {
		one := &ast.GenDecl{TokPos: group.TokPos, Tok: group.Tok, Specs: []ast.Spec{spec}}
		parts = append(parts, &part{keyword: group.Tok, names: namesOf(spec), alias: isAlias(spec), decl: shortDecl(one)})
	}
	if group.Tok != token.CONST || len(parts) == 0 {
		return parts
	}
	whole := &part{keyword: token.CONST, decl: group}
	for _, p := range parts {
		whole.names = append(whole.names, p.names...)
	}
	return []*part{whole}
}

func namesOf(spec ast.Spec) []string {
	switch spec := spec.(type) {
	case *ast.TypeSpec:
		return []string{spec.Name.Name}
	case *ast.ValueSpec:
		names := make([]string, len(spec.Names))
		for i, name := range spec.Names {
			names[i] = name.Name
		}
		return names
	}
	return nil
}

func isAlias(spec ast.Spec) bool {
	t, ok := spec.(*ast.TypeSpec)
	return ok && t.Assign.IsValid()
}

// reference is a name that a declaration mentions: after a dot, or alone if base is "".
type reference struct{ base, name string }

// references lists what the types and values of a declaration mention. Function bodies do not count, nor do
// names that are declared inside it, such as parameters and fields.
func references(node ast.Node) []reference {
	var list []reference
	var visit func(n ast.Node) bool
	visit = func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BlockStmt, *ast.ImportSpec:
			return false
		case *ast.FuncDecl:
			if n.Recv != nil {
				ast.Inspect(n.Recv, visit)
			}
			ast.Inspect(n.Type, visit)
			return false
		case *ast.TypeSpec:
			if n.TypeParams != nil {
				ast.Inspect(n.TypeParams, visit)
			}
			ast.Inspect(n.Type, visit)
			return false
		case *ast.ValueSpec:
			if n.Type != nil {
				ast.Inspect(n.Type, visit)
			}
			for _, value := range n.Values {
				ast.Inspect(value, visit)
			}
			return false
		case *ast.Field:
			ast.Inspect(n.Type, visit)
			return false
		case *ast.SelectorExpr:
			if x, ok := n.X.(*ast.Ident); ok {
				list = append(list, reference{x.Name, n.Sel.Name})
			} else {
				ast.Inspect(n.X, visit)
			}
			return false
		case *ast.Ident:
			list = append(list, reference{"", n.Name})
		}
		return true
	}
	ast.Inspect(node, visit)
	return list
}

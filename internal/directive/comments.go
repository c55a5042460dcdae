package directive

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/token"
	"iter"
	"strings"

	"github.com/retrygen/retrygen/internal/policy"
)

// Tool is the tool part of every directive.
const Tool = "retry"

// verbs are what may follow "//retry:".
var verbs = []string{"task", "flow", "policy", "default", "ignore"}

// Mentions reports whether a source file may hold a directive: a cheap look, to spare files the parser.
func Mentions(src []byte) bool { return bytes.Contains(src, []byte("//"+Tool+":")) }

// All goes through the directives in a file, each with the comment group that it stands in.
func All(file *ast.File) iter.Seq2[*ast.CommentGroup, ast.Directive] {
	return func(yield func(*ast.CommentGroup, ast.Directive) bool) {
		for _, group := range file.Comments {
			for _, comment := range group.List {
				parsed, ok := ast.ParseDirective(comment.Slash, comment.Text)
				if ok && parsed.Tool == Tool && !yield(group, parsed) {
					return
				}
			}
		}
	}
}

// line is one directive comment, with the declaration that its comment group documents.
type line struct {
	file *ast.File
	pos  token.Pos // of the "//"
	verb string
	args string
	base token.Pos // where args begin
	node ast.Node  // *ast.FuncDecl, *ast.GenDecl, *ast.TypeSpec, *ast.ValueSpec, *ast.Field; nil for none
	top  bool      // it stands outside every declaration
}

// lines lists the directives of a file in source order.
func lines(file *ast.File) []line {
	var list []line
	var documented map[*ast.CommentGroup]ast.Node
	for group, d := range All(file) {
		if documented == nil {
			documented = docs(file)
		}
		list = append(list, line{
			file: file, pos: d.Slash, verb: d.Name, args: d.Args, base: d.ArgsPos,
			node: documented[group], top: outside(file, d.Slash),
		})
	}
	return list
}

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
		}
	}
	return found
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
	beneath         = "a function, a method, an interface or an interface's method, with no blank line between"
	beneathConstant = "a string constant"
)

// unattached says that the directive stands above nothing it can apply to.
func (l *line) unattached(want string) *Problem {
	return &Problem{Pos: l.pos, Unattached: true, Message: fmt.Sprintf("//retry:%s stands above nothing it can apply to; put it in the doc comment of %s", l.verb, want)}
}

// misplaced says why a directive cannot stand where it does, nil if it can.
func (l *line) misplaced() *Problem {
	wrong := func(message string) *Problem { return &Problem{Pos: l.pos, Message: message} }
	if ast.IsGenerated(l.file) {
		return wrong("a directive in a generated file is lost when that file is written again; put it in the source it is generated from, or in a file of its own")
	}
	switch l.verb {
	case "task", "flow":
		switch l.node.(type) {
		case *ast.FuncDecl, *ast.TypeSpec, *ast.GenDecl, *ast.Field:
			return nil
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
	p := wrong(fmt.Sprintf("unknown directive //retry:%s: want %s", l.verb, strings.Join(verbs, ", ")))
	if near, ok := policy.Nearest(l.verb, verbs); ok {
		p.Message = fmt.Sprintf("unknown directive //retry:%s: did you mean //retry:%s?", l.verb, near)
		p.Misspelling = policy.Misspelling{Written: l.verb, Right: near}
	}
	return p
}

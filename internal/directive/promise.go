package directive

import (
	"go/ast"
	"go/token"
	"iter"

	"github.com/retrygen/retrygen/internal/policy"
)

// Promise is a type that an annotated interface will have generated for it.
type Promise struct {
	Name       string // of the decorator
	TypeParams int
}

// Promises lists the decorators that the directives of a file ask for, by syntax alone: signatures may mention them before
// they have been written.
func Promises(file *ast.File) []Promise {
	var list []Promise
	for _, decl := range file.Decls {
		decl, ok := decl.(*ast.GenDecl)
		if !ok || decl.Tok != token.TYPE {
			continue
		}
		for _, spec := range decl.Specs {
			spec := spec.(*ast.TypeSpec)
			docs := []*ast.CommentGroup{spec.Doc}
			if len(decl.Specs) == 1 {
				docs = append(docs, decl.Doc)
			}
			name, asked := wrapperName(spec.Name.Name, docs...)
			if t, ok := spec.Type.(*ast.InterfaceType); ok && !asked {
				for _, method := range t.Methods.List {
					_, ofMethod := wrapperName("", method.Doc)
					asked = asked || ofMethod
				}
			}
			if asked {
				list = append(list, Promise{name, spec.TypeParams.NumFields()})
			}
		}
	}
	return list
}

// Calls goes through the task and flow directives in a doc comment, which may be nil.
func Calls(doc *ast.CommentGroup) iter.Seq[ast.Directive] {
	return func(yield func(ast.Directive) bool) {
		if doc == nil {
			return
		}
		for _, comment := range doc.List {
			d, ok := ast.ParseDirective(comment.Slash, comment.Text)
			if ok && d.Tool == Tool && (d.Name == "task" || d.Name == "flow") && !yield(d) {
				return
			}
		}
	}
}

// wrapperName gives the name that directives in doc comments ask for, and whether there are any.
func wrapperName(base string, docs ...*ast.CommentGroup) (name string, asked bool) {
	name = base + "WithRetry"
	for _, doc := range docs {
		for d := range Calls(doc) {
			asked = true
			if parsed, _ := policy.Parse(d.Args, 0); parsed.As.IsSet() {
				name = parsed.As.Value
			}
		}
	}
	return name, asked
}

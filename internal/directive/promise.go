package directive

import (
	"go/ast"
	"go/token"
)

// Promise is a type that will be generated for an annotated interface.
type Promise struct {
	Name       string // of the decorator
	Interface  string // that it has as an embedded field
	TypeParams int
}

// Promises lists the decorators that the directives of a file ask for, by syntax alone. Signatures may mention them
// before they have been written.
func Promises(file *ast.File) []Promise {
	var list []Promise
	index := map[*ast.TypeSpec]int{}
	for _, l := range linesOn(file, notFunction) {
		spec := l.typeSpec()
		if field, ok := l.node.(*ast.Field); ok {
			spec = enclosing(file, field)
		}
		if spec == nil || !isCall(l.verb) || isFuncType(spec) {
			continue
		}
		at, known := index[spec]
		if !known {
			at = len(list)
			index[spec] = at
			list = append(list, Promise{spec.Name.Name + "WithRetry", spec.Name.Name, spec.TypeParams.NumFields()})
		}
		if l.typeSpec() != nil && l.options.As.IsSet() {
			list[at].Name = l.options.As.Value
		}
	}
	return list
}

// notFunction reports whether a directive may stand above a type.
func notFunction(node ast.Node) bool {
	_, function := node.(*ast.FuncDecl)
	return node != nil && !function
}

// Wrappers returns the functions and methods that the directives above the functions of a file ask for, by syntax alone,
// with the positions of the directives.
func Wrappers(file *ast.File) map[string]token.Pos {
	wrappers := map[string]token.Pos{}
	for _, l := range lines(file) {
		fn, ok := l.node.(*ast.FuncDecl)
		if !ok || !isCall(l.verb) {
			continue
		}
		name := fn.Name.Name + "WithRetry"
		if l.options.As.IsSet() {
			name = l.options.As.Value
		}
		wrappers[name] = l.pos
		if l.options.Remote.IsSet() {
			wrappers[taskName(fn.Name.Name, l.options)] = l.pos
		}
	}
	return wrappers
}

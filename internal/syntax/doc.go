// Package syntax answers questions about type-checked Go code: what a call calls, whether a type is a context, which
// statements run before a call, what is assigned to a variable.
//
// A tool that wants every sleep in a function asks for the full name of each callee:
//
//	ast.Inspect(decl.Body, func(n ast.Node) bool {
//		if call, ok := n.(*ast.CallExpr); ok && syntax.FullName(info, call) == "time.Sleep" {
//			…
//		}
//		return true
//	})
//
// It knows nothing about retries. Names that a question does not apply to have an answer too: a call of a function value
// has the full name "".
package syntax

package meaning

import (
	"go/ast"
	"go/types"

	"github.com/retrygen/retrygen/internal/syntax"
)

// option is an option of a library: which argument is a number of times, and by how much the attempts are more.
type option struct{ argument, attempts int }

// options are the functions of libraries that take a number of times, by import path without its version.
var options = map[string]map[string]option{
	"github.com/cenkalti/backoff":            {"WithMaxRetries": {1, 1}, "WithMaxTries": {0, 0}},
	"github.com/avast/retry-go":              {"Attempts": {0, 0}},
	"github.com/sethvargo/go-retry":          {"WithMaxRetries": {0, 1}},
	"github.com/aws/aws-sdk-go-v2/aws/retry": {"AddWithMaxAttempts": {1, 0}},
	"github.com/aws/aws-sdk-go-v2/config":    {"WithRetryMaxAttempts": {0, 0}},
}

// fields are the fields of libraries that hold a number of times, and by how much the attempts are more.
var fields = map[string]map[string]int{
	"github.com/hashicorp/go-retryablehttp":  {"RetryMax": 1},
	"k8s.io/apimachinery/pkg/util/wait":      {"Steps": 0},
	"github.com/aws/aws-sdk-go-v2/aws":       {"RetryMaxAttempts": 0},
	"github.com/aws/aws-sdk-go-v2/aws/retry": {"MaxAttempts": 0},
}

// usesLibrary reports whether the package imports one of the libraries.
func (r *reader) usesLibrary() bool {
	for _, imported := range r.pass.Pkg.Imports() {
		path, _ := syntax.Unversioned(imported.Path())
		if options[path] != nil || fields[path] != nil {
			return true
		}
	}
	return false
}

// call reads an option of a library.
func (r *reader) call(call *ast.CallExpr) {
	fn := syntax.Callee(r.pass.TypesInfo, call)
	if fn == nil || fn.Pkg() == nil {
		return
	}
	path, _ := syntax.Unversioned(fn.Pkg().Path())
	o, known := options[path][fn.Name()]
	if known && o.argument < len(call.Args) {
		r.count(call.Args[o.argument], o.attempts)
	}
}

// field reads a value that a field of a library gets.
func (r *reader) field(left, value ast.Expr) {
	id, _ := ast.Unparen(left).(*ast.Ident)
	if sel, ok := ast.Unparen(left).(*ast.SelectorExpr); ok {
		id = sel.Sel
	}
	if id == nil {
		return
	}
	field, ok := r.pass.TypesInfo.Uses[id].(*types.Var)
	if !ok || !field.IsField() || field.Pkg() == nil {
		return
	}
	path, _ := syntax.Unversioned(field.Pkg().Path())
	if attempts, known := fields[path][field.Name()]; known {
		r.count(value, attempts)
	}
}

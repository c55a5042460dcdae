package rewrite

import (
	"fmt"
	"go/ast"
	"go/types"
	"strconv"
	"strings"

	"github.com/retrygen/retrygen/cmd/retrygen/internal/migrate/site"
	"github.com/retrygen/retrygen/internal/syntax"
)

// subject is the name of the function around the site.
func (d *draft) subject() string {
	if d.decl == nil {
		return "Value"
	}
	return upperFirst(d.decl.Name.Name)
}

// choose returns a free name at package level: the words joined, with a number where that is taken.
func (d *draft) choose(words ...string) string {
	base := strings.Join(words, "")
	for n := 1; ; n++ {
		name := base
		if n > 1 {
			name += strconv.Itoa(n)
		}
		if !d.taken(name) {
			d.names = append(d.names, name, name+"WithRetry")
			return name
		}
	}
}

// taken reports whether a name, or that of its wrapper, means something in the package or the file.
func (d *draft) taken(name string) bool {
	for _, n := range []string{name, name + "WithRetry"} {
		if d.Rewriter.names[n] || d.Elsewhere[n] || d.Types.Scope().Lookup(n) != nil || types.Universe.Lookup(n) != nil {
			return true
		}
		for _, own := range d.names {
			if own == n {
				return true
			}
		}
		if d.self != nil && d.hasMember(n) {
			return true
		}
	}
	for _, file := range d.Files {
		for _, spec := range file.Imports {
			if pkg := d.Info.PkgNameOf(spec); pkg != nil && pkg.Name() == name {
				return true
			}
		}
	}
	return false
}

// hasMember reports whether the receiver has a field or method of a name.
func (d *draft) hasMember(name string) bool {
	object, _, _ := types.LookupFieldOrMethod(d.self.Type(), true, d.Types, name)
	return object != nil
}

// pkg returns the name of a package in the file, which imports it from now on if it did not.
func (d *draft) pkg(path, name string) string {
	for _, spec := range d.file.Imports {
		if p := d.Info.PkgNameOf(spec); p != nil && p.Imported().Path() == path && p.Name() != "." && p.Name() != "_" {
			return p.Name()
		}
	}
	if known := d.accepted.imports[d.file][path]; known != "" {
		return known
	}
	if known := d.imports[d.file][path]; known != "" {
		return known
	}
	base := name
	for n := 2; d.nameInFile(name); n++ {
		name = fmt.Sprint(base, n)
	}
	d.need(d.file, path, name)
	return name
}

// nameInFile reports whether a file uses an identifier for anything.
func (d *draft) nameInFile(name string) bool {
	found := d.Types.Scope().Lookup(name) != nil
	ast.Inspect(d.file, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok {
			ast.Inspect(sel.X, func(n ast.Node) bool {
				id, ok := n.(*ast.Ident)
				found = found || ok && id.Name == name
				return !found
			})
			return false
		}
		id, ok := n.(*ast.Ident)
		found = found || ok && id.Name == name
		return !found
	})
	return found
}

// work returns the name of what an attempt does: that of the call whose error decides, where there is only one, otherwise
// that of the function around.
func (d *draft) workName() string {
	name := ""
	several := false
	for _, n := range d.region() {
		ast.Inspect(n, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || !syntax.ReturnsError(d.Info, call) || isMark(d.Info, call) {
				return true
			}
			fn := syntax.Callee(d.Info, call)
			several = several || fn == nil || name != "" && name != fn.Name()
			if fn != nil {
				name = fn.Name()
			}
			return true
		})
	}
	if several || len(name) < 3 || plain[name] || d.taken(lowerFirst(name)) {
		if strings.HasPrefix(d.subject(), "Attempt") {
			return "try" + d.subject()
		}
		return "attempt" + d.subject()
	}
	return lowerFirst(name)
}

// plain are names that say too little away from their package or receiver.
var plain = map[string]bool{
	"Do": true, "Get": true, "Run": true, "Call": true, "Error": true, "Errorf": true, "New": true, "Close": true, "Exec": true,
	"Ping": true, "Wait": true, "Start": true, "Read": true, "Write": true, "Update": true, "Create": true, "Delete": true,
}

// isMark reports whether a call makes an error rather than doing something.
func isMark(info *types.Info, call *ast.CallExpr) bool {
	fn := syntax.Callee(info, call)
	if fn == nil || fn.Pkg() == nil {
		return false
	}
	switch fn.Pkg().Path() {
	case "errors", "fmt":
		return true
	}
	switch fn.Name() {
	case "Permanent", "RetryableError", "Unrecoverable", "RetryAfter", "Wrap", "Wrapf", "Join", "Err", "Cause":
		return true
	}
	return false
}

// runtime is the import path of the package that texts call by [site.Retry].
func usesRuntime(text string) bool { return strings.Contains(text, site.Retry) }

package migrate

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"strconv"
	"strings"

	"golang.org/x/tools/go/packages"
)

// compareContexts finds out which packages have code that compares the error of an ended context by itself or by its text, rather
// than with errors.Is: their own code, their tests, and packages of the module that import them. What such a package returns when a
// context ends stays just that error.
func (w *world) compareContexts() {
	w.compared = map[string]string{}
	for _, root := range w.roots {
		if at := w.comparison(root); at != "" {
			w.markCompared(root, at)
		}
	}
}

// markCompared marks a package, what it tests, and what it imports of its module.
func (w *world) markCompared(p *packages.Package, at string) {
	if w.compared[p.PkgPath] != "" || p.Module == nil || !p.Module.Main {
		return
	}
	w.compared[p.PkgPath] = at
	for _, imported := range p.Imports {
		w.markCompared(imported, at)
	}
}

// comparison returns the position of the first comparison in the files of a package, "" if there is none.
func (w *world) comparison(p *packages.Package) string {
	for _, name := range p.GoFiles {
		src, err := os.ReadFile(name)
		if err != nil || !mayCompare(src) {
			continue // the package is read again, and says what is wrong
		}
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, name, src, parser.SkipObjectResolution)
		if err != nil {
			continue
		}
		if pos := (&comparer{name: nameOfContext(file)}).find(file); pos.IsValid() {
			return fmt.Sprintf("%s:%d", relative(w.dir, name), fset.Position(pos).Line)
		}
	}
	return ""
}

// mayCompare reports whether a source mentions the error of a context at all.
func mayCompare(src []byte) bool {
	for _, text := range []string{"Canceled", "context canceled", "DeadlineExceeded", "deadline exceeded", ".Err()", ".Cause("} {
		if bytes.Contains(src, []byte(text)) {
			return true
		}
	}
	return false
}

// nameOfContext returns the name of package context in a file, "" if that does not import it.
func nameOfContext(file *ast.File) string {
	for _, spec := range file.Imports {
		if path, _ := strconv.Unquote(spec.Path.Value); path == "context" {
			if spec.Name != nil {
				return spec.Name.Name
			}
			return path
		}
	}
	return ""
}

// comparer looks for comparisons with the error of a context. It knows no types: of what it finds too much the worst is an error
// that stays as it was.
type comparer struct {
	name string // of package context
}

// find returns where the first comparison stands.
func (c *comparer) find(file *ast.File) (found token.Pos) {
	for _, decl := range file.Decls {
		expects := c.expects(decl)
		ast.Inspect(decl, func(n ast.Node) bool {
			if !found.IsValid() && c.compares(n, expects) {
				found = n.Pos()
			}
			return !found.IsValid()
		})
	}
	return found
}

// expects reports whether a declaration keeps the error of a context, as tables of tests do, to compare with it later.
func (c *comparer) expects(decl ast.Decl) bool {
	found := false
	ast.Inspect(decl, func(n ast.Node) bool {
		var values []ast.Expr
		switch n := n.(type) {
		case *ast.KeyValueExpr:
			values = []ast.Expr{n.Value}
		case *ast.CompositeLit:
			values = n.Elts
		case *ast.AssignStmt:
			values = n.Rhs
		case *ast.ValueSpec:
			values = n.Values
		}
		for _, e := range values {
			found = found || c.isSentinel(e)
		}
		return !found
	})
	return found
}

// compares reports whether a node compares an error with that of a context. In code that expects one, any two errors may be such.
func (c *comparer) compares(n ast.Node, expects bool) bool {
	switch n := n.(type) {
	case *ast.BinaryExpr:
		return (n.Op == token.EQL || n.Op == token.NEQ) && c.pair([]ast.Expr{n.X, n.Y}, expects)
	case *ast.SwitchStmt:
		return n.Tag != nil && !c.ended(n.Tag) && c.hasCase(n)
	case *ast.CallExpr:
		return testsEqual(lastName(n.Fun)) && c.pair(n.Args, expects)
	case *ast.TypeAssertExpr:
		sel, ok := n.Type.(*ast.SelectorExpr)
		return ok && isErr(n.X) && sel.Sel.Name == "Error" && lastName(sel.X) == "net"
	}
	return false
}

// pair reports whether the error of a context is compared with something else that is an error.
func (c *comparer) pair(list []ast.Expr, expects bool) bool {
	ended, errs := 0, 0
	for _, e := range list {
		switch {
		case c.ended(e):
			ended++
		case isErr(e):
			errs++
		}
	}
	return ended > 0 && errs > 0 || expects && errs > 1
}

func (c *comparer) hasCase(s *ast.SwitchStmt) bool {
	for _, clause := range s.Body.List {
		for _, e := range clause.(*ast.CaseClause).List {
			if c.ended(e) {
				return true
			}
		}
	}
	return false
}

// ended reports whether an expression is the error of an ended context, or its text.
func (c *comparer) ended(e ast.Expr) bool {
	switch e := ast.Unparen(e).(type) {
	case *ast.BasicLit:
		text, _ := strconv.Unquote(e.Value)
		return strings.HasSuffix(text, "context canceled") || strings.HasSuffix(text, "context deadline exceeded")
	case *ast.CallExpr:
		sel, ok := e.Fun.(*ast.SelectorExpr)
		switch {
		case !ok:
			return false
		case sel.Sel.Name == "Error":
			return c.ended(sel.X)
		case sel.Sel.Name == "Cause":
			return c.name != "" && lastName(sel.X) == c.name
		}
		name := strings.ToLower(lastName(sel.X))
		return sel.Sel.Name == "Err" && (strings.Contains(name, "ctx") || strings.Contains(name, "context"))
	}
	return c.isSentinel(e)
}

func (c *comparer) isSentinel(e ast.Expr) bool {
	sel, ok := ast.Unparen(e).(*ast.SelectorExpr)
	return ok && c.name != "" && lastName(sel.X) == c.name && (sel.Sel.Name == "Canceled" || sel.Sel.Name == "DeadlineExceeded")
}

// isErr reports whether an expression is called like an error, or is the text of one.
func isErr(e ast.Expr) bool {
	if call, ok := ast.Unparen(e).(*ast.CallExpr); ok {
		sel, ok := call.Fun.(*ast.SelectorExpr)
		return ok && sel.Sel.Name == "Error" && isErr(sel.X)
	}
	return strings.Contains(strings.ToLower(lastName(e)), "err")
}

// testsEqual reports whether a function compares its arguments, by its name: Equal, EqualError, Same, DeepEqual.
func testsEqual(name string) bool {
	return strings.Contains(name, "Equal") || name == "Same" || name == "Exactly" || name == "HasSuffix"
}

// lastName returns the last name of an expression, "" if it does not end in one.
func lastName(e ast.Expr) string {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return e.Sel.Name
	case *ast.CallExpr:
		return lastName(e.Fun)
	}
	return ""
}

package funcs

import (
	"go/ast"
	"go/types"
	"regexp"

	"github.com/retrygen/retrygen/internal/syntax"
)

// meant matches what is counted for each attempt on purpose.
var meant = regexp.MustCompile(`(?i)attempt|retr(y|ies)|tries|calls|count|metric|stat|total|seen|log`)

// called looks at a call that adds to something: a header, or what is written to.
func (c *changes) called(call *ast.CallExpr) {
	name := syntax.FullName(c.TypesInfo, call)
	switch name {
	case "net/http.Header.Add", "net/url.Values.Add", "net/textproto.MIMEHeader.Add":
		if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok && call.Pos() < c.last && !c.ofRequest(sel.X) {
			c.added(sel.X, "has one value more")
		}
	case "io.Copy", "io.CopyBuffer", "io.CopyN":
		c.written(call.Args[0], call.Pos() <= c.last)
	case "fmt.Fprint", "fmt.Fprintf", "fmt.Fprintln", "io.WriteString":
		c.written(call.Args[0], call.Pos() < c.last)
	default:
		sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
		if ok && writing[sel.Sel.Name] && collects(c.TypesInfo.TypeOf(sel.X)) {
			c.written(sel.X, call.Pos() < c.last)
		}
	}
}

var writing = syntax.NameSet("Write", "WriteString", "WriteByte", "WriteRune", "ReadFrom")

// collects reports whether a value keeps what is written to it: a buffer, a file, a response or a plain writer.
func collects(t types.Type) bool {
	if t == nil {
		return false
	}
	if _, isPointer := t.(*types.Pointer); !isPointer && !types.IsInterface(t) {
		t = types.NewPointer(t)
	}
	return syntax.IsNamed(t, "bytes", "*Buffer") || syntax.IsNamed(t, "strings", "*Builder") || syntax.IsNamed(t, "os", "*File") ||
		syntax.IsNamed(t, "bufio", "*Writer") || syntax.IsNamed(t, "io", "Writer") || syntax.IsNamed(t, "net/http", "ResponseWriter")
}

// written reports a writer from outside of the attempt.
func (c *changes) written(w ast.Expr, fails bool) {
	if fails && collects(c.TypesInfo.TypeOf(w)) {
		c.added(w, "gets the same output")
	}
}

// added reports what an attempt adds to, unless it makes it or empties it.
func (c *changes) added(e ast.Expr, how string) {
	if address, ok := ast.Unparen(e).(*ast.UnaryExpr); ok {
		e = address.X
	}
	id := syntax.Root(e)
	if id == nil {
		return
	}
	v, ok := c.TypesInfo.Uses[id].(*types.Var)
	if !ok || v.Pkg() != c.Pkg || c.made(v) || meant.MatchString(syntax.Text(e)) {
		return
	}
	if !c.empties(e) && !c.startsAnew(e) {
		c.Reportf(e, "%s %s from each attempt of %s: it outlives the attempt; make it inside, or empty it first", syntax.Text(e), how, c.name)
	}
}

// empties reports whether the attempt empties what it writes to.
func (c *changes) empties(e ast.Expr) bool {
	text, found := syntax.Text(e), false
	ast.Inspect(c.body, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok && syntax.Text(sel.X) == text {
			switch sel.Sel.Name {
			case "Reset", "Truncate", "Seek", "Del", "Set":
				found = true
			}
		}
		return !found
	})
	return found
}

// ofRequest reports whether a header or a query belongs to a request, which each attempt has its own of.
func (c *changes) ofRequest(e ast.Expr) bool {
	sel, ok := ast.Unparen(e).(*ast.SelectorExpr)
	return ok && syntax.IsNamed(c.TypesInfo.TypeOf(sel.X), "net/http", "*Request")
}

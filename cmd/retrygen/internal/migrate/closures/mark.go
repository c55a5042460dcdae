package closures

import (
	"go/ast"
	"go/types"
	"slices"

	"github.com/retrygen/retrygen/cmd/retrygen/internal/migrate/site"
	"github.com/retrygen/retrygen/internal/retries/library"
	"github.com/retrygen/retrygen/internal/syntax"
)

// marks lists the calls in a node that mark errors for the library, but for those in what another call of it retries.
func (c *closure) marks(n ast.Node) []*ast.CallExpr {
	var list []*ast.CallExpr
	ast.Inspect(n, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		fn := syntax.Callee(c.Info, call)
		if fn == nil || fn.Pkg() == nil {
			return true
		}
		name, _ := library.Name(fn.Pkg().Path())
		if inner, _ := library.Entry(fn); inner == c.library {
			return false
		}
		switch {
		case name != c.library:
		case fn.Name() == "Permanent", fn.Name() == "Unrecoverable", fn.Name() == "RetryableError", fn.Name() == "RetryAfter":
			list = append(list, call)
		}
		return true
	})
	return list
}

// ownMarks returns the function of the package that marks errors for the library and that nothing but the work calls, nil if
// there is none or more than one.
func (c *closure) ownMarks() *ast.FuncDecl {
	work := c.site.Work.Func
	if c.site.Work.Lit != nil {
		work = c.site.Work.Lit
	}
	var found []*ast.FuncDecl
	ast.Inspect(work, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok {
			return true
		}
		fn, ok := c.Info.Uses[id].(*types.Func)
		if !ok {
			return true
		}
		decl := c.Body(fn)
		if decl != nil && !slices.Contains(found, decl) && len(c.marks(decl.Body)) > 0 && !c.retriesItself(decl) {
			found = append(found, decl)
		}
		return true
	})
	if len(found) != 1 {
		return nil
	}
	fn := c.Info.Defs[found[0].Name]
	if !c.onlyUsedIn(fn, work) || c.marksBelow(found[0].Body, fn) != "" || c.marksBelow(work, fn) != "" {
		return nil
	}
	return found[0]
}

// onlyUsedIn reports whether an unexported function is used in a node alone.
func (c *closure) onlyUsedIn(fn types.Object, n ast.Node) bool {
	only := !fn.Exported() && !c.Mentions[fn.Name()]
	for _, file := range c.Files {
		ast.Inspect(file, func(at ast.Node) bool {
			if id, ok := at.(*ast.Ident); ok && c.Info.Uses[id] == fn {
				only = only && n.Pos() <= id.Pos() && id.End() <= n.End()
			}
			return only
		})
	}
	return only
}

// markedElsewhere returns a function of the package that marks errors for the library and that the work calls, directly or
// indirectly; "" if there is none.
func (c *closure) markedElsewhere() string {
	if w := c.site.Work; w.Lit != nil {
		return c.marksBelow(w.Lit.Body)
	}
	return c.marksBelow(c.site.Work.Func)
}

// marksBelow returns a function that marks errors and that a node calls, directly or indirectly, but for some.
func (c *closure) marksBelow(n ast.Node, but ...types.Object) string {
	seen := map[types.Object]bool{}
	for _, fn := range but {
		seen[fn] = true
	}
	var visit func(n ast.Node) string
	visit = func(n ast.Node) string {
		found := ""
		ast.Inspect(n, func(n ast.Node) bool {
			id, ok := n.(*ast.Ident)
			if !ok || found != "" {
				return found == ""
			}
			fn, ok := c.Info.Uses[id].(*types.Func)
			if !ok || seen[fn] {
				return true
			}
			seen[fn] = true
			if decl := c.Body(fn); decl != nil {
				if len(c.marks(decl.Body)) > 0 && !c.retriesItself(decl) {
					found = fn.Name()
				} else {
					found = visit(decl.Body)
				}
			}
			return true
		})
		return found
	}
	return visit(n)
}

// retriesItself reports whether a function calls the library, so that its marks are its own.
func (c *closure) retriesItself(decl *ast.FuncDecl) bool {
	found := false
	ast.Inspect(decl.Body, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			name, _ := library.Entry(syntax.Callee(c.Info, call))
			found = found || name == c.library
		}
		return !found
	})
	return found
}

// permanent turns marks of errors that end the retries into the runtime's, or into a condition where all that an attempt
// returns is one error.
func (c *closure) permanent() string {
	if decl := c.ownMarks(); decl != nil {
		return c.permanentIn(decl)
	}
	if name := c.markedElsewhere(); name != "" {
		return name + " marks errors for the library; let it return retry.Permanent first"
	}
	lit := c.site.Work.Lit
	if lit == nil {
		return ""
	}
	if c.usesType(lit, "PermanentError", "RetryAfterError") {
		return "the work makes errors of the library itself"
	}
	marks := c.marks(lit)
	if len(marks) == 0 {
		return ""
	}
	if !c.judged && c.condition(lit, marks) {
		return ""
	}
	patches, why := c.unmarked(lit, marks)
	c.site.Work.Patches = append(c.site.Work.Patches, patches...)
	return why
}

// permanentIn turns the marks in a function that only the work calls, and those of the work.
func (c *closure) permanentIn(decl *ast.FuncDecl) string {
	if c.usesType(decl, "PermanentError", "RetryAfterError") {
		return "the work makes errors of the library itself"
	}
	patches, why := c.unmarked(decl.Body, c.marks(decl.Body))
	c.site.Edits = append(c.site.Edits, patches...)
	if lit := c.site.Work.Lit; lit != nil && why == "" {
		patches, why = c.unmarked(lit, c.marks(lit))
		c.site.Work.Patches = append(c.site.Work.Patches, patches...)
	}
	return why
}

// unmarked replaces marks of the library by those of the runtime.
func (c *closure) unmarked(n ast.Node, marks []*ast.CallExpr) (patches []site.Patch, reason string) {
	for _, call := range marks {
		if c.isWrapped(n, call) {
			c.wrapped()
		}
		if syntax.Callee(c.Info, call).Name() == "RetryAfter" {
			if c.major < 7 || len(call.Args) != 2 || c.isNil(call.Args[1]) {
				return nil, "the work asks for waits by RetryAfter; let it return retry.After"
			}
			patches = append(patches, site.Patch{
				Pos: call.Pos(), End: call.End(), Text: site.Retry + ".After(" + c.Source(call.Args[1]) + ", " + c.Source(call.Args[0]) + ")",
			})
			c.site.Differ(differsAfter)
			continue
		}
		patches = append(patches, site.Patch{Pos: call.Fun.Pos(), End: call.Fun.End(), Text: site.Retry + ".Permanent"})
		c.site.Differ(differsMark)
	}
	return patches, ""
}

// isWrapped reports whether a mark is an argument of another call, such as fmt.Errorf.
func (c *closure) isWrapped(n ast.Node, mark *ast.CallExpr) bool {
	found := false
	ast.Inspect(n, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		found = found || ok && slices.ContainsFunc(call.Args, func(e ast.Expr) bool { return ast.Unparen(e) == mark })
		return !found
	})
	return found
}

// wrapped says what is different about an error around one that is marked.
func (c *closure) wrapped() {
	switch {
	case c.library == "backoff" && (c.major < 4 || c.older("v4.1.0")), c.library == "avast" && (c.major < 4 || c.older("v4.3.4")):
		c.site.Differ("an error around one that is not worth a retry ends the retries, too; before, only the marked error itself did")
	case c.library == "backoff":
		c.site.Differ("an error around one that is not worth a retry is returned whole; before, only what the mark was put on")
	}
}

const differsMark = "an error that is not worth a retry keeps its mark retry.Permanent: errors.Is and errors.As see through it, " +
	"== does not, and retries around this one stop too"

const differsAfter = "a wait that is asked for may be up to 10 % longer, and ends the retries if it is longer than cap, or than an hour " +
	"without one; the delays go on behind it, where they began anew before"

func (c *closure) patch(n ast.Node, text string) {
	c.site.Work.Patches = append(c.site.Work.Patches, site.Patch{Pos: n.Pos(), End: n.End(), Text: text})
}

// usesType reports whether a node mentions a type of the library.
func (c *closure) usesType(n ast.Node, names ...string) bool {
	found := false
	ast.Inspect(n, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok {
			return true
		}
		if t, ok := c.Info.Uses[id].(*types.TypeName); ok && t.Pkg() != nil && t.Pkg().Path() == c.path {
			for _, name := range names {
				found = found || t.Name() == name
			}
		}
		return true
	})
	return found
}

package rewrite

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"github.com/retrygen/retrygen/cmd/retrygen/internal/migrate/site"
)

// statement returns the statement around the call of the library, nil at package level.
func (d *draft) statement() ast.Stmt {
	path := d.Path(d.site.Call)
	for i := len(path) - 1; i >= 0; i-- {
		if s, ok := path[i].(ast.Stmt); ok {
			return s
		}
	}
	return nil
}

// call writes the call of the new function's wrapper.
func (d *draft) call(outs []*captured, ctx string) string {
	args := []string{d.context()}
	for _, p := range d.params {
		args = append(args, p.arg)
	}
	if len(outs) == 0 || d.site.Call == nil {
		d.callWrapper(d.wrapper, args)
		return ""
	}
	call := fmt.Sprintf("%s(%s)", d.wrapper, strings.Join(args, ", "))
	d.clear()
	if s := d.site.Work.Defined; s != nil {
		d.replace(s.Pos(), s.End(), "")
	}
	return d.bindCall(outs, call)
}

// bindCall has a statement with the call of a library assign more results.
func (d *draft) bindCall(outs []*captured, call string) string {
	var names []string
	for _, o := range outs {
		names = append(names, o.v.Name())
	}
	switch s := d.statement().(type) {
	case *ast.ExprStmt:
		if s.X == d.site.Call {
			d.replace(s.Pos(), s.End(), strings.Join(names, ", ")+strings.Repeat(", _", len(d.results))+" = "+call)
			return ""
		}
	case *ast.AssignStmt:
		if len(s.Rhs) != 1 || ast.Unparen(s.Rhs[0]) != d.site.Call {
			break
		}
		if s.Tok == token.DEFINE {
			scope := d.scopeBefore(s.Pos())
			for _, o := range outs {
				if o.v.Parent() != scope {
					return "a result of the new function is a variable of another scope"
				}
			}
		}
		d.replace(s.Lhs[0].Pos(), s.Lhs[0].Pos(), strings.Join(names, ", ")+", ")
		d.replace(d.site.Call.Pos(), d.site.Call.End(), call)
		return ""
	}
	return "the work assigns variables, and the call does not stand in an assignment"
}

// scopeBefore returns the scope that a statement stands in.
func (d *draft) scopeBefore(pos token.Pos) *types.Scope { return d.Types.Scope().Innermost(pos - 1) }

// declaredInStmts reports whether one of the replaced statements itself declares a variable.
func (d *draft) declaredInStmts(v *types.Var) bool {
	for _, s := range d.site.Stmts {
		if decl, ok := s.(*ast.DeclStmt); ok && decl.Pos() <= v.Pos() && v.Pos() < decl.End() {
			return true
		}
	}
	return false
}

// bindLoop writes the statements that replace a loop.
func (d *draft) bindLoop(call string) {
	s := d.site
	from, to := s.Stmts[0].Pos(), s.Stmts[len(s.Stmts)-1].End()
	if s.Return {
		d.replace(from, to, s.Head+"return "+call)
		return
	}
	tail := s.Tail
	if strings.Contains(tail, site.Errors) {
		tail = strings.ReplaceAll(tail, site.Errors, d.pkg("errors", "errors"))
	}
	text := d.assignment(from, call)
	if rest, ok := strings.CutPrefix(tail, "if "); ok && s.Inline && !strings.Contains(text, "\n") {
		d.replace(from, to, s.Head+"if "+text+"; "+rest)
		return
	}
	if tail != "" {
		text += "\n" + tail
	}
	d.replace(from, to, s.Head+text)
}

// assignment assigns the results of a call to the variables that a loop has assigned.
func (d *draft) assignment(pos token.Pos, call string) string {
	var names, fresh, existing []string
	sameScope := true
	scope := d.scopeBefore(pos)
	add := func(v *types.Var) {
		names = append(names, v.Name())
		inside := false
		for _, n := range d.region() {
			inside = inside || n.Pos() <= v.Pos() && v.Pos() < n.End()
		}
		if inside || d.declaredInStmts(v) {
			typ := types.TypeString(v.Type(), types.RelativeTo(d.Types))
			if text, ok := d.typeText(v.Type()); ok {
				typ = text
			}
			fresh = append(fresh, "var "+v.Name()+" "+typ+"\n")
			return
		}
		existing = append(existing, v.Name())
		sameScope = sameScope && v.Parent() == scope
	}
	if d.lifted {
		outs, _ := d.outs()
		for _, o := range outs {
			add(o.v)
		}
	}
	for _, y := range d.site.Work.Yields {
		add(y)
	}
	if id, ok := d.site.Work.Err.(*ast.Ident); ok {
		if v, ok := d.Info.ObjectOf(id).(*types.Var); ok {
			add(v)
		}
	} else {
		names, fresh = append(names, "err"), append(fresh, "var err error\n")
	}
	left := strings.Join(names, ", ")
	switch {
	case len(fresh) == 0:
		return left + " = " + call
	case len(existing) == 0 || sameScope:
		return left + " := " + call
	}
	return strings.Join(fresh, "") + left + " = " + call
}

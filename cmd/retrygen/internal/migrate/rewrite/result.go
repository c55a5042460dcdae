package rewrite

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"github.com/retrygen/retrygen/internal/syntax"
)

// outs lists the variables that the work assigns for the code behind it. The reason says why they cannot be results.
func (d *draft) outs() (list []*captured, reason string) {
	err := d.errorVar()
	for _, c := range d.captured {
		switch {
		case c.shared:
			return nil, c.v.Name() + " is shared with the code around"
		case !c.writes || c.v == err:
		case !d.assignedFirst(c.v):
			return nil, c.v.Name() + " keeps its value from one attempt to the next"
		default:
			list = append(list, c)
		}
	}
	return list, ""
}

// errorVar returns the variable outside of the work that gets the error of the call anyway, nil if there is none.
func (d *draft) errorVar() *types.Var {
	var e ast.Expr
	if d.site.Call == nil {
		e = d.site.Work.Err
	} else if assign, ok := d.statement().(*ast.AssignStmt); ok && len(assign.Rhs) == 1 && ast.Unparen(assign.Rhs[0]) == d.site.Call {
		e = assign.Lhs[len(assign.Lhs)-1]
	}
	if id, ok := e.(*ast.Ident); ok {
		if v, ok := d.Info.ObjectOf(id).(*types.Var); ok {
			for _, c := range d.captured {
				if c.v == v {
					return v
				}
			}
		}
	}
	return nil
}

// assignedFirst reports whether the work assigns a variable before it reads it and before it can end.
func (d *draft) assignedFirst(v *types.Var) bool {
	list := d.site.Work.Block
	if lit := d.site.Work.Lit; lit != nil {
		list = lit.Body.List
	}
	for _, s := range list {
		stmt := s
		if branch, ok := s.(*ast.IfStmt); ok && branch.Init != nil {
			stmt = branch.Init
		}
		if assign, ok := stmt.(*ast.AssignStmt); ok && assign.Tok == token.ASSIGN {
			read, set := false, false
			for _, e := range assign.Rhs {
				read = read || syntax.Mentions(d.Info, e, v)
			}
			for _, e := range assign.Lhs {
				id, ok := ast.Unparen(e).(*ast.Ident)
				set = set || ok && d.Info.Uses[id] == v
			}
			if set || read {
				return set && !read
			}
		}
		if syntax.Mentions(d.Info, s, v) || ends(s) {
			return false
		}
	}
	return false
}

// ends reports whether a statement has a return or a jump of its own.
func ends(s ast.Stmt) bool {
	found := false
	syntax.InspectOwn(s, func(n ast.Node) {
		switch n.(type) {
		case *ast.ReturnStmt, *ast.BranchStmt:
			found = true
		}
	})
	return found
}

// resultText writes the results of the new function, and those of its wrapper.
func (d *draft) resultText(outs []*captured) (own, stub, reason string) {
	var names, list []string
	named := len(outs) > 0
	for _, o := range outs {
		typ, ok := d.typeText(o.v.Type())
		if !ok {
			return "", "", "the type of " + o.v.Name() + " has no name outside of the function"
		}
		names, list = append(names, o.v.Name()), append(list, typ)
	}
	for _, t := range d.results {
		typ, ok := d.typeText(t)
		if !ok {
			return "", "", "the type of a result has no name outside of the function"
		}
		names, list = append(names, "_"), append(list, typ)
	}
	if v := d.errorVar(); v != nil && d.writes(v) && (named || d.returned() == nil) {
		names[len(names)-1], named = v.Name(), true
	}
	if lit := d.site.Work.Lit; lit != nil && lit.Type.Results != nil && len(lit.Type.Results.List[0].Names) > 0 {
		if named {
			return "", "", "the results of the closure have names"
		}
		return d.text(lit.Type.Results.Pos(), lit.Type.Results.End(), d.site.Work.Patches), "(" + strings.Join(list, ", ") + ")", ""
	}
	stub = "(" + strings.Join(list, ", ") + ")"
	switch {
	case named:
		for i := range list {
			list[i] = names[i] + " " + list[i]
		}
		return "(" + strings.Join(list, ", ") + ")", stub, ""
	case len(list) == 1:
		return list[0], stub, ""
	}
	return stub, stub, ""
}

func (d *draft) writes(v *types.Var) bool {
	for _, c := range d.captured {
		if c.v == v {
			return c.writes
		}
	}
	return false
}

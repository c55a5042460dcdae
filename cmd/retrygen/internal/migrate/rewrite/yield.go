package rewrite

import (
	"go/ast"
	"go/types"
	"slices"

	"github.com/retrygen/retrygen/cmd/retrygen/internal/migrate/site"
	"github.com/retrygen/retrygen/internal/syntax"
)

// keepDeclared leaves declarations in front of a loop where they are: the function value assigns to their variables.
func (d *draft) keepDeclared() {
	own := *d.site
	for len(own.Stmts) > 1 {
		if _, ok := own.Stmts[0].(*ast.DeclStmt); !ok {
			break
		}
		own.Stmts = own.Stmts[1:]
	}
	d.site = &own
}

// yieldAsked makes results of the variables around the work that it assigns and the policy asks for. A function value shares
// them with the code around, but a condition of the directive sees results alone.
func (d *draft) yieldAsked() {
	if d.site.Call != nil {
		return
	}
	own := *d.site
	for _, c := range d.captured {
		if c.writes && !c.shared && c.v != d.errorVar() && d.asked(c.v) && d.assignedFirst(c.v) && !slices.Contains(own.Work.Yields, c.v) {
			own.Work.Yields = append(slices.Clip(own.Work.Yields), c.v)
		}
	}
	if len(own.Work.Yields) == len(d.site.Work.Yields) {
		return
	}
	d.site, d.results = &own, nil
	for _, v := range own.Work.Yields {
		d.results = append(d.results, v.Type())
	}
	d.results = append(d.results, syntax.ErrorType)
}

// asked reports whether the policy asks for a variable as a result.
func (d *draft) asked(v *types.Var) bool {
	return slices.ContainsFunc(d.site.Policy, func(o site.Option) bool {
		if o.Hook == nil {
			return false
		}
		_, word := o.Hook.Words[v]
		return word || slices.ContainsFunc(o.Hook.Args, func(a site.Arg) bool { return a.Var == v })
	})
}

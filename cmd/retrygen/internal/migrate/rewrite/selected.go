package rewrite

import (
	"go/types"

	"github.com/retrygen/retrygen/internal/syntax"
)

// hooksMention reports whether code of the policy uses a variable, which is a parameter then.
func (d *draft) hooksMention(v *types.Var) bool {
	for _, o := range d.site.Policy {
		if o.Hook == nil {
			continue
		}
		for _, n := range o.Hook.Parts {
			if syntax.Mentions(d.Info, n, v) {
				return true
			}
		}
	}
	return false
}

// selectsOften reports whether several values of the policy are fields of one variable.
func (d *draft) selectsOften(v *types.Var) bool {
	n := 0
	for _, o := range d.site.Policy {
		for _, e := range o.Operands {
			id, path := selection(d.Info, d.withoutConversion(o.Name, e))
			if id != nil && path != "" && d.Info.Uses[id] == v {
				n++
			}
		}
	}
	return n > 1
}

package flows

import (
	"fmt"
	"go/token"
	"go/types"

	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/directive"
)

// Of a result that cannot be given again, RL208 says everything: that it is shared is no finding besides.
var _ = Checks.Add("RL208", check.EachTask(rl208)).Over("RL209")

// rl208 finds results with a checkpoint that a later attempt cannot use. It reports the first of a function: the function
// has to change as a whole.
func rl208(p *check.Pass, fn *directive.Func) {
	if fn.Checkpoint == nil {
		return
	}
	reported := false
	for i := range fn.Sig.Results().Len() - 1 {
		result := fn.Sig.Results().At(i)
		field, harm := resourceIn(result.Type(), p.Pkg)
		if harm == "" {
			continue
		}
		p.Claim(result)
		if !reported {
			reported = true
			resource(p, fn, result.Type(), field, harm)
		}
	}
}

func resource(p *check.Pass, fn *directive.Func, t types.Type, field, harm string) {
	subject := "which"
	if field != "" {
		subject = "whose " + field
	}
	pos := checkpointOption(fn)
	p.Report(check.Finding{Pos: pos, End: p.WordEnd(pos), Message: fmt.Sprintf(
		"the result of %s is remembered: a later attempt of the flow gets the same %s again, %s %s; return its content as plain data",
		fn.Name, types.TypeString(t, shortNames(p.Pkg)), subject, harm)})
}

// shortNames writes the types of other packages with the names of the packages.
func shortNames(home *types.Package) types.Qualifier {
	return func(pkg *types.Package) string {
		if pkg == home {
			return ""
		}
		return pkg.Name()
	}
}

// checkpointOption returns the position of the option if it was written for this function, else of the directive,
// where checkpoint=none would stand.
func checkpointOption(fn *directive.Func) token.Pos {
	if option := fn.Policy.Checkpoint; option.IsSet() && option.Origin.Layer == 0 {
		return token.Pos(option.Pos)
	}
	return fn.Pos
}

package funcs

import (
	"go/token"
	"go/types"
	"slices"

	"github.com/retrygen/retrygen/analyzer/internal/check"
	"github.com/retrygen/retrygen/internal/directive"
)

var _ = Checks.Add("RL213", check.EachTask(rl213))

// rl213 finds error types in the policies of remote tasks whose values are not whole at the caller.
func rl213(p *check.Pass, fn *directive.Func) {
	if fn.Remote == nil {
		return
	}
	for _, m := range slices.Concat(fn.On, fn.Except) {
		field := lostField(m.Type)
		if !m.IsType || field == "" {
			continue
		}
		option := fn.Policy.On.Pos
		if slices.ContainsFunc(fn.Except, func(e directive.Match) bool { return e.IsType && types.Identical(e.Type, m.Type) }) {
			option = fn.Policy.Except.Pos
		}
		pos := token.Pos(option)
		p.Report(check.Finding{Pos: pos, End: p.WordEnd(pos), Message: "a caller of " + fn.Name + " finds " +
			types.TypeString(m.Type, types.RelativeTo(p.Pkg)) + " in its error without the field " + field +
			": JSON carries it from the worker to the caller; export the field, or give the type MarshalJSON and UnmarshalJSON"})
		return
	}
}

// lostField returns the first field of an error type that JSON leaves out, "" if there is none or the type has its own
// encoding. Errors in fields go as texts.
func lostField(t types.Type) string {
	if pointer, ok := types.Unalias(t).(*types.Pointer); ok {
		t = pointer.Elem()
	}
	for _, method := range []string{"MarshalJSON", "MarshalText"} {
		if object, _, _ := types.LookupFieldOrMethod(t, true, nil, method); object != nil {
			return ""
		}
	}
	u, ok := t.Underlying().(*types.Struct)
	if !ok {
		return ""
	}
	for field := range u.Fields() {
		if !field.Exported() && field.Name() != "_" {
			return field.Name()
		}
	}
	return ""
}

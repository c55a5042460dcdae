package directive

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"slices"

	"github.com/retrygen/retrygen/internal/policy"
)

// layer is a policy from one source, with the scope that the names in it resolve in.
type layer struct {
	policy   policy.Policy
	scope    scope
	constant *types.Const // the policy constant it was read from, nil for any other source
	value    *Ref         // the policy value that it names, nil if it names none
}

// merge returns the policy that a stack of layers makes. The origins of its options are indices of the stack.
func merge(stack []layer) policy.Policy {
	var policies []policy.Policy
	for _, l := range stack {
		policies = append(policies, l.policy)
	}
	return policy.Merge(policies...)
}

// stack reads the lines above one declaration and puts what they inherit below them, nearest first.
func (f *finder) stack(lines []line, fn *Func) ([]layer, bool) {
	own, ok := f.layers(lines, policy.FromDirective, fn)
	all := append(own, f.defaults[lines[0].kind]...)
	for i := range all {
		all[i].scope.receiver, all[i].scope.function = fn.Self, fn.Type != nil
	}
	return all, ok
}

// layers returns the options of the lines above one declaration, with the policies they name below. There are no lines
// above an interface of which only methods are annotated. The function is nil above an interface.
func (f *finder) layers(lines []line, source policy.Source, fn *Func) ([]layer, bool) {
	if len(lines) == 0 {
		return nil, true
	}
	before := len(f.problems)
	var joined policy.Policy
	for _, l := range lines {
		f.report(l.problems)
		both, problems := joined.Join(l.options)
		f.report(problems)
		joined = both
	}
	f.report(joined.Check())
	top := layer{policy: joined.From(source), scope: scope{pkg: f.Types, file: lines[0].file}}
	if fn != nil {
		top.scope = top.scope.in(fn)
	}
	all := f.expand(top, lines[0].file, nil)
	return all, len(f.problems) == before
}

// expand puts the policy constant that a layer names below it, or keeps the policy value in it. The directive stands in the file use, nil where that is not known.
func (f *finder) expand(l layer, use *ast.File, seen []*types.Const) []layer {
	layers := []layer{l}
	if !l.policy.Policy.IsSet() {
		return layers
	}
	pos, name := token.Pos(l.policy.Policy.Pos), l.policy.Policy.Value
	ref, err := f.resolve(name, l.scope)
	if err != nil {
		f.problem(pos, "policy=%s: %v", name, err)
		return layers
	}
	object, _ := ref.Object.(*types.Const)
	if object == nil || len(ref.Path) > 0 || object.Val().Kind() != constant.String {
		written := f.describe(ref)
		err := f.nameable(ref)
		switch {
		case isPolicy(ref) && err == nil:
			layers[0].value = ref
			return layers
		case err != nil:
			f.problem(pos, "policy=%s%v", name, err)
			return layers
		}
		f.problem(pos, "policy=%s is %s; want a string constant of options, or a value of type retry.Policy", name, written)
		return layers
	}
	if slices.Contains(seen, object) {
		f.problem(pos, "policy=%s: the policy names itself", name)
		return layers
	}
	if f.Varies != nil && use != nil {
		if why := f.Varies(object, use); why != "" {
			const message = "policy=%s: %s, which not every build with this file has; declare the policy where every build has it"
			f.problem(pos, message, name, why)
		}
	}
	below := f.constantLayer(object, pos)
	return append(layers, f.expand(below, use, append(seen, object))...)
}

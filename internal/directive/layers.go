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
	f.valuesOf(all)
	return all, ok
}

// valuesOf resolves the policy values in layers that functions share and that are members of the receiver. Other receivers
// may have those that this one lacks.
func (f *finder) valuesOf(stack []layer) {
	for i := range stack {
		l := &stack[i]
		if !l.ofReceiver() {
			continue
		}
		ref, err := f.resolve(l.policy.Policy.Value, l.scope)
		switch setting := l.policy.Policy; {
		case err == nil:
			l.value = f.policyRef(l.policy, ref)
		case !setting.Origin.OfOthers():
			f.problem(token.Pos(setting.Pos), "policy=%s: %v", setting.Value, err)
		}
	}
}

// ofReceiver reports whether a layer that functions share names a policy value of the receiver.
func (l *layer) ofReceiver() bool {
	return l.scope.body == nil && l.policy.Policy.IsSet() && l.policy.Policy.Value.OfReceiver()
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

// expand puts the policy constant that a layer names below it, or keeps the policy value in it. The directive stands in the
// file use, nil where that is not known. Members of the receiver are resolved for each function.
func (f *finder) expand(l layer, use *ast.File, seen []*types.Const) []layer {
	layers := []layer{l}
	if !l.policy.Policy.IsSet() || l.ofReceiver() {
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
		layers[0].value = f.policyRef(l.policy, ref)
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

// policyRef returns the policy value that policy= names, nil if it is none.
func (f *finder) policyRef(p policy.Policy, ref *Ref) *Ref {
	pos, name := token.Pos(p.Policy.Pos), p.Policy.Value
	written := f.describe(ref)
	err := f.nameable(ref)
	switch {
	case err != nil:
		f.problem(pos, "policy=%s%v", name, err)
	case !isPolicy(ref):
		f.problem(pos, "policy=%s is %s; want a string constant of options, or a value of type retry.Policy", name, written)
	default:
		return ref
	}
	return nil
}

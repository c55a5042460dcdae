package directive

import (
	"go/ast"
	"go/token"
	"go/types"
	"strconv"

	"github.com/retrygen/retrygen/internal/policy"
	"github.com/retrygen/retrygen/internal/values"
)

// condition resolves if= and finds the form that fits the signature.
func (s *settler) condition() {
	setting := &s.fn.Policy.If
	ref, from := s.name("if", setting, func(p *policy.Policy) policy.State { return p.If.State })
	if ref == nil {
		return
	}
	s.fn.If = s.asCondition(ref, s.fn)
	if s.fn.If == nil {
		s.unfit(from, setting.Pos, "if=%s is %s; want func(%s) bool or (time.Duration, bool), %safter a context.Context or retry.Attempt if it needs one",
			setting.Value, s.describe(ref), s.conditionParams(), s.orResults())
		*setting = policy.Setting[policy.Name]{}
	}
}

// conditionParams spells what a condition of this function may take.
func (s *settler) conditionParams() string {
	if s.fn.Error {
		return "error"
	}
	return s.tuple(s.fn.Sig.Results())
}

func (s *settler) orResults() string {
	if s.fn.Error && s.fn.Sig.Results().Len() > 1 {
		return "or all results (" + s.tuple(s.fn.Sig.Results()) + "), "
	}
	return ""
}

func (s *settler) tuple(tuple *types.Tuple) string {
	text := ""
	for v := range tuple.Variables() {
		if text != "" {
			text += ", "
		}
		text += types.TypeString(v.Type(), s.qualifier)
	}
	return text
}

// asCondition tries the forms of a condition, nil if none fits.
func (f *finder) asCondition(ref *Ref, fn *Func) *Condition {
	sig, ok := ref.Type.Underlying().(*types.Signature)
	if !ok {
		return nil
	}
	var all []types.Type
	for v := range fn.Sig.Results().Variables() {
		all = append(all, v.Type())
	}
	var forms []Condition
	if fn.Error {
		forms = append(forms, Condition{})
	}
	if !fn.Error || len(all) > 1 {
		forms = append(forms, Condition{Results: true})
	}
	for _, form := range forms {
		rest := []types.Type{errorType}
		if form.Results {
			rest = all
		}
		if f.tryCondition(ref, &form, rest) {
			return &form
		}
		if sig.Params().Len() == 0 {
			continue
		}
		first := sig.Params().At(0).Type()
		switch {
		case isContext(first):
			form.Leading = LeadingContext
		case isAttempt(first):
			form.Leading = LeadingAttempt
		default:
			continue
		}
		if f.tryCondition(ref, &form, append([]types.Type{first}, rest...)) {
			return &form
		}
	}
	return nil
}

// tryCondition reports whether a condition can be called with args and gives what a condition gives.
func (f *finder) tryCondition(ref *Ref, form *Condition, args []types.Type) bool {
	result, ok := f.call(ref, args)
	if !ok || result == nil {
		return false
	}
	form.Ref = *ref
	if types.Identical(result, types.Typ[types.Bool]) {
		return true
	}
	pair, ok := result.(*types.Tuple)
	form.Waits = ok && pair.Len() == 2 && values.IsNamed(pair.At(0).Type(), "time", "Duration") &&
		types.Identical(pair.At(1).Type(), types.Typ[types.Bool])
	return form.Waits
}

// discard resolves discard=.
func (s *settler) discard() {
	setting := &s.fn.Policy.Discard
	ref, from := s.name("discard", setting, func(p *policy.Policy) policy.State { return p.Discard.State })
	if ref == nil {
		return
	}
	results := s.fn.Sig.Results()
	var values []types.Type
	for v := range results.Variables() {
		values = append(values, v.Type())
	}
	if s.fn.Error {
		values = values[:len(values)-1]
	}
	if len(values) == 0 {
		s.unfit(from, setting.Pos, "discard=%s: %s has no results but its error, so there is nothing to release", setting.Value, s.fn.Name)
		*setting = policy.Setting[policy.Name]{}
		return
	}
	s.fn.Discard = s.asDiscard(ref, values)
	if s.fn.Discard == nil {
		s.unfit(from, setting.Pos, "discard=%s is %s; want a function of the results (%s)", setting.Value, s.describe(ref), s.tuple(results))
		*setting = policy.Setting[policy.Name]{}
	}
}

func (f *finder) asDiscard(ref *Ref, values []types.Type) *Discard {
	sig, ok := ref.Type.Underlying().(*types.Signature)
	if !ok || sig.Params().Len() == 0 {
		return nil
	}
	withError := append(values[:len(values):len(values)], errorType)
	for _, form := range []struct {
		Discard
		args []types.Type
	}{
		{Discard{Ref: *ref}, values},
		{Discard{Ref: *ref, Error: true}, withError},
		{Discard{Ref: *ref, Context: true}, append([]types.Type{sig.Params().At(0).Type()}, values...)},
		{Discard{Ref: *ref, Context: true, Error: true}, append([]types.Type{sig.Params().At(0).Type()}, withError...)},
	} {
		if form.Context && !isContext(sig.Params().At(0).Type()) {
			continue
		}
		if _, ok := f.call(ref, form.args); ok {
			return &form.Discard
		}
	}
	return nil
}

// call asks the type checker whether what a name means can be called with arguments of these types, and what the
// call gives: nil, a type, or a tuple. So assignability and the inference of type arguments are the compiler's own.
func (f *finder) call(ref *Ref, args []types.Type) (types.Type, bool) {
	sig, ok := ref.Type.Underlying().(*types.Signature)
	if !ok {
		return nil, false
	}
	if _, ok := ref.Object.(*types.TypeName); ok && len(ref.Path) == 0 {
		return nil, false
	}
	scratch := types.NewPackage("scratch", "scratch")
	plain := types.NewSignatureType(nil, nil, nil, sig.Params(), sig.Results(), sig.Variadic())
	if sig.TypeParams().Len() > 0 && len(ref.Path) == 0 {
		plain = sig
	}
	scratch.Scope().Insert(types.NewFunc(token.NoPos, scratch, "f", plain))
	expr := &ast.CallExpr{Fun: ast.NewIdent("f")}
	for i, arg := range args {
		name := "a" + strconv.Itoa(i)
		scratch.Scope().Insert(types.NewVar(token.NoPos, scratch, name, arg))
		expr.Args = append(expr.Args, ast.NewIdent(name))
	}
	info := &types.Info{Types: map[ast.Expr]types.TypeAndValue{}}
	if err := types.CheckExpr(token.NewFileSet(), scratch, token.NoPos, expr, info); err != nil {
		return nil, false
	}
	if result := info.Types[expr]; !result.IsVoid() {
		return result.Type, true
	}
	return nil, true
}

// describe says what a name turned out to be.
func (f *finder) describe(ref *Ref) string {
	if _, ok := ref.Object.(*types.TypeName); ok && len(ref.Path) == 0 {
		return "a type"
	}
	if ref.Type == types.Typ[types.Invalid] {
		return "of a type that cannot be determined"
	}
	return types.TypeString(ref.Type, f.qualifier)
}

// qualifier writes types as the package itself would.
func (f *finder) qualifier(pkg *types.Package) string {
	if pkg == f.Types {
		return ""
	}
	return pkg.Name()
}

// checkNames checks the names in shared options: that they resolve, and that errors are errors. What they are
// used for is checked for each function.
func (f *finder) checkNames(layers []layer) {
	for _, l := range layers {
		p := &l.policy
		for _, option := range []struct {
			name    string
			setting policy.Setting[policy.Name]
		}{{"if", p.If}, {"budget", p.Budget}, {"notify", p.Notify}, {"discard", p.Discard}} {
			if !option.setting.IsSet() || option.setting.Value[0] == '.' {
				continue
			}
			if _, err := f.resolve(option.setting.Value, l.where); err != nil {
				f.problem(token.Pos(option.setting.Pos), "%s=%s: %v", option.name, option.setting.Value, err)
			}
		}
		if d := p.Delay; d.IsSet() && d.Value.Kind == policy.Func && d.Value.Func[0] != '.' {
			if ref, err := f.resolve(d.Value.Func, l.where); err != nil {
				f.problem(token.Pos(d.Pos), "delay=%s: %v", d.Value.Func, err)
			} else if f.asSchedule(ref) == nil {
				f.problem(token.Pos(d.Pos), "delay=%s is %s; want func(retry int) time.Duration, with a second parameter error or retry.Attempt if it needs one", d.Value.Func, f.describe(ref))
			}
		}
		for _, option := range []struct {
			name    string
			setting policy.Setting[[]policy.ErrorName]
		}{{"on", p.On}, {"except", p.Except}} {
			for _, entry := range option.setting.Value {
				if _, err := f.asMatch(entry, l.where); err != nil {
					f.problem(token.Pos(option.setting.Pos), "%s=%s: %v", option.name, entry, err)
				}
			}
		}
	}
}

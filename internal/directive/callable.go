package directive

import (
	"go/ast"
	"go/token"
	"go/types"
	"strconv"
	"strings"

	"github.com/retrygen/retrygen/internal/policy"
)

// isType reports whether a name means a type.
func (r *Ref) isType() bool {
	_, ok := r.Object.(*types.TypeName)
	return ok && len(r.Path) == 0
}

// params returns the parameters of the function that a name means, nil if it is not a function.
func (r *Ref) params() *types.Tuple {
	sig, ok := r.Type.Underlying().(*types.Signature)
	if !ok {
		return nil
	}
	return sig.Params()
}

// call asks the type checker whether what a name means can be called with arguments of these types, and what the
// call returns: nil, a type, or a tuple. So assignability and the inference of type arguments are the compiler's own.
func (f *finder) call(ref *Ref, args []types.Type) (types.Type, bool) {
	var list []types.Object
	for i, arg := range args {
		list = append(list, types.NewVar(token.NoPos, nil, "a"+strconv.Itoa(i), arg))
	}
	return f.callOf(ref, list)
}

// callNamed is call with the arguments of a call in a directive.
func (f *finder) callNamed(ref *Ref, call *Call) (types.Type, bool) {
	var list []types.Object
	for i, arg := range call.Args {
		name := "a" + strconv.Itoa(i)
		object := types.Object(types.NewVar(token.NoPos, nil, name, arg.Type))
		switch o := arg.Object.(type) {
		case *types.TypeName:
			return nil, false
		case *types.Const:
			if arg.Constant && len(arg.Path) == 0 {
				object = types.NewConst(token.NoPos, nil, name, o.Type(), o.Val())
			}
		case *types.Func:
			if len(arg.Path) == 0 && !arg.Called {
				object = types.NewFunc(token.NoPos, nil, name, o.Signature())
			}
		}
		list = append(list, object)
	}
	return f.callOf(ref, list)
}

func (f *finder) callOf(ref *Ref, args []types.Object) (types.Type, bool) {
	sig, ok := ref.Type.Underlying().(*types.Signature)
	if !ok || ref.isType() {
		return nil, false
	}
	scratch := types.NewPackage("scratch", "scratch")
	plain := types.NewSignatureType(nil, nil, nil, sig.Params(), sig.Results(), sig.Variadic())
	if sig.TypeParams().Len() > 0 && len(ref.Path) == 0 {
		plain = sig
	}
	scratch.Scope().Insert(types.NewFunc(token.NoPos, scratch, "f", plain))
	expr := &ast.CallExpr{Fun: ast.NewIdent("f")}
	for _, arg := range args {
		scratch.Scope().Insert(arg)
		expr.Args = append(expr.Args, ast.NewIdent(arg.Name()))
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

// uncallable reports a call that the option cannot use.
func (s *fitter) uncallable(option string, f policy.Callee, ref *Ref, call *Call, want string) {
	if len(call.Args) == 0 && s.fitsAlone(option, ref) {
		written, right := option+"="+f.String(), option+"="+f.Name.String()
		s.unfit(option, "%s: %v", written, misread(written, right, "the loop calls it with what it takes; write %s", right))
		return
	}
	var args []string
	for _, arg := range call.Args {
		args = append(args, s.describe(arg))
	}
	s.unfit(option, "%s=%s: %s is %s; want %s that can be called with (%s)",
		option, f, f.Name, s.describe(ref), want, strings.Join(args, ", "))
}

// fitsAlone reports whether an option can use a function by its name alone.
func (s *fitter) fitsAlone(option string, ref *Ref) bool {
	switch option {
	case "if":
		return s.asCondition(ref, s.fn) != nil
	case "discard":
		return s.asDiscard(ref, s.fn.results()) != nil
	case "delay":
		return s.asSchedule(ref) != nil
	}
	return isNotify(ref)
}

// describe says what a name turned out to be.
func (f *finder) describe(ref *Ref) string {
	if ref.isType() {
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

// checkNames checks the names in shared options: that they resolve, that errors are errors and schedules are schedules.
// What else they are used for is checked for each function.
func (f *finder) checkNames(layers []layer) {
	for _, l := range layers {
		for _, use := range l.policy.Names() {
			if use.Kind == policy.Constant || use.ErrorName.Name.OfReceiver() && use.Kind != policy.Errors {
				continue
			}
			if use.Argument && isWord(use.Option.Name, use.ErrorName.Name) {
				continue
			}
			f.checkName(use, l.scope)
		}
		shared := l.policy
		f.jitter(&shared, l.scope)
		for _, o := range shared.Operands() {
			if !o.Name.OfReceiver() {
				f.checkOperand(shared.Spelled(o.Entry.Name), o, l.scope)
			}
		}
	}
}

// checkOperand checks a name in place of a number.
func (f *finder) checkOperand(option string, o policy.Operand, where scope) {
	ref, err := f.resolve(o.Name, where)
	if err != nil {
		f.unresolved(token.Pos(o.Pos), option, o.Name, o.Text, err)
		return
	}
	err = f.suits(option, o, ref)
	if err == nil && ref.Constant {
		err = inRange(o, ref.Object.(*types.Const))
	}
	if err != nil {
		f.problem(token.Pos(o.Pos), "%s=%s%v", option, o.Name, err)
	}
}

func (f *finder) checkName(use policy.NameUse, where scope) {
	if use.Kind == policy.Errors {
		if _, err := f.asMatch(use.ErrorName, where); err != nil {
			f.problem(token.Pos(use.Pos), "%s=%s: %v", use.Option.Name, use.ErrorName, err)
		}
		return
	}
	ref, err := f.resolve(use.ErrorName.Name, where)
	if err != nil {
		f.problem(token.Pos(use.Pos), "%s=%s: %v", use.Option.Name, use.ErrorName, err)
		return
	}
	if use.Kind == policy.Schedule && !use.Called && f.asSchedule(ref) == nil {
		if _, err := f.alone(ref); err != nil {
			f.problem(token.Pos(use.Pos), "delay=%s%v", use.ErrorName, err)
		}
	}
}

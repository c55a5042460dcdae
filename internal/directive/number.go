package directive

import (
	"cmp"
	"fmt"
	"go/constant"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/retrygen/retrygen/internal/policy"
	"github.com/retrygen/retrygen/internal/values"
)

// operand identifies a name in place of a number: names of one option are read in one scope.
type operand struct {
	option string
	name   policy.Name
}

// Number returns what a name in place of a number means, nil for a number that is written.
func (fn *Func) Number(option string, name policy.Name) *Ref {
	return fn.numbers[operand{option, name}]
}

// Numbers returns what the names in place of numbers mean, in the order of options and names.
func (fn *Func) Numbers() []*Ref {
	keys := slices.SortedFunc(maps.Keys(fn.numbers), func(a, b operand) int {
		return cmp.Or(strings.Compare(a.option, b.option), strings.Compare(string(a.name), string(b.name)))
	})
	var refs []*Ref
	for _, key := range keys {
		refs = append(refs, fn.numbers[key])
	}
	return refs
}

// numbers resolves the names in place of numbers. Constants get their values, so that they count as numbers.
func (s *fitter) numbers() {
	s.delay()
	s.jitter(&s.fn.Policy, s.scope(s.fn.Policy.Jitter.Origin))
	for _, o := range s.fn.Policy.Bindable() {
		option := s.fn.Policy.Spelled(o.Entry.Name)
		setting := policy.Setting[policy.Name]{State: o.State, Value: o.Name, Pos: o.Pos, Origin: o.Origin}
		ref := s.part(option, setting, o.Text)
		if ref == nil {
			continue
		}
		if err := s.bind(option, o, ref); err != nil {
			s.problem(token.Pos(o.Pos), "%s=%s%v", option, o.Name, err)
			s.fn.Policy = s.fn.Policy.Without(o.Option)
			continue
		}
		s.keep(o.Entry.Name, o.Name, ref)
	}
}

// jitter decides what a name alone is: the factor of a jitter, or a duration that waits spread by. A name that does not resolve
// is reported with the other numbers.
func (f *finder) jitter(p *policy.Policy, where scope) {
	name, alone := p.Jitter.Value.Alone()
	if !p.Jitter.IsSet() || !alone {
		return
	}
	ref, err := f.resolve(name, where)
	if err != nil {
		return
	}
	if isFunction(ref.Type) {
		ref.call()
	}
	if !ref.isType() && values.IsNamed(ref.Type, "time", "Duration") {
		p.Jitter.Value = policy.OfLength(name)
	}
}

// keep records what a name means.
func (s *fitter) keep(option string, name policy.Name, ref *Ref) {
	if s.fn.numbers == nil {
		s.fn.numbers = map[operand]*Ref{}
	}
	s.fn.numbers[operand{option, name}] = ref
}

// bind checks the type of a name in place of a number. A constant that is the same in every build gives the number its
// value. The error is the rest of a sentence that begins with the option.
func (s *fitter) bind(option string, o policy.Operand, ref *Ref) error {
	if err := s.suits(option, o, ref); err != nil {
		return err
	}
	if !ref.Constant {
		return nil
	}
	object := ref.Object.(*types.Const)
	if s.Varies != nil && s.Varies(object, s.fn.File) != "" {
		return nil // it is a variable to whoever looks at all builds
	}
	return inRange(o, object)
}

// inRange gives an operand the value of a constant, if it is in range.
func inRange(o policy.Operand, object *types.Const) error {
	if err := o.Bind(object.Val()); err != nil {
		if d, ok := constant.Int64Val(object.Val()); ok && o.Want == policy.WantLength {
			return fmt.Errorf(" is %s: %w", time.Duration(d), err)
		}
		return fmt.Errorf(" is %s: %w", object.Val(), err)
	}
	return nil
}

// suits checks that a name in place of a number has the type that is wanted. A function or method without parameters is
// called.
func (f *finder) suits(option string, o policy.Operand, ref *Ref) error {
	want := wanted[o.Want]
	if isUnlimited(ref) && o.Want == policy.WantCount {
		return misread(option+"="+string(o.Name), "retries=unlimited", " is a number for code; write retries=unlimited")
	}
	written := f.describe(ref)
	if err := f.nameable(ref); err != nil {
		return err
	}
	switch {
	case ref.isType():
		return fmt.Errorf(" is a type; want %s", want)
	case isFunction(ref.Type) && !ref.call():
		return fmt.Errorf(" is %s; want %s, or a function without parameters that returns one", written, want)
	case fits(o.Want, ref.Type):
		return nil
	case o.Want == policy.WantLength && unitless(ref.Type):
		return f.withoutUnit(ref)
	}
	return fmt.Errorf(" is %s; want %s", written, want)
}

// nameable checks that generated code can ask for everything on the way to a value whether it is nil. The error is the rest
// of a sentence that begins with the option.
func (f *finder) nameable(ref *Ref) error {
	if field := f.unseen(ref); field != nil {
		return fmt.Errorf(" is promoted through %s, which may be nil and which only its own package can name; name a method instead",
			field.Name())
	}
	return nil
}

// unseen returns an embedded field on the way to a value that may be nil and that this package cannot name, nil if there is
// none.
func (f *finder) unseen(ref *Ref) *types.Var {
	for _, s := range ref.Path {
		for _, field := range s.Through {
			_, pointer := field.Type().Underlying().(*types.Pointer)
			if (pointer || types.IsInterface(field.Type())) && !field.Exported() && field.Pkg() != f.Types {
				return field
			}
		}
	}
	return nil
}

// wanted says what an option wants.
var wanted = map[policy.Want]string{
	policy.WantCount: "an integer", policy.WantLength: "a time.Duration", policy.WantFactor: "a float or an integer",
}

// fits reports whether a value of a type can be used as a number. A duration is neither a count nor a factor.
func fits(want policy.Want, t types.Type) bool {
	if want == policy.WantLength || values.IsNamed(t, "time", "Duration") {
		return want == policy.WantLength && values.IsNamed(t, "time", "Duration")
	}
	if want == policy.WantCount {
		return hasInfo(t, types.IsInteger)
	}
	return hasInfo(t, types.IsInteger|types.IsFloat)
}

// unitless reports whether a type is that of numbers without a unit.
func unitless(t types.Type) bool { return hasInfo(t, types.IsNumeric) }

// hasInfo reports whether the type under a type is a basic one with a property.
func hasInfo(t types.Type, info types.BasicInfo) bool {
	if _, param := types.Unalias(t).(*types.TypeParam); param {
		return false
	}
	basic, ok := t.Underlying().(*types.Basic)
	return ok && basic.Info()&info != 0
}

// withoutUnit is the error of a number where a duration is wanted.
func (f *finder) withoutUnit(ref *Ref) error {
	if ref.Constant {
		value := ref.Object.(*types.Const).Val()
		such := constant.MakeInt64(5)
		if inSeconds(value) {
			such = value
		}
		return fmt.Errorf(" is %s, a number without a unit; want a time.Duration, such as %s*time.Second", value, such)
	}
	return fmt.Errorf(" is %s; want a time.Duration, such as 5*time.Second", f.describe(ref))
}

// inSeconds reports whether Go takes a number of seconds, written times time.Second, for a duration.
func inSeconds(value constant.Value) bool {
	d := constant.ToInt(constant.BinaryOp(value, token.MUL, constant.MakeInt64(int64(time.Second))))
	n, exact := constant.Int64Val(d)
	return exact && n > 0
}

// isUnlimited reports whether a name means the constant for unlimited retries.
func isUnlimited(ref *Ref) bool {
	object, ok := ref.Object.(*types.Const)
	return ok && object.Name() == "Unlimited" && object.Pkg() != nil && object.Pkg().Path() == RetryPath
}

func isFunction(t types.Type) bool {
	_, ok := t.Underlying().(*types.Signature)
	return ok
}

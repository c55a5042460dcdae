package site

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/types"
	"strconv"
	"strings"
	"time"
)

// Option is an option of the directive, in the order in which it is to be written.
type Option struct {
	Name string // "retries", "delay", "if"
	// Format is the value, where each %s stands for the next of Operands: "exponential(%s,base=2)". A percent sign of the
	// value itself is written %%. An option with a Hook has none.
	Format string
	// Operands are expressions of the program at the site, evaluated when the retries begin. They have the types that
	// the option takes: any integer, time.Duration, or a number.
	Operands []ast.Expr
	// Computed says that the operand is computed from its expression: "%s * 100". It is a parameter then.
	Computed string
	Imports  []string // packages of the standard library that Computed names
	Hook     *Hook    // for if, notify, delay and discard
}

// Len is how a count is computed from a list.
const Len = "len(%s)"

// Hook is code of the site that the directive calls by name: what a library is given as a function, or what a loop decides
// in its body. One of Func, Cond and Body is set.
type Hook struct {
	// Func is a function that is called with Args: words of the directive's language (err, retry, wait, attempt.Number).
	// If it is a literal it becomes a function of its own, with what it captures as further parameters.
	Func ast.Expr
	Args []Arg

	// Comment is written above the code of the hook, which is taken from there.
	Comment string

	// Cond is a condition. It becomes a function that returns it, or its opposite where Not is set. Words says which of its
	// variables are words of the directive's language, usually that of the error: {err: "err"}.
	Cond  ast.Expr
	Not   bool
	Words map[types.Object]string

	// Body is the text of a function's body that a recognizer has made of the code in Parts. Result is the type that it
	// returns: "bool", "time.Duration", or "". Words says which variables of Parts are words of the directive's language;
	// "" is one that Body declares itself. Args are further parameters, named like their words.
	Body   string
	Name   string // what Body is best called; "" for a name after the function around. Equal bodies of one name are one function.
	Parts  []ast.Node
	Result string
}

// WaitAgain is the Result of a condition that returns how long to wait, and whether to try again.
const WaitAgain = "wait, again"

// Arg is an argument of a hook.
type Arg struct {
	Word string // as it stands in the directive
	// Var is the variable that the word stands for, where that is a result of the attempt.
	Var types.Object
	// Type and Let adapt a literal whose parameter has another type, or counts otherwise: its parameter n becomes one of
	// Type, and "n := Let" its first statement, where %s in Let stands for the new parameter. Both are "" where the word is
	// just what the function wants.
	Type, Let string
}

// Text returns an option whose value is known.
func Text(name, value string) Option {
	return Option{Name: name, Format: strings.ReplaceAll(value, "%", "%%")}
}

// Duration writes a duration as directives have it: seconds as a plain number, anything else as 250ms or 1m30s.
func Duration(d time.Duration) string {
	switch {
	case d >= 0 && d < time.Minute && d%time.Second == 0:
		return strconv.FormatInt(int64(d/time.Second), 10)
	case d >= 0 && d < time.Minute && d > time.Second && d%(10*time.Millisecond) == 0:
		return strconv.FormatFloat(d.Seconds(), 'f', -1, 64)
	}
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

// Value is one value of an option: a known one as text, any other as an operand.
type Value struct {
	Known   constant.Value // nil if the value is known only at run time
	Expr    ast.Expr       // nil for a value that stands nowhere, such as a default of a library
	literal bool           // no name stands for it
}

// Value returns what an expression is: a constant value, or an operand. A constant that has a name keeps it.
func (p *Package) Value(e ast.Expr) Value {
	e = ast.Unparen(e)
	known := p.Info.Types[e].Value
	return Value{Known: known, Expr: e, literal: known != nil && !p.isNamed(e)}
}

// Constant returns a value that no expression of the program stands for.
func Constant(v any) Value {
	if d, ok := v.(time.Duration); ok {
		v = int64(d)
	}
	switch n := v.(type) {
	case int:
		v = int64(n)
	case float64:
		return Value{Known: constant.MakeFloat64(n), literal: true}
	}
	return Value{Known: constant.Make(v), literal: true}
}

// Known returns a value that has been computed, so that no expression of the program stands for it.
func Known(v constant.Value) Value { return Value{Known: v, literal: true} }

// IsSet reports whether there is a value at all.
func (v Value) IsSet() bool { return v.Known != nil || v.Expr != nil }

// isNamed reports whether an expression is the name of a constant at package level. The units of package time are no names
// for a value.
func (p *Package) isNamed(e ast.Expr) bool {
	var id *ast.Ident
	switch e := e.(type) {
	case *ast.Ident:
		id = e
	case *ast.SelectorExpr:
		id = e.Sel
	default:
		return false
	}
	c, ok := p.Info.Uses[id].(*types.Const)
	return ok && c.Pkg() != nil && c.Parent() == c.Pkg().Scope() && c.Pkg().Path() != "time"
}

// Number returns the format and the operands for a value that is a number.
func (v Value) Number() (format string, operands []ast.Expr) {
	if v.literal {
		return number(v.Known), nil
	}
	return "%s", []ast.Expr{v.Expr}
}

func number(v constant.Value) string {
	if i := constant.ToInt(v); i.Kind() == constant.Int {
		return i.ExactString()
	}
	f, _ := constant.Float64Val(v)
	return strconv.FormatFloat(f, 'f', -1, 64)
}

// Duration is like Number for a value that is a duration.
func (v Value) Duration() (format string, operands []ast.Expr) {
	if v.literal {
		n, _ := constant.Int64Val(constant.ToInt(v.Known))
		return Duration(time.Duration(n)), nil
	}
	return "%s", []ast.Expr{v.Expr}
}

// Int returns the value as an integer. It reports false if it is not known.
func (v Value) Int() (int64, bool) {
	if v.Known == nil {
		return 0, false
	}
	return constant.Int64Val(constant.ToInt(v.Known))
}

// Float returns the value as a number. It reports false if it is not known.
func (v Value) Float() (float64, bool) {
	if v.Known == nil {
		return 0, false
	}
	f, _ := constant.Float64Val(constant.ToFloat(v.Known))
	return f, true
}

// Numbers returns an option of a count: retries, attempts.
func Numbers(name string, v Value) Option {
	format, operands := v.Number()
	return Option{Name: name, Format: format, Operands: operands}
}

// Durations returns an option of a duration: cap, within, timeout, and delay where each wait is the same.
func Durations(name string, v Value) Option {
	format, operands := v.Duration()
	return Option{Name: name, Format: format, Operands: operands}
}

// Exponential returns an option delay=exponential(first,base=base). A base of 2 is not written, as it is the default.
func Exponential(first, base Value) Option {
	format, operands := first.Duration()
	if f, ok := base.Float(); !ok || f != 2 {
		more, others := base.Number()
		format, operands = fmt.Sprintf("%s,base=%s", format, more), append(operands, others...)
	}
	return Option{Name: "delay", Format: "exponential(" + format + ")", Operands: operands}
}

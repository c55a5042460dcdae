package render

import (
	"go/types"

	"github.com/retrygen/retrygen/internal/directive"
	"github.com/retrygen/retrygen/internal/policy"
)

// operand is a name in place of a number.
type operand struct {
	ref     *directive.Ref
	kind    kind
	convert func(code) code // converts what the name means to the type that is wanted; nil for no conversion
}

// kind is the type that a number has in generated code.
type kind int8

const (
	length  kind = iota // a time.Duration
	lengths             // a []time.Duration
	count               // an int
	factor              // a float64
	allower             // a guard with the method Allow
	waiter              // a guard with the method Wait

	policies // a retry.Policy
	budgets  // a *retry.Budget
)

// as writes what a name means with the type that is wanted.
func (o operand) as(value code) code {
	if o.convert == nil {
		return value
	}
	return o.convert(value)
}

// lasting reports whether a name means the same all through a call: a constant, or a parameter by itself.
func (o operand) lasting() bool {
	return o.ref.Constant || o.ref.Root == directive.RootParameter && len(o.ref.Path) == 0 && !o.ref.Called
}

// length writes a duration in the head of the loop. A value that only the running program knows is in a local.
func (fr *frame) length(option string, n policy.Length, want string) code {
	if n.Name() == "" {
		d, _ := n.Known()
		return fr.duration(d)
	}
	return fr.inHead(operand{ref: fr.fn.Number(option, n.Name())}, option, n.Name(), want)
}

// delayLength writes a duration of the schedule.
func (fr *frame) delayLength(n policy.Length, want string) code { return fr.length("delay", n, want) }

// factor writes a factor, a base or a percentage in the head of the loop.
func (fr *frame) factor(option string, n policy.Factor, want string) code {
	if n.Name() == "" {
		f, _ := n.Known()
		return number(f)
	}
	o := operand{ref: fr.fn.Number(option, n.Name()), kind: factor}
	if !isBasic(o.ref.Type, types.Float64) {
		o.convert = func(c code) code { return call(join(fr.predeclared("float64")), c) }
	}
	return fr.inHead(o, option, n.Name(), want)
}

// delays writes a list of durations that only the running program knows.
func (fr *frame) delays(name policy.Name) code {
	return fr.inHead(operand{ref: fr.fn.Number("delay", name), kind: lengths}, "delay", name, "delays")
}

// isBasic reports whether a type is a predeclared one, or that of a constant without a type.
func isBasic(t types.Type, kind types.BasicKind) bool {
	basic, ok := types.Unalias(t).(*types.Basic)
	return ok && (basic.Kind() == kind || basic.Info()&types.IsUntyped != 0)
}

// count describes the name that stands for the number of retries.
func (fr *frame) count() operand {
	retries := fr.fn.Policy.Retries.Value
	o := operand{ref: fr.fn.Number("retries", retries.Name()), kind: count}
	_, known := retries.Known()
	switch {
	case known && retries.Attempts:
		o.convert = func(c code) code { return join(fr.toInt(o.ref.Type, c), " - 1") }
	case retries.Attempts:
		o.convert = func(c code) code { return call(fr.loop("Attempts"), c) }
	default:
		o.convert = func(c code) code { return fr.toInt(o.ref.Type, c) }
	}
	return o
}

// toInt converts an integer to an int. Where that might overflow on some platform, a function limits it.
func (fr *frame) toInt(t types.Type, c code) code {
	if isBasic(t, types.Int) {
		return c
	}
	switch t.Underlying().(*types.Basic).Kind() {
	case types.Int, types.Int8, types.Int16, types.Int32, types.Uint8, types.Uint16:
		if !fr.hides("int") {
			return call(join(fr.predeclared("int")), c)
		}
	}
	return call(fr.loop("Int"), c)
}

package syntax

import (
	"go/ast"
	"go/types"
	"strings"
)

// A type is nil where it is unknown, in code that does not type-check. The functions below report false of it.

// ErrorType is the type error.
var ErrorType = types.Universe.Lookup("error").Type()

// IsError reports whether values of a type are errors.
func IsError(t types.Type) bool {
	return t != nil && types.Implements(t, ErrorType.Underlying().(*types.Interface))
}

// Underlying returns the underlying type of t, nil if that is unknown.
func Underlying(t types.Type) types.Type {
	if t == nil {
		return nil
	}
	return t.Underlying()
}

// IsErrorItself reports whether t is the type error.
func IsErrorItself(t types.Type) bool { return t != nil && types.Identical(t, ErrorType) }

// IsNamed reports whether t is path.name, or a pointer to it where the name begins with a star.
func IsNamed(t types.Type, path, name string) bool {
	if t == nil {
		return false
	}
	t = types.Unalias(t)
	if rest, ok := strings.CutPrefix(name, "*"); ok {
		p, ok := t.(*types.Pointer)
		return ok && IsNamed(p.Elem(), path, rest)
	}
	named, ok := t.(*types.Named)
	return ok && named.Obj().Name() == name && named.Obj().Pkg() != nil && named.Obj().Pkg().Path() == path
}

// IsContext reports whether t is context.Context.
func IsContext(t types.Type) bool { return IsNamed(t, "context", "Context") }

// DeliversTimes reports whether t is a channel of times, as timers and tickers have.
func DeliversTimes(t types.Type) bool {
	return IsNamed(Element(t), "time", "Time")
}

// DeliversNothing reports whether t is a channel of empty structs: there is nothing to learn from it but that it is closed.
func DeliversNothing(t types.Type) bool {
	element := Element(t)
	if element == nil {
		return false
	}
	s, ok := element.Underlying().(*types.Struct)
	return ok && s.NumFields() == 0
}

// Element returns the type of what a channel delivers, nil if t is no channel.
func Element(t types.Type) types.Type {
	if c, ok := Underlying(t).(*types.Chan); ok {
		return c.Elem()
	}
	return nil
}

// IsBool reports whether values of a type are true or false.
func IsBool(t types.Type) bool {
	basic, ok := Underlying(t).(*types.Basic)
	return ok && basic.Info()&types.IsBoolean != 0
}

// IsTest reports whether a type is that of a test or benchmark, or stands for one: it can end it.
func IsTest(t types.Type) bool { return HasMethod(t, "Errorf") && HasMethod(t, "FailNow") }

// HasMethod reports whether a type has an exported method of a name.
func HasMethod(t types.Type, name string) bool {
	if t == nil {
		return false
	}
	object, _, _ := types.LookupFieldOrMethod(t, true, nil, name)
	_, ok := object.(*types.Func)
	return ok
}

// Closes reports whether a type has a method Close without parameters.
func Closes(t types.Type) bool {
	if t == nil {
		return false
	}
	object, _, _ := types.LookupFieldOrMethod(t, true, nil, "Close")
	method, ok := object.(*types.Func)
	return ok && method.Signature().Params().Len() == 0
}

// ReadsBytes reports whether a type has the method of an io.Reader.
func ReadsBytes(t types.Type) bool {
	if t == nil {
		return false
	}
	object, _, _ := types.LookupFieldOrMethod(t, true, nil, "Read")
	method, ok := object.(*types.Func)
	if !ok || method.Signature().Params().Len() != 1 {
		return false
	}
	return types.Identical(method.Signature().Params().At(0).Type(), types.NewSlice(types.Typ[types.Byte]))
}

// Streams reports whether a result is likely to use the context of the call that returned it: an interface that is read and
// closed, or a stream of messages.
func Streams(t types.Type) bool {
	if t == nil {
		return false
	}
	if types.IsInterface(t) && Closes(t) && HasMethod(t, "Read") {
		return true
	}
	return types.IsInterface(t) && (HasMethod(t, "Recv") || HasMethod(t, "RecvMsg"))
}

// ReturnsError reports whether the last result of a call is an error.
func ReturnsError(info *types.Info, call *ast.CallExpr) bool {
	t := info.TypeOf(call)
	if results, ok := t.(*types.Tuple); ok {
		return lastIsError(results)
	}
	return IsErrorItself(t)
}

// MayFail reports whether the last result of functions of a type is an error.
func MayFail(t types.Type) bool {
	signature, ok := t.(*types.Signature)
	return ok && lastIsError(signature.Results())
}

func lastIsError(results *types.Tuple) bool {
	return results.Len() > 0 && IsErrorItself(results.At(results.Len()-1).Type())
}

// CarriesContext reports whether values of a type are contexts: context.Context, and structs and interfaces that embed one.
func CarriesContext(t types.Type) bool {
	if t == nil || IsContext(t) {
		return t != nil
	}
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	switch t := t.Underlying().(type) {
	case *types.Struct:
		for f := range t.Fields() {
			if f.Embedded() && IsContext(f.Type()) {
				return true
			}
		}
	case *types.Interface:
		for embedded := range t.EmbeddedTypes() {
			if CarriesContext(embedded) {
				return true
			}
		}
	}
	return false
}

// ContextField returns the first field of a struct, or of one that a pointer leads to, that is a context; nil if there is none.
func ContextField(t types.Type) *types.Var {
	if s := StructOf(t); s != nil {
		for f := range s.Fields() {
			if types.IsInterface(f.Type()) && CarriesContext(f.Type()) {
				return f
			}
		}
	}
	return nil
}

// StructOf returns the struct that a type is, or that a pointer leads to; nil if it is none, and for nil.
func StructOf(t types.Type) *types.Struct {
	if t == nil {
		return nil
	}
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	s, _ := t.Underlying().(*types.Struct)
	return s
}

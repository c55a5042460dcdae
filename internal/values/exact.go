package values

import (
	"go/types"
	"reflect"
	"strings"
	"unicode"
)

// Inexact says what part of a type encoding/json does not return as it was, and why, "" if it returns everything. The
// message begins with the path to that part.
func Inexact(t types.Type, pkg *types.Package, path string) string {
	w := exactness{pkg: pkg, names: map[*Node]map[string]string{}}
	Walk(t, path, w.visit)
	return w.why
}

// exactness visits the nodes of a type until it finds one that JSON does not return exactly.
type exactness struct {
	pkg   *types.Package
	names map[*Node]map[string]string // by JSON object: the fields by their names in lower case
	why   string
}

func (w *exactness) visit(n *Node) Next {
	if n.Held == Key || n.Held == Field && n.Object.Name() == "_" {
		return Skip // keys are looked at with their map
	}
	if n.Held == Field {
		if flattened(n) {
			return Enter
		}
		if w.why = w.field(n); w.why != "" {
			return Stop
		}
	}
	why, next := inexact(n)
	if why != "" {
		w.why = n.Path + " is " + spelled(n.Type, w.pkg) + ": " + why
		return Stop
	}
	return next
}

// inexact says why JSON does not return a type exactly, apart from what it holds.
func inexact(n *Node) (why string, next Next) {
	if why := inexactByName(n); why != "" || ExactByItself(n.Type) {
		return why, Skip
	}
	if param, ok := n.Type.(*types.TypeParam); ok {
		if basicOnly(param.Constraint(), exactBasic) {
			return "", Skip
		}
		return "its constraint allows types that JSON does not return equal; " +
			"constrain it to booleans, strings, integers and floats, as cmp.Ordered does", Stop
	}
	switch u := n.Type.Underlying().(type) {
	case *types.Basic:
		if exactBasic(u) {
			return "", Skip
		}
	case *types.Pointer:
		return inexactPointer(u)
	case *types.Slice, *types.Array, *types.Struct:
		return "", Enter
	case *types.Map:
		key, ok := u.Key().Underlying().(*types.Basic)
		if !ok || key.Info()&(types.IsString|types.IsInteger) == 0 || ownCoding(u.Key()) != "" {
			return "JSON has only maps with keys of strings and integers", Stop
		}
		return "", Enter
	case *types.Interface:
		return "JSON does not say which type it holds", Stop
	}
	return "JSON has no such values", Stop
}

// inexactByName says why JSON does not return a declared type exactly, by its name and methods.
func inexactByName(n *Node) string {
	switch name := ownCoding(n.Type); {
	case n.Again:
		return "it holds itself, and JSON has no circles"
	case IsBigInt(n.Type):
		return "JSON writes it correctly only behind a pointer; use a *big.Int"
	case ExactByItself(n.Type):
		return ""
	case IsNamed(n.Type, "time", "Time"):
		return "JSON drops its monotonic reading and the name of its location; use the Unix time, as int64, or its text"
	case IsNamed(n.Type, "encoding/json", "Number"):
		return "an empty one is written as 0; use a string"
	case name != "":
		return "what its method " + name + " writes may be read as another value; use a type of plain fields"
	}
	return ""
}

func inexactPointer(t *types.Pointer) (why string, next Next) {
	if IsBigInt(t.Elem()) {
		return "", Skip
	}
	switch t.Elem().Underlying().(type) {
	case *types.Pointer, *types.Slice, *types.Map:
		return "JSON has one null for the pointer and what it points to", Stop
	}
	return "", Enter
}

// flattened reports whether a field is an embedded struct whose fields JSON writes beside the fields of the struct that holds
// it.
func flattened(n *Node) bool {
	if n.Held != Field || !n.Object.(*types.Var).Embedded() {
		return false
	}
	_, isStruct := n.Type.Underlying().(*types.Struct)
	name, _, _ := jsonName(n.Tag)
	return isStruct && name == "" && !ExactByItself(n.Type) && ownCoding(n.Type) == "" && !IsNamed(n.Type, "time", "Time")
}

// jsonName reads the tag of a field.
func jsonName(tag string) (name, options, whole string) {
	whole = reflect.StructTag(tag).Get("json")
	name, options, _ = strings.Cut(whole, ",")
	return name, options, whole
}

// field says why JSON does not return a field, apart from its type.
func (w *exactness) field(n *Node) string {
	name, options, tag := jsonName(n.Tag)
	switch {
	case !n.Object.Exported():
		return n.Path + " is unexported, so that JSON leaves it out; export it, or use a type without it"
	case tag == "-":
		return n.Path + ` has the tag json:"-", so that JSON leaves it out; drop the tag, or use a type without it`
	case options != "":
		return n.Path + " has the JSON option " + options + ", which does not keep every value; drop it"
	case !plainName(name):
		return n.Path + " has the JSON name " + name + ", which encoding/json does not accept; drop the tag"
	}
	if name == "" {
		name = n.Object.Name()
	}
	if other := w.take(n, strings.ToLower(name)); other != "" {
		return n.Path + " has the same JSON name as " + other + " but for the case of letters; give it another in its tag"
	}
	if _, pointer := n.Type.Underlying().(*types.Pointer); pointer && n.Object.(*types.Var).Embedded() {
		return n.Path + " is an embedded pointer, which JSON flattens; give it a name"
	}
	return ""
}

// take reserves the name of a field in the JSON object that it is written to. It returns the field that has the name already.
func (w *exactness) take(n *Node, name string) (other string) {
	object := n.Above
	for flattened(object) {
		object = object.Above
	}
	if w.names[object] == nil {
		w.names[object] = map[string]string{}
	}
	if other = w.names[object][name]; other == "" {
		w.names[object][name] = n.Path
	}
	return other
}

// ExactByItself reports whether a type's own encoding returns every value, except for addresses that are not valid, which
// are an error when they are recorded.
func ExactByItself(t types.Type) bool { return IsBigInt(t) || isAddress(t) }

// plainName reports whether encoding/json accepts a name in a tag.
func plainName(name string) bool {
	for _, c := range name {
		if !unicode.IsLetter(c) && !unicode.IsDigit(c) && !strings.ContainsRune("!#$%&()*+-./:;<=>?@[]^_{|}~ ", c) {
			return false
		}
	}
	return true
}

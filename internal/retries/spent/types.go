package spent

import (
	"go/types"

	"github.com/retrygen/retrygen/internal/syntax"
)

// IsRequest reports whether a type is *http.Request.
func IsRequest(t types.Type) bool { return syntax.IsNamed(t, "net/http", "*Request") }

// IsReader reports whether values of a type are read once: they have the method Read, and are no network connection, which is
// read and written for as long as it lasts.
func IsReader(t types.Type) bool {
	if t == nil {
		return false
	}
	if basic, ok := t.Underlying().(*types.Basic); ok && basic.Kind() != types.Invalid {
		return false
	}
	if !syntax.ReadsBytes(t) {
		return decoders[t.String()]
	}
	return !syntax.HasMethod(t, "LocalAddr") && !syntax.HasMethod(t, "RemoteAddr")
}

// decoders are types of the standard library that read from a reader, and that have no method Read.
var decoders = syntax.NameSet("*encoding/json.Decoder", "*encoding/xml.Decoder", "*encoding/gob.Decoder", "*encoding/csv.Reader",
	"*bufio.Scanner", "*mime/multipart.Reader")

// isCommand reports whether a type is *exec.Cmd, which can be started once.
func isCommand(t types.Type) bool { return syntax.IsNamed(t, "os/exec", "*Cmd") }

// single reports whether values of a type can be used up.
func single(t types.Type) bool { return IsRequest(t) || IsReader(t) || isCommand(t) }

// carriers remembers which types hold something that can be used up.
type carriers map[types.Type]bool

// carries reports whether values of a type can be used up, or are structs with such a field.
func (c carriers) carries(t types.Type) bool {
	if t == nil {
		return false
	}
	t = types.Unalias(t)
	if p, ok := t.(*types.Pointer); ok {
		if named, ok := types.Unalias(p.Elem()).(*types.Named); ok {
			t = named // pointers are not unique
		}
	}
	if known, ok := c[t]; ok {
		return known
	}
	c[t] = false // of a type that holds itself
	c[t] = c.look(t)
	return c[t]
}

func (c carriers) look(t types.Type) bool {
	switch t.Underlying().(type) {
	case *types.Basic, *types.Signature, *types.Map, *types.Chan, *types.Slice, *types.Tuple:
		return false
	}
	if single(t) {
		return true
	}
	if _, isNamed := t.(*types.Named); isNamed && single(types.NewPointer(t)) {
		return true
	}
	s, ok := t.Underlying().(*types.Struct)
	if !ok {
		return false
	}
	for field := range s.Fields() {
		if single(field.Type()) {
			return true
		}
	}
	return false
}

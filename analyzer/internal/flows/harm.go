package flows

import (
	"go/types"
	"regexp"
	"strings"

	"github.com/retrygen/retrygen/internal/syntax"
)

// harms are the types whose values a later attempt cannot use, by what is wrong with them then.
var harms = []struct{ path, name, harm string }{
	{"context", "Context", "belongs to the attempt that made it"},
	{"context", "CancelFunc", "has been called by then"},
	{"context", "CancelCauseFunc", "has been called by then"},
	{"time", "Timer", "has fired or been stopped by then"},
	{"time", "Ticker", "has fired or been stopped by then"},
	{"net/http", "Request", "has been sent by then, with the context of an earlier attempt"},
	{"sync", "WaitGroup", "is shared by all attempts"},
	{"sync", "Cond", "is shared by all attempts"},
	{"golang.org/x/sync/semaphore", "Weighted", "is shared by all attempts"},
}

// harmOf returns what is wrong with a value of a type in a later attempt, by the type's name and methods, "" for nothing.
func harmOf(t types.Type) string {
	for _, h := range harms {
		if syntax.IsNamed(t, h.path, h.name) {
			return h.harm
		}
	}
	if !isData(t) && ends(t) {
		return "has been closed or used up by then"
	}
	return ""
}

// ends reports whether the values of a type are closed or used up at some time.
func ends(t types.Type) bool {
	return syntax.IsNamed(t, "database/sql", "Row") || hasEnd(t, "Close") || hasEnd(t, "Release") ||
		syntax.HasMethod(t, "Commit") && syntax.HasMethod(t, "Rollback") || syntax.Streams(t)
}

// hasEnd reports whether a type has a method of a name that ends its life: it takes nothing or a context, and returns nothing
// or an error.
func hasEnd(t types.Type, name string) bool {
	object, _, _ := types.LookupFieldOrMethod(t, true, nil, name)
	method, ok := object.(*types.Func)
	return ok && releases(method.Signature())
}

// releases reports whether a function has the signature of functions that release something.
func releases(sig *types.Signature) bool {
	params, results := sig.Params(), sig.Results()
	return (params.Len() == 0 || params.Len() == 1 && syntax.IsContext(params.At(0).Type())) &&
		(results.Len() == 0 || results.Len() == 1 && syntax.IsErrorItself(results.At(0).Type()))
}

var releaseName = regexp.MustCompile(`(?i)^(close|cancel|stop|clean|release|unlock|shutdown)`)

func lastName(path string) string { return path[strings.LastIndexByte(path, '.')+1:] }

// isData reports whether a type is a record of values, whatever its methods are called: an order that can be closed is not
// a file. A struct that hides all its fields is a handle, even if they are numbers.
func isData(t types.Type) bool {
	t = types.Unalias(t)
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = types.Unalias(p.Elem())
	}
	if basic, ok := t.Underlying().(*types.Basic); ok {
		return basic.Info()&types.IsString != 0
	}
	u, ok := t.Underlying().(*types.Struct)
	if !ok {
		return false
	}
	exported := u.NumFields() == 0
	for f := range u.Fields() {
		exported = exported || f.Exported() && !f.Embedded()
	}
	return exported && plain(t, map[types.Type]bool{})
}

// plain reports whether a value is made of basic values alone.
func plain(t types.Type, seen map[types.Type]bool) bool {
	t = types.Unalias(t)
	if seen[t] || syntax.IsNamed(t, "time", "Time") {
		return true
	}
	seen[t] = true
	switch u := t.Underlying().(type) {
	case *types.Basic:
		return u.Kind() != types.UnsafePointer
	case *types.Pointer:
		return plain(u.Elem(), seen)
	case *types.Slice:
		return plain(u.Elem(), seen)
	case *types.Array:
		return plain(u.Elem(), seen)
	case *types.Map:
		return plain(u.Key(), seen) && plain(u.Elem(), seen)
	case *types.Struct:
		if syntax.IsNamed(t, "sync", "Mutex") || syntax.IsNamed(t, "sync", "RWMutex") {
			return false
		}
		for f := range u.Fields() {
			if !plain(f.Type(), seen) {
				return false
			}
		}
		return true
	}
	return false
}

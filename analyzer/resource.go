package analyzer

import (
	"fmt"
	"go/token"
	"go/types"
	"regexp"
	"strings"

	"github.com/retrygen/retrygen/internal/directive"
)

// resources is RL208.
func (r *reporter) resources(fn *directive.Func) {
	if fn.Checkpoint == nil {
		return
	}
	for i := range fn.Sig.Results().Len() - 1 {
		t := fn.Sig.Results().At(i).Type()
		field, harm := resourceIn(t, r.Pkg)
		if harm == "" {
			continue
		}
		subject := "which"
		if field != "" {
			subject = "whose " + field
		}
		pos := r.placeOfCheckpoint(fn)
		r.report(finding{id: "RL208", pos: pos, end: pos + token.Pos(len(r.word(pos))), message: fmt.Sprintf(
			"what %s gives is remembered: a later attempt of the flow is given the same %s again, %s %s; give back what it holds, as plain data",
			fn.Name, types.TypeString(t, r.shortName), subject, harm)})
		return // it has to change as a whole
	}
}

// shortName writes the types of other packages with their names.
func (r *reporter) shortName(pkg *types.Package) string {
	if pkg == r.Pkg {
		return ""
	}
	return pkg.Name()
}

// placeOfCheckpoint is that of the option where it was written for this function, else that of the directive, where
// checkpoint=none would stand.
func (r *reporter) placeOfCheckpoint(fn *directive.Func) token.Pos {
	if option := fn.Policy.Checkpoint; option.IsSet() && option.Origin.Layer == 0 {
		return token.Pos(option.Pos)
	}
	return fn.Pos
}

// resourceSearch goes through what a type is made of: what its owner can reach, that is, and not what another package
// keeps to itself.
type resourceSearch struct {
	pkg    *types.Package
	seen   map[types.Type]bool
	behind bool // a field that points to something else, whose locks and hidden fields are its own affair
}

// resourceIn says what a later holder of a value suffers from, "" for nothing, and the field that it comes from.
func resourceIn(t types.Type, pkg *types.Package) (field, harm string) {
	if readable(t) {
		return "", "has been read by then"
	}
	s := resourceSearch{pkg: pkg, seen: map[types.Type]bool{}}
	return s.in(t, "")
}

// readable reports whether a value is a reader and nothing else.
func readable(t types.Type) bool {
	return types.IsInterface(t) && readsBytes(t) && !hasMethod(t, "Close") || isNamed(t, "bufio", "*Reader") || isNamed(t, "bufio", "*Scanner") ||
		isNamed(t, "strings", "*Reader") || isNamed(t, "bytes", "*Reader")
}

// in is resourceIn behind a path of fields.
func (s *resourceSearch) in(t types.Type, path string) (field, harm string) {
	t = types.Unalias(t)
	if s.seen[t] {
		return "", ""
	}
	s.seen[t] = true
	if harm := harmOf(t); harm != "" {
		return path, harm
	}
	if s.isLock(t, path) {
		return path, "is a lock that all attempts share"
	}
	switch u := t.Underlying().(type) {
	case *types.Chan:
		return path, "has been drained or closed by then"
	case *types.Signature:
		if releases(u) && (path == "" || releaseName.MatchString(lastName(path))) {
			return path, "has been called by then"
		}
	case *types.Pointer:
		outer := s.behind
		s.behind = outer || path != ""
		defer func() { s.behind = outer }()
		return s.in(u.Elem(), path)
	case *types.Slice:
		return s.in(u.Elem(), path)
	case *types.Array:
		if u.Len() != 0 {
			return s.in(u.Elem(), path)
		}
	case *types.Map:
		if field, harm := s.in(u.Key(), path); harm != "" {
			return field, harm
		}
		return s.in(u.Elem(), path)
	case *types.Struct:
		return s.inFields(u, path)
	}
	return "", ""
}

func (s *resourceSearch) inFields(u *types.Struct, path string) (field, harm string) {
	if path != "" {
		path += "."
	}
	for f := range u.Fields() {
		if !f.Exported() && (f.Pkg() != s.pkg || s.behind) {
			continue
		}
		if field, harm := s.in(f.Type(), path+f.Name()); harm != "" {
			return field, harm
		}
	}
	return "", ""
}

// isLock reports whether a value is a lock, or has one in itself that it shows.
func (s *resourceSearch) isLock(t types.Type, path string) bool {
	if s.behind || isData(t) || !hasMethod(t, "Lock") || !hasMethod(t, "Unlock") {
		return false
	}
	_, pointer := t.Underlying().(*types.Pointer)
	return path == "" || !pointer || isNamed(t, "sync", "*Mutex") || isNamed(t, "sync", "*RWMutex")
}

// harmOf says what is wrong with giving a value of a type to somebody who comes later, by the type's name and methods.
func harmOf(t types.Type) string {
	switch {
	case isContext(t):
		return "belongs to the attempt that made it"
	case isNamed(t, "context", "CancelFunc") || isNamed(t, "context", "CancelCauseFunc"):
		return "has been called by then"
	case isNamed(t, "time", "Timer") || isNamed(t, "time", "Ticker"):
		return "has fired or been stopped by then"
	case isNamed(t, "net/http", "Request"):
		return "has been sent by then, with the context of an earlier attempt"
	case isNamed(t, "sync", "WaitGroup") || isNamed(t, "sync", "Cond") || isNamed(t, "golang.org/x/sync/semaphore", "Weighted"):
		return "is shared by all attempts"
	case isData(t):
		return ""
	case isNamed(t, "database/sql", "Row") || hasEnd(t, "Close") || hasEnd(t, "Release") || hasMethod(t, "Commit") && hasMethod(t, "Rollback") || streams(t):
		return "has been closed or used up by then"
	}
	return ""
}

// hasEnd reports whether a type has a method that ends its life: one that takes nothing but perhaps a context, and gives
// nothing but perhaps an error.
func hasEnd(t types.Type, name string) bool {
	object, _, _ := types.LookupFieldOrMethod(t, true, nil, name)
	method, ok := object.(*types.Func)
	return ok && releases(method.Signature())
}

// releases reports whether a function has the form of one that releases something.
func releases(sig *types.Signature) bool {
	params, results := sig.Params(), sig.Results()
	return (params.Len() == 0 || params.Len() == 1 && isContext(params.At(0).Type())) &&
		(results.Len() == 0 || results.Len() == 1 && types.Identical(results.At(0).Type(), errorType))
}

var releaseName = regexp.MustCompile(`(?i)^(close|cancel|stop|clean|release|unlock|shutdown)`)

func lastName(path string) string { return path[strings.LastIndexByte(path, '.')+1:] }

// isData reports whether a type is a record of values, whatever its methods are called: an order that can be closed is no
// file. A struct that hides all its fields is a handle, even where they are numbers.
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
	if seen[t] || isNamed(t, "time", "Time") {
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
		if isNamed(t, "sync", "Mutex") || isNamed(t, "sync", "RWMutex") {
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

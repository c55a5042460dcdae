package flows

import (
	"go/types"

	"github.com/retrygen/retrygen/internal/syntax"
)

// resourceSearch goes through what a type is made of, as far as its owner can reach it: not into the hidden fields of other
// packages.
type resourceSearch struct {
	pkg    *types.Package
	seen   map[types.Type]bool
	behind bool // a field that points to something else, whose locks and hidden fields are its own affair
}

// resourceIn returns what is wrong with a value in a later attempt, "" for nothing, and the field that is the reason.
func resourceIn(t types.Type, pkg *types.Package) (field, harm string) {
	if readable(t) {
		return "", "has been read by then"
	}
	s := resourceSearch{pkg: pkg, seen: map[types.Type]bool{}}
	return s.in(t, "")
}

// readable reports whether a type is a reader and nothing else.
func readable(t types.Type) bool {
	if types.IsInterface(t) {
		return syntax.ReadsBytes(t) && !syntax.HasMethod(t, "Close")
	}
	return syntax.IsNamed(t, "bufio", "*Reader") || syntax.IsNamed(t, "bufio", "*Scanner") ||
		syntax.IsNamed(t, "strings", "*Reader") || syntax.IsNamed(t, "bytes", "*Reader")
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

// isLock reports whether a type is a lock, or shows the methods of one that it holds.
func (s *resourceSearch) isLock(t types.Type, path string) bool {
	if s.behind || isData(t) || !syntax.HasMethod(t, "Lock") || !syntax.HasMethod(t, "Unlock") {
		return false
	}
	_, pointer := t.Underlying().(*types.Pointer)
	return path == "" || !pointer || syntax.IsNamed(t, "sync", "*Mutex") || syntax.IsNamed(t, "sync", "*RWMutex")
}

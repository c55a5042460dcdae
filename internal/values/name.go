package values

import (
	"go/types"
	"path"
	"strings"
)

// IsNamed reports whether t is the named type path.name, through aliases.
func IsNamed(t types.Type, path, name string) bool {
	named, ok := types.Unalias(t).(*types.Named)
	return ok && named.Obj().Name() == name && named.Obj().Pkg() != nil && named.Obj().Pkg().Path() == path
}

// IsPointerTo reports whether t is *path.name.
func IsPointerTo(t types.Type, path, name string) bool {
	pointer, ok := types.Unalias(t).(*types.Pointer)
	return ok && IsNamed(pointer.Elem(), path, name)
}

// IsError reports whether t is the predeclared type error.
func IsError(t types.Type) bool { return types.Identical(t, errorType) }

var errorType = types.Universe.Lookup("error").Type()

// CanImport reports whether the rule of internal packages lets one import path import another.
func CanImport(from, target string) bool {
	from = strings.TrimSuffix(from, "_test")
	for dir := target; dir != "." && dir != "/"; dir = path.Dir(dir) {
		if path.Base(dir) != "internal" {
			continue
		}
		root := path.Dir(dir)
		if root == "." {
			return false // std's own
		}
		if from != root && !strings.HasPrefix(from, root+"/") {
			return false
		}
	}
	return true
}

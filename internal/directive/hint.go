package directive

import (
	"errors"
	"fmt"
	"go/token"
	"go/types"
	"slices"
	"strconv"
	"strings"

	"github.com/retrygen/retrygen/internal/policy"
)

// misread returns an error that says what was written, what is wrong with it and what is right.
func misread(written, right, format string, args ...any) error {
	message := fmt.Sprintf(format, args...)
	return &policy.MisspelledError{Message: message, Misspelling: policy.Misspelling{Written: written, Right: right}}
}

// unknown says that a name without a dot means nothing here.
func (f *finder) unknown(name string, where scope) error {
	pkg := where.pkg
	if where.isResult(name) {
		return fmt.Errorf("%s is a result of %s, which has no value before the call", policy.Shown(name), where.body.Name)
	}
	if pkg != f.Types && pkg.Scope().Lookup(name) != nil {
		return fmt.Errorf("%s is not exported by package %s", policy.Shown(name), pkg.Path())
	}
	if types.Universe.Lookup(name) != nil {
		return fmt.Errorf("%s is predeclared in Go; want a name that code declares", policy.Shown(name))
	}
	if what := f.kindOfMember(where.receiver, name); what != "" {
		return misread(name, "."+name, "package %s has no %s; write .%[2]s, a %s of the receiver", pkg.Name(), name, what)
	}
	names := pkg.Scope().Names()
	if pkg != f.Types {
		names = exportedNames(pkg)
	}
	names = append(names, where.localNames()...)
	err := lacks(pkg.Name(), name, names)
	if _, near := errors.AsType[*policy.MisspelledError](err); near || where.receiver == nil {
		return err
	}
	if near, ok := policy.Nearest(name, members(where.receiver)); ok {
		return misread(name, "."+near, "%v; did you mean .%s, a %s of the receiver?", err, near, f.kindOfMember(where.receiver, near))
	}
	return err
}

// hidden adds to the error of a name that begins with a parameter or the receiver that these hide something else.
func (f *finder) hidden(name string, where scope, err error) error {
	what := "a parameter"
	if r := where.body.Receiver; r != nil && r.Name == name {
		what = "the receiver"
	}
	if pkg, _ := f.byImport(name, where.file); pkg == nil && f.inPackage(name, where) == nil {
		return err
	}
	return fmt.Errorf("%w; here %s is %s, which hides what has that name outside: write a full path, or put the option in a policy constant",
		err, policy.Shown(name), what)
}

// kindOfMember says what a receiver has of a name: a "field", a "method", or "".
func (f *finder) kindOfMember(receiver types.Type, name string) string {
	if receiver == nil {
		return ""
	}
	switch object, _, _ := types.LookupFieldOrMethod(receiver, true, f.Types, name); object.(type) {
	case *types.Func:
		return "method"
	case *types.Var:
		return "field"
	}
	return ""
}

// lacksMember says that a value has no such field or method, and which one may be meant.
func (f *finder) lacksMember(t types.Type, name string) error {
	message := fmt.Sprintf("%s has no field or method %s", types.TypeString(t, types.RelativeTo(f.Types)), policy.Shown(name))
	if near, ok := policy.Nearest(name, members(t)); ok {
		return misread(name, near, "%s; did you mean %s?", message, near)
	}
	return errors.New(message)
}

// members lists the names of the fields and methods of a type.
func members(t types.Type) []string {
	var names []string
	if _, pointer := t.Underlying().(*types.Pointer); !pointer && !types.IsInterface(t) {
		t = types.NewPointer(t)
	}
	for selection := range types.NewMethodSet(t).Methods() {
		names = append(names, selection.Obj().Name())
	}
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	if s, ok := t.Underlying().(*types.Struct); ok {
		for field := range s.Fields() {
			names = append(names, field.Name())
		}
	}
	return names
}

// unimported says what the first part of a name with a dot may be, where the file imports no such package. It returns nil
// where the whole name may be a full path.
func (f *finder) unimported(text string, where scope) error {
	parts := strings.Split(text, ".")
	first, rest := parts[0], strings.Join(parts[1:], ".")
	if where.receiver != nil {
		if _, err := f.member(&Ref{Root: RootReceiver, Type: where.receiver}, parts[1:]); err == nil {
			return misread(text, "."+rest, "%s is not a package; members of the receiver have a leading dot: write .%s",
				policy.Shown(first), policy.Shown(rest))
		}
	}
	if full := f.importedElsewhere(first); full != "" {
		right := full + "." + rest
		return misread(text, right, "%s is not imported in this file; import %q, or write %s", first, full, policy.Shown(right))
	}
	if near, ok := policy.Nearest(first, f.firstNames(where)); ok {
		return misread(first, near, "%s is not imported in this file; did you mean %s.%s?", policy.Shown(first), near, policy.Shown(rest))
	}
	own, _, _ := strings.Cut(f.Types.Path(), "/")
	path := standard[first]
	if path == "" && (len(parts) > 2 || slices.Contains(topLevel, first) || first == own) {
		return nil
	}
	if path == "" {
		path = "example.com/" + first
	}
	return fmt.Errorf("%s is not imported in this file; import it, or write its full path, such as %s.%s",
		policy.Shown(first), policy.Shown(path), policy.Shown(rest))
}

// importedElsewhere returns what another file of the package imports under a name, "" for nothing.
func (f *finder) importedElsewhere(name string) string {
	for _, file := range f.Files {
		for _, spec := range file.Imports {
			if path, err := strconv.Unquote(spec.Path.Value); err == nil && f.importName(spec) == name {
				return path
			}
		}
	}
	return ""
}

// firstNames lists the names that may stand before a dot: imports, and names of the package and the function.
func (f *finder) firstNames(where scope) []string {
	names := append(where.pkg.Scope().Names(), where.localNames()...)
	if where.file != nil {
		for _, spec := range where.file.Imports {
			names = append(names, f.importName(spec))
		}
	}
	return names
}

// standard are the packages of the standard library that errors come from and whose path is longer than their name.
var standard = map[string]string{
	"http": "net/http", "url": "net/url", "netip": "net/netip", "sql": "database/sql", "driver": "database/sql/driver",
	"json": "encoding/json", "xml": "encoding/xml", "csv": "encoding/csv", "base64": "encoding/base64", "hex": "encoding/hex",
	"gob": "encoding/gob", "exec": "os/exec", "user": "os/user", "fs": "io/fs", "rpc": "net/rpc", "smtp": "net/smtp",
	"textproto": "net/textproto", "tls": "crypto/tls", "x509": "crypto/x509", "zip": "archive/zip", "tar": "archive/tar",
	"gzip": "compress/gzip", "big": "math/big", "filepath": "path/filepath", "slog": "log/slog", "atomic": "sync/atomic",
}

// topLevel are the packages of the standard library whose path is their name.
var topLevel = strings.Fields(`bufio bytes cmp context crypto embed encoding errors expvar flag fmt hash html image io iter log maps
	math mime net os path plugin reflect regexp runtime slices sort strconv strings structs sync syscall testing time unicode
	unique unsafe weak simd`)

// unreachable is the error of a full path whose package cannot be imported.
func unreachable(path string, err error) error {
	switch message := err.Error(); {
	case errors.Is(err, ErrUnseen):
		return err
	case strings.Contains(message, "is not in std"):
		return withoutModule(path)
	case strings.Contains(message, "no required module provides"):
		return fmt.Errorf("no module in go.mod has a package %s; go get adds one", policy.Shown(path))
	}
	return err
}

// withoutModule is the error of a path that begins with no module.
func withoutModule(path string) error {
	return fmt.Errorf("there is no package %s; a full path begins with the name of its module, such as example.com/app", policy.Shown(path))
}

// lacks says that a package has no such name, and which one may be meant.
func lacks(pkg, name string, known []string) error {
	message := fmt.Sprintf("package %s has no %s", pkg, policy.Shown(name))
	if near, ok := policy.Nearest(name, known); ok {
		return misread(name, near, "%s; did you mean %s?", message, near)
	}
	return errors.New(message)
}

func exportedNames(pkg *types.Package) []string {
	return slices.DeleteFunc(pkg.Scope().Names(), func(name string) bool { return !token.IsExported(name) })
}

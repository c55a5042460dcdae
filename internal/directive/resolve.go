package directive

import (
	"errors"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strconv"
	"strings"

	"github.com/retrygen/retrygen/internal/policy"
	"github.com/retrygen/retrygen/internal/values"
)

// resolve finds what a name means in a scope: a member of the receiver, what the function declares, an object of the
// scope's package, an object of a package that the scope's file imports, or an object with a full path.
func (f *finder) resolve(name policy.Name, where scope) (*Ref, error) {
	text := string(name)
	if rest, ok := strings.CutPrefix(text, "."); ok {
		if where.function {
			return nil, errors.New("a leading dot names a method or field of the receiver, and a function type has none to select from")
		}
		if where.receiver == nil {
			return nil, errors.New("a leading dot names a method or field of the receiver, and there is none here")
		}
		return f.member(&Ref{Root: RootReceiver, Type: where.receiver}, strings.Split(rest, "."))
	}
	if strings.Contains(text, "/") {
		return f.byPath(text)
	}
	parts := strings.Split(text, ".")
	if ref, err := f.inBody(parts[0], where); err != nil || ref != nil {
		if err != nil {
			return nil, err
		}
		if ref, err = f.member(ref, parts[1:]); err != nil {
			return nil, f.hidden(parts[0], where, err)
		}
		return ref, nil
	}
	if object := f.inPackage(parts[0], where); object != nil {
		return f.member(refTo(object), parts[1:])
	}
	if len(parts) == 1 {
		return nil, f.unknown(text, where)
	}
	pkg, err := f.byImport(parts[0], where.file)
	if err != nil {
		return nil, err
	}
	if pkg != nil {
		return f.inOther(pkg, parts[1], parts[2:])
	}
	if err := f.unimported(text, where); err != nil {
		return nil, err
	}
	return f.byPath(text)
}

// inPackage looks a name up in the package, then in the packages that the file imports with a dot.
func (f *finder) inPackage(name string, where scope) types.Object {
	if object := where.pkg.Scope().Lookup(name); object != nil {
		if where.pkg == f.Types || object.Exported() {
			return object
		}
	}
	if where.file == nil {
		return nil
	}
	for _, spec := range where.file.Imports {
		if spec.Name == nil || spec.Name.Name != "." {
			continue
		}
		if pkg := f.imports(spec); pkg != nil && token.IsExported(name) {
			if object := pkg.Scope().Lookup(name); object != nil {
				return object
			}
		}
	}
	return nil
}

// byImport finds the package that a file imports under a name. It returns nil if there is none.
func (f *finder) byImport(name string, file *ast.File) (*types.Package, error) {
	if file == nil {
		return nil, nil
	}
	for _, spec := range file.Imports {
		if target, err := strconv.Unquote(spec.Path.Value); err == nil && f.importName(spec) == name {
			return f.Import(target)
		}
	}
	return nil, nil
}

// importName is the name under which a file sees an import: "" for one it cannot name.
func (f *finder) importName(spec *ast.ImportSpec) string {
	if spec.Name != nil {
		if spec.Name.Name == "_" || spec.Name.Name == "." {
			return ""
		}
		return spec.Name.Name
	}
	if object, ok := f.Info.Implicits[spec].(*types.PkgName); ok {
		return object.Name()
	}
	return ""
}

// imports returns the package of an import specification. The type checker's own answer may be a stand-in for a
// package that the code mentions in bodies only, so the path is asked for again.
func (f *finder) imports(spec *ast.ImportSpec) *types.Package {
	target, err := strconv.Unquote(spec.Path.Value)
	if err != nil {
		return nil
	}
	pkg, err := f.Import(target)
	if err != nil {
		return nil
	}
	return pkg
}

// byPath resolves a full path: everything before the last dot is the import path. If that is no package, the import path
// ends at a dot before, and what follows is selected from a value of the package.
func (f *finder) byPath(text string) (*Ref, error) {
	at := strings.LastIndexByte(text, '.')
	if at <= strings.LastIndexByte(text, '/') {
		return nil, fmt.Errorf("%s is an import path without a name; want path.Name", policy.Shown(text))
	}
	pkg, err := f.reach(text[:at])
	if err == nil {
		return f.inOther(pkg, text[at+1:], nil)
	}
	for slash := strings.LastIndexByte(text, '/'); ; {
		if at = strings.LastIndexByte(text[:at], '.'); at <= slash {
			return nil, err
		}
		if pkg, other := f.reach(text[:at]); other == nil {
			names := strings.Split(text[at+1:], ".")
			return f.inOther(pkg, names[0], names[1:])
		}
	}
}

// reach imports a package by path, its own by itself.
func (f *finder) reach(target string) (*types.Package, error) {
	if target == f.Types.Path() {
		return f.Types, nil
	}
	if strings.HasPrefix(target, "internal/") {
		return nil, withoutModule(target)
	}
	if !values.CanImport(f.Types.Path(), target) {
		return nil, fmt.Errorf("%s is internal to another tree and cannot be imported by %s", policy.Shown(target), f.Types.Path())
	}
	pkg, err := f.Import(target)
	if err != nil {
		return nil, unreachable(target, err)
	}
	if pkg.Name() == "main" {
		return nil, fmt.Errorf("%s is a program and cannot be imported", policy.Shown(target))
	}
	return pkg, nil
}

// inOther looks up an exported name of another package.
func (f *finder) inOther(pkg *types.Package, name string, rest []string) (*Ref, error) {
	object := pkg.Scope().Lookup(name)
	if object == nil {
		return nil, lacks(pkg.Path(), name, exportedNames(pkg))
	}
	if pkg != f.Types && !object.Exported() {
		return nil, fmt.Errorf("%s is not exported by package %s", policy.Shown(name), pkg.Path())
	}
	return f.member(refTo(object), rest)
}

// member follows selectors from a value. A function without parameters that something is selected from is called.
func (f *finder) member(ref *Ref, selectors []string) (*Ref, error) {
	for _, name := range selectors {
		if ref.isType() {
			return nil, fmt.Errorf("%s is a type; want a function, or a method of a value", ref.Object.Name())
		}
		object, index, _ := types.LookupFieldOrMethod(ref.Type, true, f.Types, name)
		if object == nil && ref.call() {
			object, index, _ = types.LookupFieldOrMethod(ref.Type, true, f.Types, name)
		}
		if object == nil {
			return nil, f.lacksMember(ref.Type, name)
		}
		if again, _, _ := types.LookupFieldOrMethod(ref.Type, ref.addressable(), f.Types, name); again == nil {
			return nil, fmt.Errorf("%s has a pointer receiver, and a function returns a %s by value; let it return a pointer",
				policy.Shown(name), types.TypeString(ref.Type, f.qualifier))
		}
		ref.Path = append(ref.Path, Selector{Name: name, From: ref.Type, Through: promoted(ref.Type, index)})
		ref.Type = object.Type()
	}
	return ref, nil
}

// promoted lists the embedded fields on the way to a field or method.
func promoted(from types.Type, index []int) []*types.Var {
	var list []*types.Var
	for _, i := range index[:len(index)-1] {
		if pointer, ok := from.Underlying().(*types.Pointer); ok {
			from = pointer.Elem()
		}
		structure, ok := from.Underlying().(*types.Struct)
		if !ok {
			return list // an interface holds the methods of those that it embeds
		}
		list = append(list, structure.Field(i))
		from = structure.Field(i).Type()
	}
	return list
}

func refTo(object types.Object) *Ref {
	_, constant := object.(*types.Const)
	return &Ref{Object: object, Type: object.Type(), Constant: constant}
}
